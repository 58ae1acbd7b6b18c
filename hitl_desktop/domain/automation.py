"""What was done to the automatic, such as paused, allowed without a certificate, or recalled; and what follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hitl_desktop.domain.sentences import NOTHING_TO_SAY, Sentence


class AutomationAction(StrEnum):
    """What somebody, or the program itself, did to the automatic."""

    PAUSED = "paused"
    RESUMED = "resumed"
    OVERRIDDEN = "overridden"
    """Allowed without a certificate, for the model and the policy in force then."""
    OVERRIDE_ENDED = "override_ended"
    RECALLED = "recalled"


BY_ITSELF = "automatic"
"""Stands for the program where nobody did something."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which automatic decisions are meant: those of a model version, of a policy version, or of one of its rules.

    `rule` counts from 1. None does not choose; the default chooses all.
    """

    model_version: int | None = None
    policy_version: int | None = None
    rule: int | None = None


@dataclass(frozen=True, slots=True)
class AutomationEvent:
    """One event, numbered from 1. `reason` are a person's words, or the program's.

    `scope` is what was recalled; of the others the model and the policy in force then. `upto` is the number of the last
    decision before it: a recall takes in those until then, and put `items` back to the queue.
    """

    number: int
    at_utc: str
    by: str
    action: AutomationAction
    reason: Sentence = NOTHING_TO_SAY
    scope: Scope = Scope()
    items: int = 0
    upto: int = 0

    @property
    def is_by_itself(self) -> bool:
        """True when the program did it."""
        return self.by == BY_ITSELF


@dataclass(frozen=True, slots=True)
class AutomationState:
    """Where the automatic stands, folded from its events: `pause` is the event that paused it, None while it runs;
    `override` the last permission without a certificate that was not ended, whatever it was given for.
    """

    pause: AutomationEvent | None = None
    override: AutomationEvent | None = None

    @property
    def is_running(self) -> bool:
        """True while nobody, and nothing, has paused it."""
        return self.pause is None


def state_of(events: Iterable[AutomationEvent]) -> AutomationState:
    """The state after events in the order of their numbers. Pausing twice keeps the first reason."""
    pause: AutomationEvent | None = None
    override: AutomationEvent | None = None
    for event in events:
        if event.action in (AutomationAction.PAUSED, AutomationAction.RECALLED):
            pause = pause or event
        elif event.action is AutomationAction.RESUMED:
            pause = None
        elif event.action is AutomationAction.OVERRIDDEN:
            override = event
        else:
            override = None
    return AutomationState(pause, override)
