"""What people did, from the log: times, decisions, and suggestions that were changed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.review_time import trimmed_mean
from hitl_desktop.domain.costs import CostSettings
from hitl_desktop.domain.event_table import NONE, EventTable, Ints, Mask
from hitl_desktop.domain.labels import Label
from hitl_desktop.workflow.figures.asked import local_days
from hitl_desktop.workflow.figures.values import ClassRow, Day, Pace, ReviewerRow, Work

_RECENT: Final = 100
_ENOUGH_TODAY: Final = 10
_DAYS_OF_HABIT: Final = 14


def is_made(events: EventTable) -> Mask:
    """Decisions that a person made one by one, each once: an answer after the reveal belongs to the one before it."""
    by_hand = ~events.is_retraction & ~events.is_imported & ~events.is_automatic
    return np.asarray(by_hand & ~events.in_batch & (events.follows == NONE))


def seconds_of(events: EventTable) -> npt.NDArray[np.float64]:
    """Active seconds of each event (n,), of own answers with what came after the reveal; NaN where not known."""
    seconds = events.seconds.copy()
    after = np.flatnonzero((events.follows != NONE) & np.isfinite(events.seconds))
    places = np.searchsorted(events.number, events.follows[after])
    inside = places < len(events)
    after, places = after[inside], places[inside]
    same = events.number[places] == events.follows[after]
    np.add.at(seconds, places[same], events.seconds[after[same]])
    return seconds


def is_first_seen(events: EventTable) -> Mask:
    """The first answer of each person to each item, where a suggestion was in view from the beginning."""
    answers = np.flatnonzero(is_made(events) & events.is_answer & ~events.amends)
    pair = events.item[answers] * (len(events.reviewers) + 1) + events.reviewer[answers]
    first = answers[np.unique(pair, return_index=True)[1]]
    mask = np.zeros(len(events), bool)
    mask[first] = True
    return mask & events.was_in_view


def work_of(events: EventTable) -> Work:
    """The work in these events, and what was decided automatically among them and stands."""
    made, seen = is_made(events), is_first_seen(events)
    seconds = seconds_of(events)[made]
    known = seconds[np.isfinite(seconds)]
    changed = int((seen & ~events.agrees).sum())
    standing = len(np.unique(events.item[made & events.is_answer & events.stands]))
    times = trimmed_mean(known)
    return Work(int(made.sum()), float(known.sum()), times, changed, int(seen.sum()), _automatic(events), standing)


def _automatic(events: EventTable) -> int:
    return int((events.is_automatic & events.stands).sum())


def days_of(events: EventTable, settings: CostSettings) -> list[Day]:
    """The work of every local day on which something was decided, oldest first."""
    mine = events.of(~events.is_imported)
    days = local_days(mine.at)
    found = []
    for ordinal in np.unique(days).tolist():
        work = work_of(mine.of(days == ordinal))
        if work.decisions or work.automatic:
            hourly = settings.per_hour
            cost = work.active_seconds / 3600 * hourly / work.finished if hourly is not None and work.finished else None
            found.append(Day(int(ordinal), work, cost))
    return found


def reviewers_of(events: EventTable) -> list[ReviewerRow]:
    """The work of every person, those with most decisions first."""
    found = [
        ReviewerRow(name, work_of(events.of(events.reviewer == code))) for code, name in enumerate(events.reviewers)
    ]
    return sorted((row for row in found if row.work.decisions), key=lambda row: (-row.work.decisions, row.name))


def classes_of(
    events: EventTable, labels: Sequence[Label], decided: dict[int, int], measured: dict[int, ClassRow]
) -> list[ClassRow]:
    """Every class that is offered, in order: items `decided`, and what the checks tell (`measured`), by label id."""
    seen, made = is_first_seen(events), is_made(events) & events.is_answer
    seconds = seconds_of(events)
    found = []
    for label in labels:
        own = seen & (events.suggested == label.id)
        known = measured.get(label.id)
        found.append(
            ClassRow(
                label,
                decided.get(label.id, 0),
                int(own.sum()),
                int((own & ~events.agrees).sum()),
                trimmed_mean(seconds[made & (events.label == label.id)]),
                known.recall if known else None,
                known.precision if known else None,
            )
        )
    return found


def pace_of(events: EventTable, left: int, now: float) -> Pace | None:
    """How long the rest takes: at today's pace, or before there is one at that of the last decisions; None of none."""
    made = events.of(is_made(events))
    seconds, days = seconds_of(events)[is_made(events)], local_days(made.at)
    timed = np.isfinite(seconds)
    today = datetime.fromtimestamp(now).date()
    todays = seconds[timed & (days == today.toordinal())]
    is_today = len(todays) >= _ENOUGH_TODAY
    used = todays if is_today else seconds[timed][-_RECENT:]
    score = trimmed_mean(used)
    if score is None or not left:
        return None
    seconds_left = score.value * left
    habit = daily_habit(days[timed], seconds[timed])
    before_midnight = _midnight(today) - now
    if seconds_left < before_midnight:
        return Pace(score.value, len(used), is_today, left, seconds_left, now + seconds_left, None, habit)
    return Pace(score.value, len(used), is_today, left, seconds_left, None, int(np.ceil(seconds_left / habit)), habit)


def daily_habit(days: Ints, seconds: npt.NDArray[np.float64]) -> float:
    """Active seconds of a usual day: the median of the last days on which something was done, at least a minute."""
    each = [float(seconds[days == day].sum()) for day in np.unique(days)[-_DAYS_OF_HABIT:]]
    return max(60.0, float(np.median(each))) if each else 60.0


def _midnight(day: date) -> float:
    return datetime.fromordinal(day.toordinal() + 1).timestamp()
