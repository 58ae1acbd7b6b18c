"""Numbers as they are written on the pages: shares with their intervals, lengths of time."""

from typing import TYPE_CHECKING, Final

from hitl_desktop import language
from hitl_desktop.language import decimal, number, percent_range, tr

if TYPE_CHECKING:  # numpy comes with the first project, not with the first paint
    from hitl_desktop.assurance.estimates import Estimate

_ENOUGH_FOR_A_DECIMAL: Final = 200


def percent(share: float, sample: int = 0) -> str:
    """A share in percent; one decimal only where the sample carries it, halves upwards."""
    return language.percent(_rounded(share, sample), _digits(sample))


def interval(estimate: "Estimate") -> str:
    """The ends of an interval, such as 68–91 %."""
    return ends(estimate.low, estimate.high, estimate.of)


def ends(low: float, high: float, sample: int) -> str:
    """The same of two shares."""
    return percent_range(_rounded(low, sample), _rounded(high, sample), _digits(sample))


def duration(seconds: float) -> str:
    """A length of time: 8.4 s below a minute, else minutes and seconds."""
    if seconds < 60:
        return tr("{seconds} s", seconds=decimal(seconds, 1))
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return tr("{hours} h {minutes} min", hours=number(hours), minutes=number(minutes))
    return tr("{minutes} min {seconds} s", minutes=number(minutes), seconds=number(whole % 60))


def version_name(version: int) -> str:
    """A version of the model, short: v7."""
    return tr("v{version}", version=version)


def _digits(sample: int) -> int:
    return 1 if sample >= _ENOUGH_FOR_A_DECIMAL else 0


def _rounded(share: float, sample: int) -> float:
    factor: int = 10 ** _digits(sample)
    return int(share * 100 * factor + 0.5 + 1e-9) / factor / 100
