"""When the model's suggestion is in view: before the reviewer decides, after that, or as chance draws for every item.

A suggestion that stands beside an item draws the answer towards itself, right or wrong. Sources: Tversky and Kahneman,
"Judgment under uncertainty: heuristics and biases", Science 1974 (anchoring); Goddard, Roudsari and Wyatt, "Automation
bias: a systematic review", JAMIA 2012.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import MEASURING_SLOTS, Decision, Exposure, live_in
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import Item, ItemState
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.project import Project, Suggestion
from hitl_desktop.workflow.verdicts import suggested_findings

_FACT: Final = "suggesting"


class SuggestionMode(StrEnum):
    """When the suggestion is shown. A project has one mode, which can be changed at any time."""

    FIRST = "first"
    """Beside the item, from the beginning."""
    BLIND = "blind"
    """After the reviewer has answered on their own."""
    MIX = "mix"
    """Chance draws one of the two for every item."""


@dataclass(frozen=True, slots=True)
class Suggesting:
    """The choice of a project. `share` (0–1, both excluded) of the items are blind in a mix.

    `blind_checks`: random checks are blind also where the suggestion comes first. Otherwise they always are, and the
    suggestion is not revealed: what measures the model must not be led by it.
    """

    mode: SuggestionMode = SuggestionMode.FIRST
    share: float = 0.5
    blind_checks: bool = False

    def hiding(self, *, is_check: bool) -> float:
        """The probability with which the suggestion is hidden until the answer."""
        if is_check:
            return 0.0 if self.mode is SuggestionMode.FIRST and not self.blind_checks else 1.0
        return {SuggestionMode.FIRST: 0.0, SuggestionMode.BLIND: 1.0, SuggestionMode.MIX: self.share}[self.mode]


def suggesting_of(store: Store) -> Suggesting:
    """The choice of a project; suggestion first where nobody chose."""
    stored: dict[str, Any] = store.fact(_FACT) or {}
    usual = Suggesting()
    return Suggesting(
        SuggestionMode(stored.get("mode", usual.mode)),
        float(stored.get("share", usual.share)),
        bool(stored.get("blind_checks", usual.blind_checks)),
    )


def choose_suggesting(store: Store, choice: Suggesting) -> Changes:
    """Keep another choice, for the items that come on screen from now on. Raises KnownError for an odd share."""
    if not 0.0 < choice.share < 1.0:
        raise KnownError(say("The share of blind items must lie between 0 and 100 %."))
    with store.transaction():
        store.set_fact(_FACT, {"mode": choice.mode.value, "share": choice.share, "blind_checks": choice.blind_checks})
    return Changes(settings=True, order=True)


def is_drawn(seed: int, digest: str, probability: float) -> bool:
    """True with this probability for an item, always the same for the same seed and content."""
    drawn = hashlib.sha256(f"blind {seed} {digest}".encode()).digest()[:8]
    return int.from_bytes(drawn, "big") / 2**64 < probability


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
) -> Look:
    """What may be seen of `shown` for an item with these `events`, all of them in order.

    What the reviewer knows already is not hidden again, and neither is it for an item that is decided.
    """
    if shown is None:
        return Look()
    check = in_reserve or any(event.slot in MEASURING_SLOTS for event in events)
    hiding = choice.hiding(is_check=check)
    own = _open_answer(events, reviewer, shown)
    if own is not None:
        return Look(Exposure.REVEALED, hiding, own, check)
    known = _seen_before(events, reviewer, shown.model_version)
    if known is not None or item.state is ItemState.DECIDED:
        return Look(known or Exposure.SHOWN, hiding, is_check=check)
    is_hidden = is_drawn(seed, item.digest, hiding)
    return Look(Exposure.HIDDEN if is_hidden else Exposure.SHOWN, hiding, is_check=check)


def keeps_back(project: Project, item: Item) -> bool:
    """True for an item of a list that must not say what the model suggests: it may have to be answered without."""
    if item.state is ItemState.DECIDED or project.pool.predicted[item.index] < 0:
        return False
    hiding = suggesting_of(project.store).hiding(is_check=bool(project.reserve.members[item.index]))
    return is_drawn(project.seed, item.digest, hiding)


def reveals(decision: Decision) -> bool:
    """True for an own answer that differs from the suggestion, so that it is shown. Checks are never led by it."""
    return (
        decision.exposure is Exposure.HIDDEN
        and decision.names_answer
        and not decision.agrees
        and decision.slot not in MEASURING_SLOTS
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
