"""Several findings per item: they come back as they were stored, and their state is the fold."""

import json
from dataclasses import replace
from pathlib import Path

import peewee
import pytest

from hitl_desktop.domain.decisions import Slot, Verdict
from hitl_desktop.domain.items import FoundItem, ItemState
from hitl_desktop.store.store import Store
from tests.store.conftest import MakeDecision


@pytest.mark.parametrize("findings", [(), (2,), (1, 2)])
def test_a_set_comes_back_as_it_was_decided(
    store: Store, decision: MakeDecision, findings: tuple[int, ...], tmp_path: Path
) -> None:
    made = decision(2, Verdict.CORRECTED, label_id=None, findings=findings, predicted_findings=(1,), confidence=0.75)
    assert store.record(made, current=None) == replace(made, number=1)
    assert store.decisions.all() == [replace(made, number=1)]
    item = store.items.get(2)
    assert (item.state, item.label_id, item.findings) == (ItemState.DECIDED, None, findings)
    assert store.items.findings() == [(2, findings)]
    assert store.decisions.decided_findings() == [(2, findings, Slot.UNCERTAIN.value)]
    assert store.decisions.training_since(0) == 1
    assert store.decisions.standing_verdicts() == {"corrected": 1}
    folder = store.folder
    store.close()
    again = Store.open(folder)
    assert again.items.get(2) == item
    again.close()


def test_a_set_taken_back_leaves_the_item_as_it_was(store: Store, decision: MakeDecision) -> None:
    first = store.record(decision(0, label_id=None, findings=(1,)), current=None)
    second = store.record(decision(0, Verdict.CORRECTED, label_id=None, findings=()), current=None)
    for event, left in ((second, (1,)), (first, None)):
        taken = replace(
            event, event_id=f"back {event.number}", verdict=Verdict.RETRACTED, findings=None, retracts=event.number
        )
        store.record(taken, current=None)
        assert store.items.get(0).findings == left
    assert store.items.get(0).state is ItemState.TO_DO


@pytest.mark.parametrize("answer", [{"label_id": 1, "findings": (1,)}, {"label_id": None, "findings": None}])
def test_an_answer_is_a_class_or_a_set_and_never_both_or_neither(
    store: Store, decision: MakeDecision, answer: dict[str, object]
) -> None:
    with pytest.raises(peewee.IntegrityError):
        store.record(decision(0, **answer), current=None)
    assert store.decisions.count() == 0


def test_the_journal_names_the_findings(store: Store, decision: MakeDecision) -> None:
    store.record(decision(0, label_id=None, findings=(1, 2), predicted_findings=()), current=None)
    store.record(decision(1), current=None)
    several, one = (json.loads(line) for line in (store.folder / "decisions.jsonl").read_text("ascii").splitlines())
    assert (several["findings"], several["findings_ids"]) == (["cat", "dog"], [1, 2])
    assert several["predicted_findings"] == []
    assert not {"findings", "predicted_findings"} & set(one)


def test_hidden_truth_of_several_findings_is_kept(store: Store) -> None:
    found = [
        FoundItem(f"{number:064x}", f"row {number}", findings=findings)
        for number, findings in enumerate([("dog", "cat"), (), None], 100)
    ]
    with store.transaction():
        rows = store.items.add(found, {"cat": 1, "dog": 2})
    assert store.items.truth_findings() == [(rows[0], (1, 2)), (rows[1], ())]
    assert store.items.get(rows[2]).truth_findings is None
