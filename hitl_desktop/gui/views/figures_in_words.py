"""Numbers as they are written on the pages: counts, shares with their intervals, moments, by the reader's locale."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDateTime, QLocale

if TYPE_CHECKING:  # numpy comes with the first project, not with the first paint
    from hitl_desktop.assurance.estimates import Estimate

_ENOUGH_FOR_A_DECIMAL: Final = 200


def count(number: int) -> str:
    """A count with thousands separators."""
    return QLocale().toString(number)


def percent(share: float, sample: int = 0) -> str:
    """A share in percent; one decimal only where the sample carries it, halves upwards."""
    return f"{_percent(share, sample)} %"


def interval(estimate: "Estimate") -> str:
    """The ends of an interval, such as 68–91 %."""
    return f"{_percent(estimate.low, estimate.of)}–{_percent(estimate.high, estimate.of)} %"


def moment(at_utc: str) -> str:
    """A stored moment as local day and time, short."""
    local = QDateTime.fromSecsSinceEpoch(int(datetime.fromisoformat(at_utc).timestamp()))
    locale = QLocale()
    return f"{locale.toString(local.date(), 'd MMM')}, {locale.toString(local.time(), 'HH:mm')}"


def counted(number: int, one: str, many: str) -> str:
    """A count with its noun: "1 decision", "12 decisions"."""
    return f"{count(number)} {one if number == 1 else many}"


def duration(seconds: float) -> str:
    """A length of time: 8.4 s below a minute, else minutes and seconds."""
    if seconds < 60:
        return f"{QLocale().toString(seconds, 'f', 1)} s"
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {whole % 60} s"


def _percent(share: float, sample: int) -> str:
    decimals = 1 if sample >= _ENOUGH_FOR_A_DECIMAL else 0
    factor = 10**decimals
    rounded = int(share * 100 * factor + 0.5 + 1e-9) / factor
    return QLocale().toString(rounded, "f", decimals)
