"""Where the automatic stands, in words: for the footer, the bar and the feed."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import QDate

from hitl_desktop.gui.bridge import Bridge
from hitl_desktop.gui.widgets.moments import clock, day_and_time, local
from hitl_desktop.language import mark, tr


class Where(Enum):
    """Where the automatic stands."""

    RUNNING = "running"
    PAUSED = "paused"
    NOT_PERMITTED = "not permitted"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where it stands, since when (as a person reads it), by whom and why; `by_itself`: the program paused it."""

    where: Where
    since: str = ""
    by: str = ""
    why: str = ""
    by_itself: bool = False
    is_overridden: bool = False


_FOOTER: Final = {
    Where.RUNNING: (mark("Automatic: running"), "play"),
    Where.PAUSED: (mark("Automatic: paused"), "pause"),
    Where.NOT_PERMITTED: (mark("Automatic: needs a certificate"), "shield-alert"),
}


def standing(bridge: Bridge) -> Standing:
    """How it stands with the open project."""
    now, basis = bridge.autopilot.state(), bridge.autopilot.basis()
    if now.pause is not None:
        pause = now.pause
        by = "" if pause.is_by_itself else pause.by
        since = when(pause.at_utc)
        return Standing(
            Where.PAUSED,
            since,
            by,
            str(pause.reason),
            pause.is_by_itself,
            basis.certificate is None and basis.override is not None,
        )
    if basis.is_given:
        return Standing(Where.RUNNING, is_overridden=basis.certificate is None and basis.override is not None)
    return Standing(Where.NOT_PERMITTED, why=bridge.autopilot.why_not())


def in_short(where: Where) -> tuple[str, str]:
    """The words of the footer, and the icon."""
    words, icon = _FOOTER[where]
    return tr(words), icon


def when(at_utc: str) -> str:
    """The time of day, with the day where it is not today, in the reader's time."""
    moment = local(at_utc)
    is_today = moment.date() == QDate.currentDate()
    return clock(moment.time()) if is_today else day_and_time(at_utc)


def in_full(now: Standing) -> str:
    """A sentence or two about it."""
    if now.where is Where.RUNNING:
        if now.is_overridden:
            return tr("It runs without a certificate: somebody allowed it.")
        return tr("It runs under the certificate.")
    if now.where is Where.NOT_PERMITTED:
        return now.why
    paused = (
        tr("Paused since {time}.", time=now.since)
        if not now.by
        else tr("Paused since {time} by {name}.", time=now.since, name=now.by)
    )
    return f"{paused} {now.why}".rstrip()
