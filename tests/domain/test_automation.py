"""What follows from what was done to the automatic."""

from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.automation import BY_ITSELF, AutomationAction, AutomationEvent, state_of
from hitl_desktop.domain.sentences import say

PAUSED, RESUMED, OVERRIDDEN, ENDED, RECALLED = AutomationAction


def log(*actions: AutomationAction) -> list[AutomationEvent]:
    return [AutomationEvent(n, "now", "ann", action) for n, action in enumerate(actions, 1)]


def test_it_runs_until_somebody_pauses_it() -> None:
    assert state_of([]).is_running
    assert state_of([]).override is None
    assert not state_of(log(PAUSED)).is_running
    assert state_of(log(PAUSED, RESUMED)).is_running
    assert state_of(log(RESUMED)).is_running


def test_pausing_twice_keeps_the_first_reason_and_a_recall_pauses() -> None:
    first = state_of(log(PAUSED, PAUSED, RECALLED)).pause
    assert first is not None
    assert first.number == 1
    recalled = state_of(log(OVERRIDDEN, RECALLED)).pause
    assert recalled is not None
    assert recalled.action is RECALLED


def test_the_last_permission_holds_until_it_is_ended_and_pausing_does_not_end_it() -> None:
    override = state_of(log(OVERRIDDEN, OVERRIDDEN, PAUSED, RESUMED)).override
    assert override is not None
    assert override.number == 2
    assert state_of(log(OVERRIDDEN, ENDED)).override is None
    assert state_of(log(OVERRIDDEN, PAUSED)).override is not None


@given(st.lists(st.sampled_from(AutomationAction), max_size=12))
def test_only_the_last_words_count(actions: list[AutomationAction]) -> None:
    state = state_of(log(*actions))
    pausing = [action for action in actions if action in (PAUSED, RECALLED, RESUMED)]
    permitting = [action for action in actions if action in (OVERRIDDEN, ENDED)]
    assert state.is_running == (not pausing or pausing[-1] is RESUMED)
    assert (state.override is not None) == (permitting[-1:] == [OVERRIDDEN])


def test_who_did_it() -> None:
    assert AutomationEvent(1, "now", BY_ITSELF, PAUSED, say("x")).is_by_itself
    assert not AutomationEvent(1, "now", "ann", PAUSED).is_by_itself
