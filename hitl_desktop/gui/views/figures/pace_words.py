"""How long the rest takes, in a sentence."""

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTime

from hitl_desktop.gui.widgets.moments import clock
from hitl_desktop.language import decimal, tr, trn

if TYPE_CHECKING:
    from hitl_desktop.workflow.figures.values import Pace


def pace_words(pace: "Pace | None") -> str:
    """At which pace, how long of work, and when that is done; empty when nothing is left or nothing was timed."""
    from hitl_desktop.workflow.figures.five import hours

    if pace is None:
        return ""
    seconds = decimal(pace.seconds, 1)
    work = hours(pace.seconds_left)
    words = (
        trn(
            "At today’s pace of {seconds} s, the {n} left takes {work} of reviewing",
            "At today’s pace of {seconds} s, the {n} left take {work} of reviewing",
            pace.left,
            seconds=seconds,
            work=work,
        )
        if pace.is_today
        else trn(
            "At your last pace of {seconds} s, the {n} left takes {work} of reviewing",
            "At your last pace of {seconds} s, the {n} left take {work} of reviewing",
            pace.left,
            seconds=seconds,
            work=work,
        )
    )
    if pace.done_at is not None:
        at = datetime.fromtimestamp(pace.done_at)
        time = clock(QTime(at.hour, at.minute))
        return tr("{words}: without a break done by {time}.", words=words, time=time)
    return trn(
        "{words}: {n} day like your last ones.",
        "{words}: {n} days like your last ones.",
        pace.days or 1,
        words=words,
    )
