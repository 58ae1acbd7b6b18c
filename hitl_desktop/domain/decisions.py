"""Decisions are events: appended, never changed. The current state is a fold over them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hitl_desktop.domain.evidence import NO_EVIDENCE, Evidence
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.responses import NO_RESPONSE, Response


class Verdict(StrEnum):
    """What the reviewer said."""

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    SKIPPED = "skipped"
    UNSURE = "unsure"
    FLAGGED = "flagged"
    RETRACTED = "retracted"
    """Takes back the decision named by `retracts`; the item returns to what it was before."""
    AUTOMATIC = "automatic"
    """What the model suggested was accepted by the routing policy, and by nobody else."""
    REPEATED = "repeated"
    """The answer when an item was asked again without saying so (`Slot.REPEAT`): it measures how far a reviewer agrees
    with themselves, and changes nothing. The item stands as before, and nothing learns from it."""


class Slot(StrEnum):
    """Why the item was asked. It decides what its answer may be used for."""

    UNCERTAIN = "uncertain"
    START = "start"
    """Drawn at random: before there was a model to be uncertain, or because that is the order chosen."""
    TYPICAL = "typical"
    """Stands for many items like it, and nothing like it is decided yet."""
    DIVERSE = "diverse"
    """Uncertain, and unlike the others asked with it."""
    RARE = "rare"
    """Perhaps of a class that has few decisions."""
    LOSS = "loss"
    """Much is lost if it is missed: probability times amount."""
    EXPLORE = "explore"
    """Of the reserve, a uniform random draw: measures the model, and never trains it."""
    AGAIN = "again"
    """Set aside before, and looked at again."""
    SECOND = "second"
    """Answered by somebody else before, which is not shown: a rule asks for a second reader."""
    CHOSEN = "chosen"
    """Opened by the reviewer from a list or a search."""
    AUDIT = "audit"
    """Drawn uniformly by an audit: proves what a certificate says, answered without seeing the suggestion."""
    IMPORTED = "imported"
    """A label that came with the data set, taken as an earlier decision."""
    IMPORTED_CHECK = "imported_check"
    """Like `IMPORTED`, but in the random part that is kept for measuring."""
    WATCH = "watch"
    """Would have been decided automatically, and was drawn at random to be decided blind: it measures the automatic
    decisions, and never trains."""
    AUTOMATIC = "automatic"
    """Nobody was asked: an automatic decision, and what takes one back."""
    REPEAT = "repeat"
    """Answered before by the same reviewer, and asked again without saying so (`workflow/repeats.py`)."""


MEASURING_SLOTS = frozenset({Slot.EXPLORE, Slot.AUDIT, Slot.IMPORTED_CHECK, Slot.WATCH})
"""Only these come from a random draw, so only these may measure, each what it was drawn from."""

AUTOPILOT = "automatic"
"""Stands as the reviewer of an automatic decision."""


class Exposure(StrEnum):
    """What the reviewer had seen of the model's suggestion when they answered."""

    SHOWN = "shown"
    """It stood beside the item from the beginning."""
    HIDDEN = "hidden"
    """It was kept from them: the answer is their own."""
    REVEALED = "revealed"
    """They had answered on their own, and then saw it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One event in the log.

    `number` is gapless and counts from 1; `event_id` (a UUID) makes a repeated write harmless.
    `label_id` is set for confirmed, corrected and automatic, and for repeated where it was answered. `predicted_id`,
    `confidence` and `model_version` say what the model claimed at that moment (None without a model). `probability` is
    the inclusion probability of an exploring slot. `seconds` is the active time on the item.
    Where the task is several findings per item, `findings` and `predicted_findings` stand in place of `label_id` and
    `predicted_id`: ascending label ids of those that are there, () for none of them.
    `evidence` are the marks made in the item, `response` what was answered beyond the class.
    `exposure` says whether the suggestion was in view; None where there was
    none, and for decisions made before this was noted (then it was always in view). `hiding` is the probability with
    which it was to be hidden for this item: 0 where it always comes first, 1 where it never does, between where chance
    draws; None as above. `follows` is the number of the reviewer's own answer that this one comes after the reveal of.
    `reason` says why a past decision was changed. Decisions that were made, and are taken back, in one step share a
    `batch` (a UUID), empty for one alone.
    `policy_version` and `rule` are the routing policy in force when it was made, and the number of its rule (from 1;
    one more than there are rules for "everything else") that the item was under; None where that was not noted.
    An automatic decision also says why it was permitted: the `route` that the rule gave, and the number of either the
    `certificate` or the `override` that stood. What takes it back keeps all that. A person's answer names the `route`
    where its rule asks for a second reader.
    `reviewer_id` names the profile behind `reviewer`, whatever it is called later, and `auth` (`reviewers.Auth`) how it
    was known that the person was who they said; the store writes both, "" where there was no profile or no sitting.
    `quick_updates` is how many decisions had moved the answers of that version at once (`learning/quick_head.py`) when
    they were shown: 0 where it was the version alone.
    """

    number: int
    event_id: str
    item_index: int
    verdict: Verdict
    label_id: int | None
    reviewer: str
    at_utc: str
    slot: Slot
    note: str = ""
    predicted_id: int | None = None
    confidence: float | None = None
    model_version: int | None = None
    probability: float | None = None
    seconds: float | None = None
    retracts: int | None = None
    findings: tuple[int, ...] | None = None
    predicted_findings: tuple[int, ...] | None = None
    evidence: Evidence = NO_EVIDENCE
    exposure: Exposure | None = None
    hiding: float | None = None
    follows: int | None = None
    reason: str = ""
    batch: str = ""
    policy_version: int | None = None
    rule: int | None = None
    route: str | None = None
    certificate: int | None = None
    override: int | None = None
    reviewer_id: str = ""
    auth: str = ""
    response: Response = NO_RESPONSE
    quick_updates: int = 0

    @property
    def names_answer(self) -> bool:
        """True for a class or a set of findings; setting aside and taking back name none, and a repeat changes none."""
        return self.verdict in (Verdict.CONFIRMED, Verdict.CORRECTED, Verdict.AUTOMATIC)

    @property
    def is_automatic(self) -> bool:
        """True when nobody decided this."""
        return self.verdict is Verdict.AUTOMATIC

    @property
    def has_suggestion(self) -> bool:
        """True when a model had something to say of the item."""
        return self.predicted_id is not None or self.predicted_findings is not None

    @property
    def agrees(self) -> bool:
        """True when a person's answer is what the model suggested."""
        return (
            self.names_answer
            and not self.is_automatic
            and self.has_suggestion
            and (self.label_id, self.findings) == (self.predicted_id, self.predicted_findings)
        )

    @property
    def was_in_view(self) -> bool:
        """True when a suggestion had been seen before this answer: it may have been led by it."""
        return self.has_suggestion and not self.is_automatic and self.exposure is not Exposure.HIDDEN


_CHANGE_NOTHING = (Verdict.RETRACTED, Verdict.REPEATED)
"""What never stands itself."""
_STATE_OF = {
    Verdict.CONFIRMED: ItemState.DECIDED,
    Verdict.CORRECTED: ItemState.DECIDED,
    Verdict.SKIPPED: ItemState.SKIPPED,
    Verdict.UNSURE: ItemState.UNSURE,
    Verdict.FLAGGED: ItemState.FLAGGED,
    Verdict.AUTOMATIC: ItemState.AUTOMATIC,
}


def state_after(verdict: Verdict) -> ItemState:
    """The state an item is in after `verdict`. Raises KeyError for `RETRACTED` and `REPEATED`, which have none."""
    return _STATE_OF[verdict]


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for one item now: the last decision that was not taken back, if any."""

    state: ItemState
    decision: Decision | None

    @property
    def label_id(self) -> int | None:
        """The class decided on, if the item is decided."""
        return self.decision.label_id if self.decision else None

    @property
    def findings(self) -> tuple[int, ...] | None:
        """The findings decided on, if the item is decided and its task is several."""
        return self.decision.findings if self.decision else None


UNTOUCHED = Standing(ItemState.TO_DO, None)


def fold(decisions: Iterable[Decision]) -> dict[int, Standing]:
    """The current standing of every item that was ever decided on, by item index.

    `decisions` come in the order of their numbers. Items that were never touched are not in the result;
    items whose every decision was taken back are, as `UNTOUCHED`.
    """
    live: dict[int, list[Decision]] = {}
    for event in decisions:
        stack = live.setdefault(event.item_index, [])
        if event.verdict is Verdict.RETRACTED:
            stack[:] = [d for d in stack if d.number != event.retracts]
        elif event.verdict is not Verdict.REPEATED:
            stack.append(event)
    return {index: standing_of(stack) for index, stack in live.items()}


def live_in(events: Iterable[Decision]) -> list[Decision]:
    """The decisions among the events of one item that were not taken back, oldest first; without hidden repeats."""
    every = list(events)
    retracted = {event.retracts for event in every if event.verdict is Verdict.RETRACTED}
    return [e for e in every if e.verdict not in _CHANGE_NOTHING and e.number not in retracted]


def standing_of(live: list[Decision]) -> Standing:
    """The standing after the decisions of one item that were not taken back, oldest first."""
    if not live:
        return UNTOUCHED
    return Standing(state_after(live[-1].verdict), live[-1])
