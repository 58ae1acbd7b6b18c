"""The five figures of the field, each with its interval or its count, and where it comes from."""

from typing import Final

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.domain.costs import CostSettings
from hitl_desktop.domain.routing import Ledger
from hitl_desktop.language import decimal, number, percent, tr, trn
from hitl_desktop.workflow.figures.measured import Checks
from hitl_desktop.workflow.figures.values import KeyFigure, Work

_ENOUGH_FOR_A_DECIMAL: Final = 200


def five(
    ledger: Ledger, imported: int, checks: Checks | None, work: Work, settings: CostSettings, *, has_model: bool
) -> tuple[KeyFigure, ...]:
    """In the order of their definitions. `imported` items stand as the data labelled them."""
    return (
        _accuracy(checks, has_model=has_model),
        _intervention(ledger, imported),
        _reduction(checks, has_model=has_model),
        _time(work),
        _cost(work, settings),
    )


def money(amount: float, currency: str) -> str:
    """An amount as it is written: cents below 100, whole above."""
    digits = 2 if abs(amount) < 100 else 0
    return tr("{amount} {currency}", amount=decimal(amount, digits), currency=currency)


def hours(seconds: float) -> str:
    """A length of work: 48 s, 34 min, 6 h 58 min."""
    if seconds < 60:
        return tr("{seconds} s", seconds=number(round(seconds)))
    whole, minutes = divmod(round(seconds / 60), 60)
    if not whole:
        return tr("{minutes} min", minutes=number(minutes))
    return tr("{hours} h {minutes} min", hours=number(whole), minutes=number(minutes))


def _nothing(figure_id: str, detail: str) -> KeyFigure:
    return KeyFigure(figure_id, None, None, None, detail, "")


def _of(figure_id: str, estimate: Estimate, detail: str, sample: str) -> KeyFigure:
    return KeyFigure(figure_id, estimate.share, estimate.low, estimate.high, detail, sample, estimate.of)


def _accuracy(checks: Checks | None, *, has_model: bool) -> KeyFigure:
    estimate = checks.accuracy if checks else None
    if checks is None or estimate is None:
        return _nothing("accuracy", tr("no random checks yet") if has_model else tr("no model yet"))
    detail = trn("{right} of {n} right", "{right} of {n} right", estimate.of, right=number(estimate.right))
    return _of("accuracy", estimate, detail, checks.sample.words)


def _intervention(ledger: Ledger, imported: int) -> KeyFigure:
    whole = ledger.items - imported
    people = ledger.needing_you - imported
    if whole <= 0:
        return _nothing("intervention", tr("every label came with the data"))
    detail = trn("{part} of {n} item", "{part} of {n} items", whole, part=number(people))
    return KeyFigure("intervention", people / whole, None, None, detail, tr("a count, not an estimate"), whole)


def _reduction(checks: Checks | None, *, has_model: bool) -> KeyFigure:
    if checks is None or not len(checks):
        return _nothing("reduction", tr("no random checks yet") if has_model else tr("no model yet"))
    caught, after = checks.caught, checks.wrong_after
    if caught is None or after is None:
        return _nothing("reduction", tr("the model was right on every check"))
    before = 1 - (checks.accuracy.share if checks.accuracy else 0.0)
    digits = 1 if len(checks) >= _ENOUGH_FOR_A_DECIMAL else 0
    detail = tr("{before} wrong becomes {after}", before=percent(before, digits), after=percent(after.share, digits))
    sample = trn("{n} check that the model got wrong", "{n} checks that the model got wrong", caught.of)
    return _of("reduction", caught, detail, sample)


def _time(work: Work) -> KeyFigure:
    if work.seconds is None:
        return _nothing("time", tr("no timed decision yet"))
    low, high = work.seconds.low, work.seconds.high
    is_known = high != float("inf")
    return KeyFigure(
        "time",
        work.seconds.value,
        low if is_known else None,
        high if is_known else None,
        tr("{time} of active time", time=hours(work.active_seconds)),
        trn("{n} decision", "{n} decisions", work.decisions),
        work.decisions,
    )


def _cost(work: Work, settings: CostSettings) -> KeyFigure:
    finished = work.finished
    if settings.per_hour is None:
        return _nothing("cost", tr("what an hour costs is not set"))
    if not finished or work.seconds is None:
        return _nothing("cost", tr("no timed decision yet"))
    value = work.active_seconds / 3600 * settings.per_hour / finished
    by_hand = work.active_seconds / 3600 * settings.per_hour / work.by_people if work.by_people else None
    detail = "" if by_hand is None else tr("by hand {cost}", cost=money(by_hand, settings.currency))
    price = money(settings.per_hour, settings.currency)
    sample = trn("{n} item so far, {price} per hour", "{n} items so far, {price} per hour", finished, price=price)
    return KeyFigure("cost", value, None, None, detail, sample, finished)
