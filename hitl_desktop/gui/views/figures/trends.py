"""What is drawn of a project over its days and its model versions: one series at a time, chosen by its name."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDate, QLocale

from hitl_desktop.gui.widgets.plot import Picture, Point
from hitl_desktop.language import decimal, mark, number, percent, percent_range, tr, trc, trn

if TYPE_CHECKING:
    from hitl_desktop.assurance.estimates import Estimate
    from hitl_desktop.workflow.figures.measured import VersionPoint
    from hitl_desktop.workflow.figures.values import Day, Figures

MOST_DAYS: Final = 14
MOST_VERSIONS: Final = 12

BY_VERSION: Final[dict[str, str]] = {
    "needs_you": mark("Share that needs you, %"),
    "accuracy": mark("Model accuracy, %"),
    "reduction": mark("Error reduction, %"),
}
BY_DAY: Final[dict[str, str]] = {
    "seconds": mark("Seconds per decision"),
    "decisions": mark("Decisions"),
    "automatic": mark("Decided automatically"),
    "override": mark("Suggestions changed, %"),
    "hours": mark("Active minutes"),
    "cost": mark("Cost per item"),
}


def version_picture(figures: "Figures", series: str, threshold: float) -> Picture:
    """One of `BY_VERSION`, oldest first; the version in use stands out. Empty where nothing measures."""
    shown = [(p, e) for p in figures.versions if (e := _of_version(p, series)) is not None][-MOST_VERSIONS:]
    points = [
        Point(
            float(place),
            100 * estimate.share,
            _told_version(version, estimate),
            100 * estimate.low,
            100 * estimate.high,
            percent(estimate.share, 1 if estimate.of >= 200 else 0) if version.is_in_use else "",
            version.is_in_use,
        )
        for place, (version, estimate) in enumerate(shown)
    ]
    names = tuple((float(place), tr("v{version}", version=version.version)) for place, (version, _) in enumerate(shown))
    points += _ahead(figures, len(points)) if series == "needs_you" and points else []
    caption = {
        "needs_you": _needs_caption(figures, threshold),
        "accuracy": tr("all on the random checks made until today"),
        "reduction": tr("on the checks that each version gets wrong"),
    }[series]
    return Picture("line", tuple(points), names, caption)


def _needs_caption(figures: "Figures", threshold: float) -> str:
    caption = tr("on the items set aside to measure, at the limit {limit}", limit=decimal(threshold, 2))
    if figures.fewer is None:
        return caption
    ahead = trn(
        "dashed: a projection, after {n} more decision",
        "dashed: a projection, after {n} more decisions",
        figures.fewer.gain.more,
    )
    return tr("{caption}; {ahead}", caption=caption, ahead=ahead)


def _ahead(figures: "Figures", place: int) -> list[Point]:
    """Where the share that needs a person is likely to come to, as a point that has not happened."""
    fewer = figures.fewer
    if fewer is None:
        return []
    gain, share = fewer.gain, fewer.share
    likely, low, high = (100 * min(1.0, max(0.0, share - g)) for g in (gain.gain, gain.high, gain.low))
    told = trn(
        "A projection: after {n} more decision about {share} % needs you, likely {low}–{high} %",
        "A projection: after {n} more decisions about {share} % need you, likely {low}–{high} %",
        gain.more,
        share=decimal(likely, 0),
        low=decimal(low, 0),
        high=decimal(high, 0),
    )
    return [Point(float(place), likely, told, low, high, percent(likely / 100), is_projected=True)]


def nothing_by_day(figures: "Figures", series: str) -> str:
    """Why there is nothing to draw of one of `BY_DAY`: decisions may be there without what this one is made of."""
    if figures.days and series == "cost":
        return tr("Needs what an hour costs, and decisions with their time.")
    if figures.days and series in ("seconds", "hours"):
        return tr("No timed decision yet.")
    if figures.days and series == "override":
        return tr("No suggestion was in view before an answer.")
    return tr("Nothing was decided in this time.")


def day_picture(figures: "Figures", series: str) -> Picture:
    """One of `BY_DAY` on the last days, oldest first. Empty where there is none."""
    value = _DAY_VALUES[series]
    known = [(day, amount) for day in figures.days if (amount := value(day)) is not None][-MOST_DAYS:]
    digits = {"seconds": 1, "cost": 2}.get(series, 0)
    last = len(known) - 1
    points = [
        Point(
            float(place),
            amount,
            tr("{day}: {amount}", day=_day(day, long=True), amount=decimal(amount, digits)),
            *_whisker(day, series),
            label=decimal(amount, digits) if place == last else "",
            is_main=place == last,
        )
        for place, (day, amount) in enumerate(known)
    ]
    names = tuple((float(place), _day(day, long=False)) for place, (day, _) in enumerate(known))
    caption = {
        "seconds": tr("active time only, without the outer tenths"),
        "decisions": tr("made one by one"),
        "automatic": tr("and not taken back since"),
        "override": tr("of the suggestions that were seen first"),
        "hours": tr("the clock stops while nobody works"),
        "cost": tr("reviewing only"),
    }[series]
    return Picture("bars", tuple(points), names, caption, from_zero=True)


def _of_version(point: "VersionPoint", series: str) -> "Estimate | None":
    return {"needs_you": point.needs_you, "accuracy": point.accuracy, "reduction": point.reduction}[series]


def _told_version(point: "VersionPoint", estimate: "Estimate") -> str:
    words = tr(
        "v{version}: {share}, {interval}, on {n}",
        version=point.version,
        share=percent(estimate.share, 1),
        interval=percent_range(estimate.low, estimate.high, 1),
        n=number(estimate.of),
    )
    return tr("{words} (in use)", words=words) if point.is_in_use else words


def _seconds(day: "Day") -> float | None:
    return day.work.seconds.value if day.work.seconds else None


def _override(day: "Day") -> float | None:
    return 100 * day.work.changed / day.work.seen if day.work.seen else None


_DAY_VALUES: Final[dict[str, Callable[["Day"], float | None]]] = {
    "seconds": _seconds,
    "decisions": lambda day: float(day.work.decisions),
    "automatic": lambda day: float(day.work.automatic) if day.work.automatic else None,
    "override": _override,
    "hours": lambda day: day.work.active_seconds / 60 or None,
    "cost": lambda day: day.cost_per_item,
}


def _whisker(day: "Day", series: str) -> tuple[float | None, float | None]:
    score = day.work.seconds
    if series != "seconds" or score is None or score.high == float("inf"):
        return None, None
    return score.low, score.high


def _day(day: "Day", *, long: bool) -> str:
    """A day as people write it: 9 Nov, and with its weekday where there is room."""
    of = date.fromordinal(day.ordinal)
    shown = QDate(of.year, of.month, of.day)
    if long:
        return QLocale().toString(shown, QLocale.FormatType.LongFormat)
    return QLocale().toString(shown, trc("day, in the letters of Qt's date formats", "d MMM"))
