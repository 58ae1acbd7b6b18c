"""What people first said, and what they made of it when they saw the suggestion."""

from dataclasses import replace

from hitl_desktop.domain.decisions import Exposure, Slot, Verdict
from hitl_desktop.store.first_answers import FirstAnswer
from hitl_desktop.store.store import Store
from tests.store.conftest import MakeDecision

SUGGESTED = {"predicted_id": 2, "confidence": 0.75, "model_version": 1}


def test_the_answers_that_train_and_stand_the_last_of_each_item(store: Store, decision: MakeDecision) -> None:
    store.record(decision(0, label_id=1), current=None)
    store.record(decision(1, label_id=1), current=None)
    store.record(decision(0, label_id=2), current=None)  # 3
    store.record(decision(2, label_id=1, slot=Slot.EXPLORE), current=None)
    store.record(decision(2, label_id=1, slot=Slot.WATCH), current=None)
    store.record(decision(3, Verdict.SKIPPED), current=None)
    back = store.record(decision(3, label_id=1), current=None)  # 7
    store.record(decision(3, Verdict.RETRACTED, retracts=back.number), current=None)
    store.record(decision(4, Verdict.CORRECTED, label_id=2, slot=Slot.AUDIT), current=None)  # 9
    found = store.answers.answers_since
    assert found(0, 99) == [(2, 1, 1, None), (3, 0, 2, None), (9, 4, 2, None)]
    assert found(2, 99) == [(3, 0, 2, None), (9, 4, 2, None)]
    assert found(0, 2) == [(3, 0, 2, None), (9, 4, 2, None)], "the last ones"
    assert found(9, 99) == []


def test_sets_of_findings_are_answers_too(store: Store, decision: MakeDecision) -> None:
    store.record(replace(decision(0, Verdict.CORRECTED), label_id=None, findings=(1, 2)), current=None)
    store.record(
        replace(decision(1), label_id=None, findings=(), predicted_findings=(2,), exposure=Exposure.SHOWN), current=None
    )
    assert store.answers.answers_since(0, 9) == [(1, 0, None, (1, 2)), (2, 1, None, ())]
    assert store.answers.first() == [FirstAnswer(1, "ann", (), (2,), Exposure.SHOWN, None)]


def test_the_first_answer_of_each_person_counts_taken_back_or_not(store: Store, decision: MakeDecision) -> None:
    shown, hidden = {"exposure": Exposure.SHOWN, **SUGGESTED}, {"exposure": Exposure.HIDDEN, "hiding": 0.5, **SUGGESTED}
    first = store.record(decision(0, label_id=1, **hidden), current=None)
    store.record(decision(0, Verdict.RETRACTED, retracts=first.number), current=None)
    store.record(decision(0, label_id=2, **shown), current=None)
    store.record(decision(0, label_id=2, reviewer="bob", **shown), current=None)
    store.record(decision(1, label_id=2), current=None)  # no model had suggested anything
    store.record(decision(2, label_id=2, slot=Slot.EXPLORE, **hidden), current=None)
    store.record(decision(3, label_id=2, **SUGGESTED), current=None)  # made before it was noted
    assert store.answers.first() == [
        FirstAnswer(0, "ann", 1, 2, Exposure.HIDDEN, 0.5),
        FirstAnswer(0, "bob", 2, 2, Exposure.SHOWN, None),
        FirstAnswer(3, "ann", 2, 2, None, None),
    ]


def test_what_was_said_at_the_reveal_is_the_first_that_followed(store: Store, decision: MakeDecision) -> None:
    own = store.record(decision(0, label_id=1, exposure=Exposure.HIDDEN, hiding=0.5, **SUGGESTED), current=None)
    after = {"exposure": Exposure.REVEALED, "follows": own.number, **SUGGESTED}
    store.record(decision(0, label_id=2, **after), current=None)
    store.record(decision(0, label_id=1, **after), current=None)
    other = store.record(decision(1, label_id=1, exposure=Exposure.HIDDEN, hiding=1.0, **SUGGESTED), current=None)
    back = store.record(
        decision(1, label_id=2, exposure=Exposure.REVEALED, follows=other.number, **SUGGESTED), current=None
    )
    store.record(decision(1, Verdict.RETRACTED, retracts=back.number), current=None)
    assert store.answers.revealed() == [FirstAnswer(0, "ann", 1, 2, Exposure.HIDDEN, 0.5, 2)]
