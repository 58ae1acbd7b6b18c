"""A change of many rows in parts: whole or not at all, with nothing of others in it, and followed part by part."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.store.second_record import DECISIONS
from hitl_desktop.store.store import DATABASE, Store
from tests.store.conftest import MakeDecision


def lines(store: Store) -> int:
    return len((store.folder / DECISIONS).read_bytes().splitlines())


def checkpoint_after(store: Store) -> int:
    """So many pages the log has when SQLite moves them into the file by itself; 0: never."""
    return int(store._database.execute_sql("PRAGMA wal_autocheckpoint").fetchone()[0])


def in_the_file_alone(store: Store, tmp_path: Path) -> int:
    """How many decisions are in the file, without the log beside it."""
    copy = tmp_path / "alone.sqlite3"
    copy.write_bytes((store.folder / DATABASE).read_bytes())
    with closing(sqlite3.connect(copy)) as raw:
        return int(raw.execute("SELECT count(*) FROM decision").fetchone()[0])


@pytest.fixture
def add_ten(store: Store, decision: MakeDecision) -> Callable[[], None]:
    store.record(decision(0), current=1)
    return lambda: [store.decisions.append(decision(n % 5)) for n in range(10)] and None


def test_what_follows_from_the_commit_is_left_for_later(
    store: Store, add_ten: Callable[[], None], tmp_path: Path
) -> None:
    usual, there = checkpoint_after(store), lines(store)
    store.settle_pages()
    in_file = in_the_file_alone(store, tmp_path)
    with store.in_parts(), store.transaction():
        assert checkpoint_after(store) == 0
        add_ten()
    assert (lines(store), in_the_file_alone(store, tmp_path)) == (there, in_file)
    found = []
    while not store.follow_journal(4):
        found.append(lines(store))
    assert found == [there + 4, there + 8]
    assert lines(store) == there + 10
    store.settle_pages()
    assert in_the_file_alone(store, tmp_path) == in_file + 10
    assert checkpoint_after(store) == usual > 0


def test_a_change_that_fails_leaves_nothing_and_everything_as_usual(
    store: Store, add_ten: Callable[[], None], decision: MakeDecision
) -> None:
    usual, there = checkpoint_after(store), lines(store)

    def fail() -> None:
        with store.in_parts(), store.transaction():
            add_ten()
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert (store.decisions.count(), lines(store), checkpoint_after(store)) == (1, there, usual)
    store.record(decision(3), current=1)
    assert lines(store) == there + 1, "the second record follows by itself again"


def test_while_it_waits_others_read_what_was_there_and_finish_it_before_they_change_anything(
    store: Store, add_ten: Callable[[], None], decision: MakeDecision
) -> None:
    """Nothing of others becomes a part of it."""
    order: list[str] = []

    def finish() -> None:
        order.append("finished")
        making.close()

    def change_in_parts() -> Iterator[None]:
        with store.in_parts(), store.transaction():
            add_ten()
            with store.paused(), suppress(GeneratorExit):
                yield
        order.append("committed")

    store.finish_parts = finish
    store.record(decision(1), current=1)
    assert order == [], "nothing is under way"
    making = change_in_parts()
    next(making)
    with closing(Store.reader(store.folder)) as reader:
        assert reader.decisions.count() == 2
    store.record(decision(2), current=1)
    assert order == ["finished", "committed"]
    assert store.decisions.all()[-1].item_index == 2
    assert store.decisions.count() == 13
    store.record(decision(3), current=1)
    assert order == ["finished", "committed"], "once"


def test_a_pause_that_ends_badly_is_over(store: Store, decision: MakeDecision) -> None:
    order: list[str] = []
    store.finish_parts = lambda: order.append("finished")
    with pytest.raises(InterruptedError), store.transaction(), store.paused():
        raise InterruptedError
    store.record(decision(1), current=1)
    assert order == []


def test_without_anybody_to_finish_it_nothing_is_asked(store: Store, decision: MakeDecision) -> None:
    with store.transaction(), store.paused():
        store.check_writable()


def test_what_was_written_before_a_pause_is_on_record_then(store: Store, add_ten: Callable[[], None]) -> None:
    def events() -> int:
        return int(store._database.execute_sql("SELECT count(*) FROM record_event").fetchone()[0])

    with store.in_parts(), store.transaction():
        before = events()
        add_ten()
        assert events() == before
        with store.paused():
            assert events() > before


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    with closing(sqlite3.connect(folder / DATABASE, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM decision").fetchone()
        yield


def test_pages_that_somebody_reads_stay_where_they_are(
    store: Store, add_ten: Callable[[], None], tmp_path: Path
) -> None:
    store.settle_pages()
    in_file = in_the_file_alone(store, tmp_path)
    with reading(store.folder):
        with store.in_parts(), store.transaction():
            add_ten()
        store.settle_pages()
        assert in_the_file_alone(store, tmp_path) == in_file
        assert store.decisions.count() == 11
    store.settle_pages()
    assert in_the_file_alone(store, tmp_path) == in_file + 10


def test_a_second_record_that_cannot_be_written_is_told_until_it_is_caught_up_with(
    store: Store, decision: MakeDecision, allowed_log: Callable[[str], None]
) -> None:
    allowed_log("The second record could not be written")
    store.record(decision(0), current=1)
    assert not store.second_record_is_behind
    kept = (store.folder / DECISIONS).rename(store.folder / "kept")
    (store.folder / DECISIONS).mkdir()
    store.record(decision(1), current=1)
    assert store.second_record_is_behind
    assert store.follow_journal(), "nobody waits for it"
    (store.folder / DECISIONS).rmdir()
    kept.rename(store.folder / DECISIONS)
    assert store.follow_journal()
    assert (store.second_record_is_behind, lines(store)) == (False, 2)


def test_who_only_reads_has_nothing_to_follow(closed: Path) -> None:
    before = (closed / DECISIONS).read_bytes()
    (closed / DECISIONS).write_bytes(b"")
    with closing(Store.reader(closed)) as store:
        assert store.follow_journal()
        with pytest.raises(KnownError):
            store.check_writable()
    assert (closed / DECISIONS).read_bytes() == b"" != before
