"""What the reviewer may see of the suggestion for the item on screen, and what they know of it already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import MEASURING_SLOTS, Decision, Exposure, live_in
from hitl_desktop.domain.items import ANSWERED, Item, ItemState
from hitl_desktop.domain.pool import DECIDED, STATES
from hitl_desktop.domain.suggesting import Suggesting, SuggestionMode, is_drawn
from hitl_desktop.kinds import KINDS
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.automation import is_watched, watched
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.suggestion import Suggestion
from hitl_desktop.workflow.verdicts import suggested_findings

FACT: Final = "suggesting"
"""The fact of a project that holds its choice."""
_ANSWERED: Final = [code for code, state in enumerate(STATES) if state in ANSWERED]


def suggesting_of(store: Store) -> Suggesting:
    """The choice of a project; suggestion first where nobody chose. Comparisons are always answered blind."""
    if KINDS[store.fact("kind")].compares:
        return Suggesting(SuggestionMode.BLIND, blind_checks=True)
    return Suggesting.of(store.fact(FACT) or {})


def choose_suggesting(store: Store, choice: Suggesting) -> Changes:
    """Keep another choice, for the items that come on screen from now on. Raises KnownError for an odd share."""
    choice.check()
    with store.transaction():
        store.set_fact(FACT, choice.plain())
    return Changes(settings=True, order=True)


@dataclass(frozen=True, slots=True)
class Look:
    """What the reviewer may see of the suggestion for the item on screen.

    `exposure` and `hiding` as in `Decision`. `own` is their own answer while the suggestion stands revealed beside it,
    until they keep or change it. `is_check`: the item measures the model.
    """

    exposure: Exposure | None = None
    hiding: float | None = None
    own: Decision | None = None
    is_check: bool = False


def look(
    choice: Suggesting,
    item: Item,
    events: Sequence[Decision],
    shown: Suggestion | None,
    *,
    reviewer: str,
    seed: int,
    in_reserve: bool,
    in_audit: bool = False,
    is_second: bool = False,
) -> Look:
    """What may be seen of `shown` for an item with these `events`, all of them in order.

    What the reviewer knows already is not hidden again, and neither is it for an item that has its answer, unless they
    are the second reader of it. For an item of the audit under way it always is.
    """
    if shown is None:
        return Look()
    if in_audit:
        return Look(Exposure.HIDDEN, 1.0, is_check=True)
    check = in_reserve or any(event.slot in MEASURING_SLOTS for event in events)
    hiding = choice.hiding(is_check=check)
    own = _open_answer(events, reviewer, shown)
    if own is not None:
        return Look(Exposure.REVEALED, hiding, own, check)
    known = _seen_before(events, reviewer, shown.model_version)
    if known is not None or (item.state in ANSWERED and not is_second):
        return Look(known or Exposure.SHOWN, hiding, is_check=check)
    is_hidden = is_drawn(seed, item.digest, hiding)
    return Look(Exposure.HIDDEN if is_hidden else Exposure.SHOWN, hiding, is_check=check)


def look_of(
    project: Project,
    item: Item,
    events: Sequence[Decision],
    shown: Suggestion | None,
    reviewer: str,
    *,
    is_second: bool = False,
    again: bool = False,
) -> Look:
    """What a reviewer may see of `shown` for an item of a project: `look`, with what the project says of it.

    A hidden repeat (`again`) looks like a check, whatever the reviewer has seen of the item before.
    """
    return look(
        suggesting_of(project.store),
        item,
        events,
        shown,
        reviewer=reviewer,
        seed=project.seed,
        in_reserve=bool(project.reserve.members[item.index]),
        in_audit=again
        or item.index in project.store.audits.open_items()
        or _keeps_watch(project, item, events, shown, reviewer),
        is_second=is_second,
    )


def _keeps_watch(
    project: Project, item: Item, events: Sequence[Decision], shown: Suggestion | None, reviewer: str
) -> bool:
    """True for an item that watches the automatic decisions, unless the reviewer has seen what is suggested."""
    if shown is None or not is_watched(project, item.index):
        return False
    return _seen_before(events, reviewer, shown.model_version) is None


def keeps_back(project: Project, item: Item) -> bool:
    """True for an item of a list that must not say what the model suggests: it may have to be answered without."""
    if item.index in project.store.audits.open_items():
        return item.state is not ItemState.DECIDED
    if is_watched(project, item.index):
        return True
    if item.state in ANSWERED or project.pool.predicted[item.index] < 0:
        return False
    hiding = suggesting_of(project.store).hiding(is_check=bool(project.reserve.members[item.index]))
    return is_drawn(project.seed, item.digest, hiding)


def kept_back(project: Project, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """`keeps_back` for many items, no random checks of the reserve among them. Shape as `rows`."""
    pool, store = project.pool, project.store
    watching, audited = watched(project), store.audits.open_items()
    found: npt.NDArray[np.bool_] = np.isin(rows, np.fromiter(audited, np.int64, len(audited))) & (
        pool.states[rows] != DECIDED
    )
    if watching is not None:
        found |= watching[rows]
    share = suggesting_of(store).hiding(is_check=False)
    open_ones = ~np.isin(pool.states[rows], _ANSWERED) & (pool.predicted[rows] >= 0) & ~np.isin(rows, list(audited))
    drawn = np.flatnonzero(open_ones & ~found) if share else np.empty(0, np.int64)
    digests = store.items.digests_of(rows[drawn].tolist())
    found[drawn] = [is_drawn(project.seed, digests[row], share) for row in rows[drawn].tolist()]
    return found


def reveals(decision: Decision) -> bool:
    """True for an own answer that differs from the suggestion, so that it is shown. Checks are never led by it, and
    comparisons are over with the answer.
    """
    return (
        decision.exposure is Exposure.HIDDEN
        and decision.names_answer
        and not decision.agrees
        and decision.slot not in MEASURING_SLOTS
        and not decision.response.sides
    )


def _open_answer(events: Sequence[Decision], reviewer: str, shown: Suggestion) -> Decision | None:
    """The reviewer's own answer that stands, and differs from what is suggested still."""
    live = live_in(events)
    if not live or live[-1].reviewer != reviewer or not reveals(live[-1]):
        return None
    own = live[-1]
    suggested = shown.predicted.id if shown.predicted else None
    return own if (own.predicted_id, own.predicted_findings) == (suggested, suggested_findings(shown)) else None


def _seen_before(events: Sequence[Decision], reviewer: str, version: int) -> Exposure | None:
    """How the reviewer has come to know what this version suggests for an item; None when they do not.

    Answering on their own tells them, whether the suggestion differed or not; setting aside does not.
    """
    for event in events:
        if event.reviewer != reviewer or event.model_version != version or event.slot in MEASURING_SLOTS:
            continue
        if event.exposure is Exposure.REVEALED or (event.exposure is Exposure.HIDDEN and event.names_answer):
            return Exposure.REVEALED
        if event.exposure is Exposure.SHOWN:
            return Exposure.SHOWN
    return None
