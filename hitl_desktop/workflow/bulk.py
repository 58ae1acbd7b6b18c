"""One answer for many items at once: one logged decision each, one step to take back.

Random checks are left out: they are what measures the model, and an answer given for many at a glance, led by what
stands beside the others, would measure nothing. They are asked one at a time.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.decisions import Decision, Exposure, Slot, Verdict
from hitl_desktop.domain.errors import KnownError, ReasonNeeded
from hitl_desktop.domain.evidence import NO_EVIDENCE
from hitl_desktop.domain.sentences import say
from hitl_desktop.language import number
from hitl_desktop.workflow.automation import watched
from hitl_desktop.workflow.deciding import Answer, check_reasons, decision_on, needing_reason, settled_answer
from hitl_desktop.workflow.many_at_once import PART, Making, Source, deciding, parts_of
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.seeing import seen_from_afar
from hitl_desktop.workflow.suggesting import kept_back

MOST: Final = 5_000
"""So many may be decided in one step."""
ASK_FROM: Final = 200
"""From here on one is asked before."""
_LOOKED_AT: Final = 64
"""So many decisions are worked out in one go."""


@dataclass(frozen=True, slots=True)
class Selected:
    """What a selection holds. `suggestions` counts what the model suggests of those whose suggestion may be told, by
    class column or code of findings, the most frequent first; `without` have none, or it is hidden. `checks` are
    random checks, which cannot be decided together.
    """

    items: int
    suggestions: tuple[tuple[int, int], ...]
    without: int
    checks: int

    @property
    def deciding(self) -> int:
        """How many items an answer would decide."""
        return self.items - self.checks


def look_at(project: Project, indexes: Sequence[int]) -> Selected:
    """Count what a selection holds."""
    chosen = np.asarray(indexes, np.int64)
    checks = is_check(project, chosen)
    rest = chosen[~checks]
    predicted = project.pool.predicted[rest].copy()
    predicted[kept_back(project, rest)] = -1
    counts = Counter(predicted[predicted >= 0].tolist())
    ranked = tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
    return Selected(len(chosen), ranked, int((predicted < 0).sum()), int(checks.sum()))


def is_check(project: Project, indexes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which of the items measure: those of the reserve, and those once drawn to. Shape as `indexes`."""
    audited = np.fromiter(project.store.audits.drawn_items(), np.int64)
    drawn = np.concatenate([np.asarray(project.store.decisions.imported_checks(), np.int64), audited])
    found = np.asarray(project.reserve.members[indexes], bool) | np.isin(indexes, drawn)
    watching = watched(project)
    return found if watching is None else found | watching[indexes]


def bulk_events(
    session: ReviewSession,
    indexes: Sequence[int],
    verdict: Verdict,
    label_id: int | None = None,
    findings: tuple[int, ...] | None = None,
    *,
    reason: str = "",
) -> list[Decision]:
    """The decisions that give these items one answer, or, confirmed without one, each its own suggestion.

    Random checks are left out, and where suggestions are confirmed, items without one or whose one is hidden. Raises
    KnownError for too many items, and when none is left; ReasonNeeded where past answers are changed without one.
    """
    events = _events(session, _to_decide(session, indexes), (verdict, label_id, findings), reason, str(uuid.uuid4()))
    check_reasons(session.project, _some(events))
    return events if len(events) > 1 else [replace(events[0], batch="")]


def bulk_step(
    session: ReviewSession,
    indexes: Sequence[int],
    verdict: Verdict,
    label_id: int | None = None,
    findings: tuple[int, ...] | None = None,
    *,
    reason: str = "",
) -> Making:
    """The same as a step that is made in parts, for more items than the window can wait for. All decisions are worked
    out before the first is saved, so whatever speaks against the step, nothing has changed then.
    """
    chosen, answer, batch = _to_decide(session, indexes), (verdict, label_id, findings), str(uuid.uuid4())

    def source() -> Source:
        events: list[Decision] = []
        for start in range(0, len(chosen), _LOOKED_AT):
            events += _events(session, chosen[start : start + _LOOKED_AT], answer, reason, batch)
            yield [], start, 2 * len(chosen)
        count = 0
        for start in range(0, len(_some(events)), PART):
            count += needing_reason(session.project, events[start : start + PART])
            yield [], len(chosen), 2 * len(chosen)
        if count:
            raise ReasonNeeded(count)
        for part, done, _ in parts_of(events, PART):
            yield part, len(chosen) + done, len(chosen) + len(events)

    return deciding(session, source())


def _to_decide(session: ReviewSession, indexes: Sequence[int]) -> npt.NDArray[np.int64]:
    if len(indexes) > MOST:
        raise KnownError(say("At most {n} items can be decided at once.", n=number(MOST)), say("Choose fewer."))
    chosen = np.asarray(indexes, np.int64)
    return chosen[~is_check(session.project, chosen)]


def _some(events: list[Decision]) -> list[Decision]:
    """The same, if there are any."""
    if not events:
        raise KnownError(
            say("None of these items can be decided together."),
            say("Random checks are asked one at a time, and what has no suggestion needs a class."),
        )
    return events


def _events(
    session: ReviewSession, chosen: npt.NDArray[np.int64], wanted: Answer, reason: str, batch: str
) -> list[Decision]:
    """The decisions on items that may be decided together."""
    project, (verdict, label_id, findings) = session.project, wanted
    own = verdict is Verdict.CONFIRMED and label_id is None and findings is None
    project.store.decisions.read_ahead(chosen.tolist())
    events = []
    for item in project.store.items.many(chosen.tolist()):
        shown = project.suggestion(item.index)
        seen = seen_from_afar(session, item, shown)
        if own and (shown is None or seen.exposure is Exposure.HIDDEN):
            continue
        live = project.store.decisions.live(item.index)
        events.append(
            decision_on(
                project,
                item.index,
                settled_answer(project, verdict, label_id, findings, shown),
                reviewer=session.reviewer,
                slot=Slot.CHOSEN,
                shown=shown,
                look=seen,
                note=project.store.items.draft(item.index),
                evidence=live[-1].evidence if live else NO_EVIDENCE,
                batch=batch,
                reason=reason.strip(),
            )
        )
    return events
