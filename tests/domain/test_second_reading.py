"""What two readers said of an item, folded from its decisions."""

from dataclasses import replace

import pytest

from hitl_desktop.domain.decisions import Decision, Slot, Verdict
from hitl_desktop.domain.reviewers import Sitting
from hitl_desktop.domain.second_reading import SecondReading, Stage, reading_of

BY_RULE = "second_reader"


def said(
    number: int, reviewer: str, label: int | None, slot: Slot = Slot.UNCERTAIN, route: str | None = None
) -> Decision:
    verdict = Verdict.SKIPPED if label is None else Verdict.CORRECTED
    return Decision(number, str(number), 0, verdict, label, reviewer, "2026-01-02", slot, route=route)


FIRST = said(1, "ann", 1, route=BY_RULE)


@pytest.mark.parametrize(
    ("after", "stage"),
    [
        ([], Stage.WAITS),
        ([said(2, "bob", 1, Slot.SECOND)], Stage.AGREED),
        ([said(2, "bob", 2, Slot.SECOND)], Stage.DIFFERS),
        ([said(2, "bob", 2, Slot.EXPLORE)], Stage.DIFFERS),
        ([said(2, "bob", 2, Slot.SECOND), said(3, "cy", 2, Slot.AGAIN)], Stage.SETTLED),
        ([said(2, "ann", 2, Slot.AGAIN)], Stage.WAITS),
        ([said(2, "bob", 2, Slot.CHOSEN)], Stage.WAITS),
        ([said(2, "bob", None, Slot.SECOND)], Stage.WAITS),
        ([said(2, "ann", 2, Slot.CHOSEN), said(3, "bob", 2, Slot.SECOND)], Stage.AGREED),
    ],
)
def test_stages(after: list[Decision], stage: Stage) -> None:
    found = reading_of([FIRST, *after])
    assert found is not None
    assert found.stage is stage


def test_only_what_a_rule_gave_to_two_readers_waits_for_a_second() -> None:
    assert reading_of([]) is None
    assert reading_of([said(1, "ann", 1)]) is None
    automatic = Decision(1, "1", 0, Verdict.AUTOMATIC, 1, "automatic", "2026-01-02", Slot.AUTOMATIC, route="accept")
    assert reading_of([automatic]) is None


def test_nobody_is_their_own_second_reader() -> None:
    waiting = SecondReading(Stage.WAITS, FIRST)
    assert not waiting.waits_for(Sitting("ann"))
    assert waiting.waits_for(Sitting("bob"))
    other = said(2, "bob", 1, Slot.SECOND)
    assert not SecondReading(Stage.AGREED, FIRST, other).waits_for(Sitting("cy"))


def test_a_profile_is_the_same_person_under_another_name() -> None:
    first = replace(FIRST, reviewer_id="a1")
    assert not SecondReading(Stage.WAITS, first).waits_for(Sitting("ann married", "a1"))
    assert SecondReading(Stage.WAITS, first).waits_for(Sitting("ann", "b2")), "another person of that name"
