"""What is asked of many items at once is what each of them says."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hitl_desktop.domain.decisions import AUTOPILOT, Slot, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import Duplicate, FoundItem, ItemState, Other, Unreadable
from hitl_desktop.domain.responses import Response
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.items import STATES
from hitl_desktop.store.store import Store
from tests.store.conftest import MakeDecision

MANY = 70
"""More than are kept in memory."""
TEXTS = {0: "first", 3: "l\udce9ger text", 65: "last"}


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Store]:
    """Seventy items, the labels of two of them known and hidden."""
    store = Store.create(tmp_path / "Many.hitl")
    with store.transaction():
        store.add_labels(["cat", "dog"])
        found = [FoundItem(f"{i:064x}", f"a/{i}.png", None, TEXTS.get(i, ""), {"n": str(i)}) for i in range(MANY)]
        found[2] = FoundItem(found[2].digest, "a/two.png", "dog", fields={"n": "2"})
        found[4] = FoundItem(found[4].digest, "row 4", "cat", fields={"n": "4"})
        store.items.add(found, {"cat": 1, "dog": 2})
    yield store
    store.close()


def test_many_are_read_as_one_is_in_the_order_asked_for(many: Store) -> None:
    order = [69, 2, 0, *range(5, 69)]
    assert many.items.many(order) == [many.items.get(index) for index in order]
    assert [item.index for item in many.items.many([3, 999, 1])] == [3, 1], "what is not there is left out"
    assert many.items.many([]) == []
    assert many.items.digests_of(order) == {index: f"{index:064x}" for index in order}
    assert many.items.digests_of([1]) == {1: f"{1:064x}"}
    assert many.items.fields_of([65, 2]) == [{"n": "65"}, {"n": "2"}]
    with pytest.raises(KeyError):
        many.items.fields_of([0, 999])
    with pytest.raises(KnownError, match="no item 999"):
        many.items.get(999)


def test_more_than_fit_one_question_are_asked_in_several(many: Store) -> None:
    with many.transaction():
        added = many.items.add([FoundItem(f"{i:064x}", f"b/{i}", fields={"n": str(i)}) for i in range(100, 1001)], {})
    assert added == range(MANY, MANY + 901)
    assert many.items.count() == MANY + 901
    records = many.items.fields_of(range(MANY, MANY + 901))
    assert [record["n"] for record in records] == [str(i) for i in range(100, 1001)]


def test_texts_and_their_beginnings(many: Store) -> None:
    assert many.items.texts_of([65, 0]) == ["last", "first"]
    assert many.items.openings([0, 1, 65], 3) == {0: "fir", 65: "las"}
    assert many.items.openings([3], 4)[3].startswith("l")
    assert many.items.text(1) == ""


def test_what_was_decided_is_compared_with_what_was_known(many: Store, decision: MakeDecision) -> None:
    assert many.items.judged() == (0, 0)
    many.record(decision(2, label_id=2), current=None)
    many.record(decision(4, label_id=2), current=None)
    many.record(decision(5, label_id=1), current=None)  # nothing was known of it
    assert many.items.judged() == (1, 2)
    truth = many.items.truth_ids()
    assert {index: int(label) for index, label in enumerate(truth) if label >= 0} == {2: 2, 4: 1}
    assert truth.shape == (MANY,)


def test_items_are_found_by_their_answer_whoever_gave_it(many: Store, decision: MakeDecision) -> None:
    many.record(decision(2, label_id=2), current=None)
    many.record(decision(9, label_id=1), current=None)
    many.record(decision(1, Verdict.SKIPPED), current=None)
    automatic = decision(7, Verdict.AUTOMATIC, slot=Slot.AUTOMATIC, label_id=2, reviewer=AUTOPILOT)
    permitted = {"model_version": 1, "policy_version": 0, "rule": 1, "route": "accept", "override": 1}
    many.record_automatic([replace(automatic, **permitted)])
    assert many.items.answered_as(2) == [2, 7]
    assert many.items.answered_as(1) == [9]
    assert many.items.answered_as(77) == []
    states, labels = many.items.standings()
    there = {
        i: (STATES[state], int(label)) for i, (state, label) in enumerate(zip(states, labels, strict=True)) if state
    }
    assert there == {
        1: (ItemState.SKIPPED, -1), 2: (ItemState.DECIDED, 2), 7: (ItemState.AUTOMATIC, 2), 9: (ItemState.DECIDED, 1),
    }  # fmt: skip
    later, answers = many.items.standings(7)
    assert (len(later), STATES[later[0]], int(answers[0]), int(answers[2])) == (MANY - 7, ItemState.AUTOMATIC, 2, 1)


def test_an_answer_beyond_the_class_is_kept_until_it_is_saved(many: Store) -> None:
    assert many.items.draft_response(3) is None
    many.items.set_draft(3, "", response=Response(reply="better"))
    assert many.items.draft_response(3) == Response(reply="better")
    assert many.items.draft(3) == ""
    assert many.items.draft_evidence(3) is None
    many.items.set_draft(3, "typed")
    assert (many.items.draft(3), many.items.draft_response(3)) == ("typed", None)
    many.items.set_draft(3, "")
    assert many.automation.begun() == []


def test_copies_under_another_class_are_told_with_the_item_that_stayed(many: Store) -> None:
    assert many.items.disagreeing_copies() == []
    with many.transaction():
        many.items.add_notes(
            [
                Duplicate("b/copy.png", "a/two.png", True),
                Duplicate("b/same.png", "a/1.png", False),
                Duplicate("row 9", "data.csv: row 4 (row 4)", True),
                Duplicate("row 8", "row 12 (a/5.png)", True),
                Duplicate("b/lost.png", "nowhere.png", True),
                Unreadable("a/two.png", say("It is empty.")),
                Other("more", say("Look.")),
            ]
        )
    assert many.items.disagreeing_copies() == [(2, "b/copy.png"), (4, "row 9"), (5, "row 8")]
    seen = many.batches.notes_seen()
    assert ("duplicate", "b/same.png", "a/1.png") in seen
    assert len(seen) == 7


def test_an_item_is_found_by_the_beginning_of_its_id(many: Store) -> None:
    with many.transaction():
        many.items.add([FoundItem("abc1" + "0" * 60, "x"), FoundItem("abc2" + "0" * 60, "y")], {})
    assert many.items.find(" ABC1 ").path == "x"
    for prefix, why in (("", "No item"), ("abd", "No item"), ("abc", "Several items")):
        with pytest.raises(KnownError, match=why):
            many.items.find(prefix)


def test_words_are_looked_for_as_they_are_written(many: Store, decision: MakeDecision) -> None:
    many.record(decision(6, note="100%_sure\\"), current=None)
    assert many.items.search("a/two", 9) == [2]
    assert many.items.search("%_sure\\", 9) == [6]
    assert many.items.search("_", 9) == [6]
    assert many.items.search("a/6", 9) == [6, 60, 61, 62, 63, 64, 65, 66, 67]
    assert many.items.search(f"{69:064x}", 9) == [69]
