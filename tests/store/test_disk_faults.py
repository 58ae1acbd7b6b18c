"""A disk that is full or fails: told at once, nothing lost, and work goes on without a restart."""

import time
from collections.abc import Iterator
from pathlib import Path

import peewee
import pytest

from hitl_desktop.domain.errors import DiskTrouble, KnownError
from hitl_desktop.store.journal import Journal
from hitl_desktop.store.store import Store
from tests.store.conftest import MakeDecision, fill
from tests.torture.faulty_disk import FAILS_TO_WRITE, FULL, FaultyDisk, faulty_disk

TOLD_WITHIN_SECONDS = 1.0


@pytest.fixture
def disk() -> Iterator[FaultyDisk]:
    with faulty_disk().in_place() as disk:
        yield disk


@pytest.fixture
def on_disk(tmp_path: Path, disk: FaultyDisk) -> Iterator[Store]:
    store = Store.create(tmp_path / "Faulty.hitl")
    fill(store, 40)
    yield store
    disk.heal()
    store.close()


def assert_one_after_the_other(store: Store, count: int) -> None:
    store.close()
    again = Store.open(store.folder)
    numbers = [event.number for event in again.decisions.all()]
    decided = [index for index, (state, _) in again.decisions.states_from_events().items() if state == "decided"]
    stored = [item.index for item in again.items.many(range(40)) if item.state == "decided"]
    journal = [line["number"] for line in Journal(store.folder / "decisions.jsonl").lines()]
    again.close()
    assert numbers == journal == list(range(1, count + 1))
    assert stored == sorted(decided)


@pytest.mark.parametrize("code", [FULL, FAILS_TO_WRITE])
def test_what_cannot_be_written_is_told_at_once_and_made_again_when_it_can(
    on_disk: Store, disk: FaultyDisk, decision: MakeDecision, code: int
) -> None:
    on_disk.record(decision(0), current=1)
    disk.fail_write(1, code, lasting=True)
    event = decision(1)
    for _ in range(3):
        began = time.monotonic()
        with pytest.raises(DiskTrouble) as told:
            on_disk.record(event, current=2)
        assert time.monotonic() - began < TOLD_WITHIN_SECONDS
        assert told.value.remedy
        assert "damaged" not in str(told.value)
        assert on_disk.decisions.count() == 1
        assert on_disk.fact("current") == 1, "the item stays"
        assert on_disk.items.get(1).state == "todo"
    disk.heal()
    assert on_disk.record(event, current=2).number == 2
    assert_one_after_the_other(on_disk, 2)


def test_a_sync_that_fails_is_no_decision_until_it_is_made_again(
    on_disk: Store, disk: FaultyDisk, decision: MakeDecision
) -> None:
    disk.fail_sync(1)
    event, failed = decision(0), on_disk._database.connection()
    with pytest.raises(DiskTrouble, match="not saved"):
        on_disk.record(event, current=1)
    assert on_disk.decisions.count() == 0
    assert on_disk.record(event, current=1).number == 1, "opened anew and checked by itself"
    assert on_disk._database.connection() is not failed
    assert_one_after_the_other(on_disk, 1)


def test_a_commit_that_failed_does_not_come_back_by_itself(
    on_disk: Store, disk: FaultyDisk, decision: MakeDecision
) -> None:
    disk.fail_sync(1)
    with pytest.raises(DiskTrouble):
        on_disk.record(decision(0), current=1)
    on_disk.record(decision(1), current=2)
    assert [event.item_index for event in on_disk.decisions.all()] == [1]
    assert_one_after_the_other(on_disk, 1)


def test_the_second_record_catches_up_when_only_it_failed(
    on_disk: Store, decision: MakeDecision, monkeypatch: pytest.MonkeyPatch, expected_log: object
) -> None:
    assert callable(expected_log)
    expected_log("second record could not be written: OSError")
    real = Journal.append
    calls = iter([OSError(5, "Input/output error")])

    def failing(self: Journal, entries: object) -> None:
        for error in calls:
            raise error
        real(self, entries)  # type: ignore[arg-type]

    monkeypatch.setattr(Journal, "append", failing)
    assert on_disk.record(decision(0), current=1).number == 1, "saved in the database is saved"
    on_disk.record(decision(1), current=2)
    assert_one_after_the_other(on_disk, 2)


def test_a_full_disk_in_the_middle_of_a_large_change_takes_all_of_it_back(
    on_disk: Store, disk: FaultyDisk, decision: MakeDecision
) -> None:
    on_disk.record(decision(0), current=1)
    events = [decision(i, note="long " * 2000) for i in range(1, 40)]
    disk.fail_write(5, FULL, lasting=True)
    with pytest.raises(DiskTrouble, match="full"):
        on_disk.record_many(events, current=None, slot=None)
    assert on_disk.decisions.count() == 1
    disk.heal()
    on_disk.record_many(events, current=None, slot=None)
    assert_one_after_the_other(on_disk, 40)


def test_a_statement_that_makes_no_sense_is_a_bug_and_not_damage(store: Store) -> None:
    with pytest.raises(peewee.OperationalError, match="no such table"), store.transaction():
        store._database.execute_sql("SELECT * FROM nowhere")


def test_events_of_one_step_that_are_there_already_are_no_second_ones(store: Store, decision: MakeDecision) -> None:
    events = [decision(0), decision(1)]
    store.record_many(events, current=None, slot=None)
    store.record_many([*events, decision(2)], current=None, slot=None)
    assert [(e.number, e.item_index) for e in store.decisions.all()] == [(1, 0), (2, 1), (3, 2)]


def test_a_project_can_be_read_while_the_disk_is_full(on_disk: Store, disk: FaultyDisk, decision: MakeDecision) -> None:
    on_disk.record(decision(0), current=1)
    disk.fail_write(1, FULL, lasting=True)
    with pytest.raises(KnownError):
        on_disk.record(decision(1), current=2)
    reader = Store.reader(on_disk.folder)
    assert [e.number for e in reader.decisions.all()] == [1]
    reader.close()
