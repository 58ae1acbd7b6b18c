"""What the store knows without reading is what it would read."""

import random
from contextlib import suppress
from dataclasses import replace
from typing import Any

import peewee
import pytest

from hitl_desktop.domain.decisions import Decision, Slot, Verdict
from hitl_desktop.store import known as module
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.steps import retractions
from tests.store.conftest import MakeDecision

ITEMS = 5
VERDICTS = [Verdict.CONFIRMED, Verdict.CORRECTED, Verdict.SKIPPED, Verdict.UNSURE, Verdict.FLAGGED]


def answers(store: Store) -> dict[str, Any]:
    """Everything that may be known without reading."""
    log, items = store.decisions, store.items
    return {
        "items": items.many(range(ITEMS)),
        "digests": items.digests_of(range(ITEMS)),
        "drafts": [(items.draft(index), items.draft_evidence(index)) for index in range(ITEMS)],
        "events": [log.of_item(index) for index in range(ITEMS)],
        "count": log.count(),
        "last events": log.between(max(1, log.count() - 2), log.count()),
        "recent": [log.recent_of(name, most) for name in ("ann", "bob") for most in (2, 6)],
        "last": [log.last_live(name) for name in ("ann", "bob")],
        "training": [log.training_since(number) for number in (0, 3)],
        "classes": store.classes.all(),
        "operations": store.classes.last_operation(),
        "automatic": store.automation.events(),
        "first": store.answers.first(),
    }


def _undo(store: Store, chance: random.Random) -> None:
    last = store.decisions.last_live(chance.choice(("ann", "bob")))
    if last is not None:
        store.record(retractions([last])[0], current=last.item_index, slot=last.slot)


def _refused(store: Store, event: Decision) -> None:
    with pytest.raises(peewee.IntegrityError):
        store.record_step([event, replace(event, event_id="other", label_id=99)], current=None)


def _undone(store: Store, event: Decision) -> None:
    with suppress(ZeroDivisionError), store.transaction():
        store.record(event, current=None)
        store.add_labels(["never"])
        raise ZeroDivisionError


@pytest.mark.parametrize("seed", range(4))
def test_nothing_known_differs_from_what_is_stored(store: Store, decision: MakeDecision, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test
    for step in range(30):
        verdict = chance.choice(VERDICTS)
        slot = chance.choice([Slot.UNCERTAIN, Slot.EXPLORE, Slot.IMPORTED])
        event = decision(chance.randrange(ITEMS), verdict, reviewer=chance.choice(("ann", "bob")), slot=slot)
        act = chance.randrange(9)
        if act < 4:
            store.record(event, current=chance.randrange(ITEMS), slot=Slot.UNCERTAIN)
        elif act == 4:
            _undo(store, chance)
        elif act == 5:
            store.record_many([event, decision((event.item_index + 1) % ITEMS)], current=None, slot=None)
        elif act == 6:
            store.record_step([event], current=1, note=f"draft {step}")
        elif act == 7:
            _refused(store, decision(event.item_index))
        else:
            _undone(store, event)
        beside = Store.reader(store.folder)
        try:
            assert answers(store) == answers(beside), f"step {step}"
        finally:
            beside.close()


def test_a_decision_takes_no_more_statements_than_it_must(store: Store, decision: MakeDecision) -> None:
    store.record(decision(0), current=1, slot=Slot.UNCERTAIN)
    answers(store), store.fact("current_slot")
    statements: list[str] = []
    store._database.connection().set_trace_callback(statements.append)
    store.record(decision(1), current=2, slot=Slot.UNCERTAIN)
    store.items.get(2), store.items.get(1), store.decisions.last_live("ann")
    store._database.connection().set_trace_callback(None)
    kinds = [statement.split()[0] for statement in statements]
    decision_and_place = ["INSERT", "UPDATE", "INSERT", "INSERT"]  # the last is a trigger that looks
    on_record = ["SELECT", "SELECT", "INSERT"]
    assert kinds == ["BEGIN", *decision_and_place, *on_record, "COMMIT"], statements


def test_what_is_known_has_a_most(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 3)
    known = module.Known(store._database, keeps=True)
    asked: list[int] = []
    for number in (1, 2, 3, 1, 4, 1):
        assert known.get(number, lambda n=number: asked.append(n) or n) == number  # type: ignore[misc]
    assert asked == [1, 2, 3, 4, 1], "all is dropped when there is no room"
    known.drop(1)
    assert known.find(1) is None
    assert known.find(4) == 4


def test_what_was_written_before_a_decision_is_not_known_as_it_was_before(store: Store, decision: MakeDecision) -> None:
    """Nobody has asked in between."""
    known, cat = module.Known(store._database, keeps=True), store.labels()[0]
    assert known.get("name", lambda: "cat") == "cat"
    with store.transaction():
        store.classes.change(replace(cat, name="tom"))
    with known.following(), store.transaction():
        store.decisions.append(decision(1))
    assert known.get("name", lambda: store.labels()[0].name) == "tom"
