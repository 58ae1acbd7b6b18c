"""Automatic decisions as the database finds them, beside a naive reading of the log."""

import uuid
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from hitl_desktop.domain.automation import AutomationAction, AutomationEvent, Scope
from hitl_desktop.domain.decisions import AUTOPILOT, Decision, Slot, Verdict
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.store import Store
from tests.store.conftest import MakeDecision


def automatic(decision: MakeDecision, index: int, label: int, **changes: object) -> Decision:
    made = decision(index, Verdict.AUTOMATIC, slot=Slot.AUTOMATIC, label_id=label, reviewer=AUTOPILOT)
    known = {"model_version": 1, "policy_version": 0, "rule": 1, "route": "accept", "override": 1}
    return replace(made, **{"event_id": str(uuid.uuid4()), **known, **changes})  # type: ignore[arg-type]


@pytest.fixture
def at_work(store: Store, decision: MakeDecision) -> Store:
    """Four automatic decisions under two policies, of which one was taken back and one decided over."""
    store.record_automatic([automatic(decision, 0, 1), automatic(decision, 1, 2), automatic(decision, 2, 1, rule=2)])
    store.record_automatic([automatic(decision, 3, 1, policy_version=4, model_version=2)])
    taken = store.decisions.all()[1]
    back = replace(taken, verdict=Verdict.RETRACTED, label_id=None, retracts=taken.number, event_id="back", number=0)
    store.record(back, current=None)
    store.record(decision(2, Verdict.CORRECTED, label_id=2), current=None)
    return store


def test_what_stands_is_what_the_log_says(at_work: Store) -> None:
    log, found = at_work.decisions.all(), at_work.automation
    taken = {event.retracts for event in log}
    standing = [e for e in log if e.is_automatic and e.number not in taken]
    assert found.standing(Scope(), 99, 99) == standing
    assert found.standing(Scope(), 1, 99) == standing[:1]
    assert found.standing(Scope(), 99, 2) == standing[:2]
    assert found.latest(2) == standing[::-1][:2]
    for scope in (
        Scope(),
        Scope(model_version=1),
        Scope(policy_version=4),
        Scope(policy_version=0, rule=2),
        Scope(rule=7),
    ):
        inside = [
            e
            for e in standing
            if all(
                wanted is None or getattr(e, name) == wanted
                for name, wanted in (
                    ("model_version", scope.model_version),
                    ("policy_version", scope.policy_version),
                    ("rule", scope.rule),
                )
            )
        ]
        assert found.standing(scope, 99, 99) == inside
        states = {item.index: item.state for item in at_work.items.many(range(5))}
        assert found.count_in(scope) == sum(states[e.item_index] == "automatic" for e in inside)
    still = Counter(Scope(e.model_version, e.policy_version, e.rule) for e in standing if e.item_index != 2)
    assert Counter(dict(found.counts())) == still


def test_what_people_did_about_them(at_work: Store) -> None:
    found = at_work.automation
    assert found.last_taken_back() == 5
    assert found.taken_back(1).tolist() == [1]
    assert found.changed(0) == 2, "one taken back, one decided otherwise"
    assert found.changed(5) == 1
    assert found.changed(6) == 0


def test_an_empty_log(store: Store) -> None:
    assert store.automation.last_taken_back() == 0
    assert store.automation.taken_back(1).dtype == np.int64
    assert store.automation.counts() == []
    assert store.automation.changed(0) == 0


def test_what_was_done_is_numbered_and_comes_back(store: Store) -> None:
    event = AutomationEvent(0, "now", "ann\udc80", AutomationAction.RECALLED, say("x {n}", n=3), Scope(1, 2, 3), 4, 5)
    with store.transaction():
        assert store.automation.append(event) == 1
        assert store.automation.append(replace(event, action=AutomationAction.RESUMED)) == 2
    first, second = store.automation.events()
    assert first == replace(event, number=1)
    assert (second.number, second.action) == (2, AutomationAction.RESUMED)


def test_the_watch_counts_the_last_blind_answer_of_each_item(store: Store, decision: MakeDecision) -> None:
    assert store.automation.watched(0) == (0, 0)
    store.record(decision(0, Verdict.CONFIRMED, slot=Slot.WATCH), current=None)
    store.record(decision(1, Verdict.CORRECTED, label_id=2, slot=Slot.WATCH), current=None)
    store.record(decision(2, Verdict.UNSURE, slot=Slot.WATCH), current=None)
    store.record(decision(3, Verdict.CORRECTED, label_id=2), current=None)
    assert store.automation.watched(0) == (2, 3)
    assert store.automation.watched(2) == (1, 1)
    again = store.record(decision(1, Verdict.CONFIRMED, slot=Slot.WATCH), current=None)
    assert store.automation.watched(0) == (1, 3)
    store.record(decision(1, Verdict.RETRACTED, slot=Slot.WATCH, retracts=again.number), current=None)
    assert store.automation.watched(0) == (2, 3), "the answer before stands again"


def test_the_time_of_people_is_read_in_its_order(at_work: Store, decision: MakeDecision) -> None:
    before = at_work.decisions.count()
    for index, seconds in enumerate((3.0, None, 1.0, 2.0)):
        at_work.record(decision(index, seconds=seconds), current=None)
    at_work.record(decision(0, Verdict.RETRACTED, retracts=before + 1, seconds=9.0), current=None)
    assert at_work.automation.review_seconds(99) == [3.0, 1.0, 2.0]
    assert at_work.automation.review_seconds(2) == [1.0, 2.0]
    assert at_work.automation.reviews_since(before) == 3
    assert at_work.automation.reviews_since(before + 1) == 2
    assert at_work.automation.begun() == []
    at_work.items.set_draft(4, "half a thought")
    assert at_work.automation.begun() == [4]
