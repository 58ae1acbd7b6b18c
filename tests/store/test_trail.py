"""Who has written a record: told by its anchors, without opening the project to write."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import ProjectRefused
from hitl_desktop.store import received_rows, trail
from hitl_desktop.store.record_anchors import own_key
from hitl_desktop.store.store import DATABASE, Store
from hitl_desktop.store.trail import FORGED, NO_TRAIL, Trail, trail_of
from tests.on_record import events, tamper


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From here on it is another workplace, with a key of its own."""
    monkeypatch.setenv("HITL_DESKTOP_HOME", str(tmp_path / "another home"))


def key() -> str:
    found = own_key()
    assert found is not None
    return found.hex()


def work(folder: Path, *, is_killed: bool = False) -> None:
    """A session that changes something, to its end or killed."""
    store = Store.open(folder)
    with store.transaction():
        store.set_fact("name", f"name {store.signatures.record_head()}")
    if is_killed:
        store._database.close()
        assert store._lock is not None
        store._lock.release()
    else:
        store.close()


def last_anchor(folder: Path) -> int:
    with closing(sqlite3.connect(folder / DATABASE)) as raw:
        return int(raw.execute("SELECT max(number) FROM record_anchor").fetchone()[0])


def told_of_record(folder: Path) -> Trail:
    """What is the same in every trail of a project."""
    record = next(event for event in events(folder) if event["do"] == "begun")
    found = trail_of(folder)
    assert len(found.record) == 32
    assert record["n"] == 1
    return found


def test_what_was_made_here_was_left_here(closed: Path) -> None:
    before = sorted(path.name for path in closed.iterdir())
    found = told_of_record(closed)
    assert found == Trail(found.record, left_at=last_anchor(closed), last_key=key())
    assert found.left_at == len(events(closed)), "its last event is anchored"
    assert sorted(path.name for path in closed.iterdir()) == before, "it was looked at, and nothing more"


def test_what_somebody_else_anchored_is_told_with_their_key(closed: Path, elsewhere: None) -> None:
    theirs = trail_of(closed).last_key
    assert trail_of(closed).left_at == 0
    assert trail_of(closed).keys == {theirs}
    work(closed)
    found = trail_of(closed)
    assert key() != theirs
    assert (found.left_at, found.keys, found.last_key) == (last_anchor(closed), frozenset(), key())


def test_what_they_did_after_us_is_theirs_and_what_was_before_is_not(
    closed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own_home: Path
) -> None:
    ours, left_at = key(), trail_of(closed).left_at
    monkeypatch.setenv("HITL_DESKTOP_HOME", str(tmp_path / "another home"))
    work(closed)
    theirs = key()
    monkeypatch.setenv("HITL_DESKTOP_HOME", str(own_home))
    found = trail_of(closed)
    assert (found.left_at, found.keys, found.last_key) == (left_at, frozenset({theirs}), theirs)
    assert ours != theirs


def test_sessions_that_nobody_anchored_are_told_by_computer_and_account(closed: Path) -> None:
    work(closed, is_killed=True)
    assert trail_of(closed).unsigned == frozenset(), "a session is anchored when it begins"
    tamper(closed, "DELETE FROM record_anchor")
    opened = {(e["computer"], e["account"]) for e in events(closed) if e["do"] == "opened"}
    left_at = trail_of(closed).left_at
    assert left_at > 0, "our own list of anchors still has it"
    assert trail_of(closed).unsigned == frozenset()
    tamper(closed, "UPDATE record_event SET hash = zeroblob(32)")
    found = trail_of(closed)
    assert (found.left_at, found.keys, found.last_key, found.unsigned) == (0, frozenset(), FORGED, opened)


@pytest.mark.parametrize(
    "what", ["signature = zeroblob(64)", "hash = zeroblob(32)", "at_utc = '2020'", "key = zeroblob(32)"]
)
def test_an_anchor_that_is_not_signed_by_its_key_is_forged(closed: Path, what: str, elsewhere: None) -> None:
    """Whether or not it lies after what we left; only what lies after that says that somebody else was there."""
    tamper(closed, f"UPDATE record_anchor SET {what} WHERE number = {last_anchor(closed)}")  # noqa: S608 - our own
    found = trail_of(closed)
    assert found.last_key == FORGED
    assert FORGED in found.keys


def test_a_forged_anchor_of_what_we_left_is_no_trace_of_others(closed: Path) -> None:
    tamper(closed, "UPDATE record_anchor SET signature = zeroblob(64)")
    found = trail_of(closed)
    assert (found.left_at, found.keys, found.last_key) == (last_anchor(closed), frozenset(), FORGED)


def test_a_copy_at_another_place_is_elsewhere_and_a_renamed_folder_is_not(closed: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(closed, tmp_path / "Copy.hitl")
    assert trail_of(copy) == replace(trail_of(closed), is_elsewhere=True)
    assert not trail_of(closed.rename(tmp_path / "Renamed.hitl")).is_elsewhere


def test_a_backup_has_a_trail_of_its_own(closed: Path, tmp_path: Path) -> None:
    older = tmp_path / "older.sqlite3"
    shutil.copyfile(closed / DATABASE, older)
    work(closed)
    assert trail_of(closed, older).left_at < trail_of(closed).left_at == last_anchor(closed)


@pytest.mark.parametrize(("version", "is_unbegun"), [(1, True), (11, True)])
def test_a_project_from_before_there_were_records_has_none(tmp_path: Path, version: int, is_unbegun: bool) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE)) as raw:
        received_rows._make(raw, version)
    assert trail_of(tmp_path) == Trail(is_unbegun=is_unbegun)


def test_a_record_whose_tables_were_taken_away_is_no_older_project(closed: Path) -> None:
    with closing(sqlite3.connect(closed / DATABASE)) as raw, raw:
        raw.execute("DROP TABLE record_anchor")
    assert trail_of(closed) == NO_TRAIL


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["DELETE FROM project WHERE key = 'record'"], NO_TRAIL),
        (["DELETE FROM project WHERE key = 'record'", "DELETE FROM record_event"], Trail(is_unbegun=True)),
        (["UPDATE project SET value = '{\"id\": \"x\"}' WHERE key = 'record'"], NO_TRAIL),
        (["UPDATE project SET value = '[]' WHERE key = 'record'"], NO_TRAIL),
        (["UPDATE record_anchor SET key = 7"], NO_TRAIL),
    ],
)
def test_what_makes_no_sense_is_of_somebody_else(
    closed: Path, statements: list[str], found: Trail, elsewhere: None
) -> None:
    tamper(closed, *statements)
    assert trail_of(closed) == found


@pytest.mark.parametrize(
    "statement", ["PRAGMA application_id = 7", "UPDATE project SET value = x'ff' WHERE key = 'record'"]
)
def test_what_is_no_project_of_ours_and_what_is_damaged_is_refused(closed: Path, statement: str) -> None:
    tamper(closed, statement)
    with pytest.raises(ProjectRefused):
        trail_of(closed)


def test_a_record_that_answers_for_ever_is_given_up(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "_SECONDS", -1.0)
    monkeypatch.setattr(trail, "_STEPS", 1)
    assert trail_of(closed) == NO_TRAIL


def test_of_many_keys_and_sessions_so_many_are_told(
    closed: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: None
) -> None:
    copy = (
        "INSERT INTO record_anchor SELECT {n} + 100, hash, at_utc, zeroblob({n}), signature FROM record_anchor LIMIT 1"
    )
    tamper(closed, *(copy.format(n=n) for n in range(1, 8)))
    assert len(trail_of(closed).keys) == 9, "and that the last one is forged"
    monkeypatch.setattr(trail, "_MOST_KEYS", 3)
    assert len(trail_of(closed).keys) == 4
