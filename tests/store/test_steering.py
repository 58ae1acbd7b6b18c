"""What was steered: the last plan is in force, the last word on each example counts, and every step stays."""

import sqlite3
from contextlib import closing

import pytest

from hitl_desktop.domain.sentences import say
from hitl_desktop.domain.steering import ClassRule, SteeringPlan
from hitl_desktop.store.store import DATABASE, Store

ONE = SteeringPlan({1: 2.0}, (ClassRule.of_phrase("l\udce9ger", 1),), {"estimator": "auto"})
TWO = SteeringPlan({}, (), {})


def test_the_last_plan_is_in_force_and_every_step_stays(store: Store) -> None:
    assert (store.steering.last_plan(), store.steering.all(), store.steering.examples()) == (None, [], {})
    with store.transaction():
        store.steering.append_plan(ONE, "then", "b\udce9a", say("A rule was added."))
        store.steering.append_example(3, 0.0, "then", "ann", say("Item {n} does not count.", n="3"))
        store.steering.append_plan(TWO, "now", "ann", say("It was taken back."), takes_back=1)
    last = store.steering.last_plan()
    assert last is not None
    assert (last.number, last.plan, last.at_utc, last.by, last.takes_back) == (3, TWO, "now", "ann", 1)
    first, example, _ = store.steering.all()
    assert (first.number, first.plan, first.by, first.item_index, first.weight) == (1, ONE, "b\udce9a", None, None)
    assert (example.plan, example.item_index, example.weight, example.takes_back) == (None, 3, 0.0, None)
    assert example.said == say("Item {n} does not count.", n="3")


def test_the_last_word_on_an_example_counts(store: Store) -> None:
    with store.transaction():
        for index, weight in ((4, 3.0), (2, 0.0), (4, 1.0), (0, 3.0), (2, 0.5)):
            store.steering.append_example(index, weight, "now", "ann", say("It counts."))
    assert store.steering.examples() == {0: 3.0, 2: 0.5}, "what counts as usual is not named"


def test_no_step_is_changed_or_lost(store: Store) -> None:
    with store.transaction():
        store.steering.append_plan(ONE, "then", "ann", say("A rule was added."))
    with closing(sqlite3.connect(store.folder / DATABASE)) as raw:
        for change in ("DELETE FROM steering_event", "UPDATE steering_event SET by = 'bob'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(change)
