"""One project folder: facts, classes, the lock, and text as it came."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import peewee
import pytest

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.errors import KnownError, ProjectRefused
from hitl_desktop.domain.items import Duplicate, FoundItem, Other, Unreadable
from hitl_desktop.domain.sentences import Sentence, say
from hitl_desktop.store.packed_database import write_snapshot
from hitl_desktop.store.store import DATABASE, Store, is_project
from tests.store.conftest import MakeDecision

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys, time
from pathlib import Path
from hitl_desktop.store.store import Store
store = Store.open(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""
ODD_TEXTS = ["a\udcffb", "\ud83d", "nul\0inside", "\u202egnp.exe", "'; DROP TABLE item; --", "100%_\\", "a\r\nb"]


def test_facts_keep_their_type(store: Store) -> None:
    for value in (0, 0.9, "", None, [1, "a"], {"x": None}, "a\udcff\0"):
        store.set_fact("key", value)
        assert store.fact("key") == value
    assert store.fact("absent", 7) == 7


def test_classes_are_added_at_the_end_and_once(store: Store) -> None:
    (bird,) = store.add_labels(["dog", "bird", "bird"])
    assert (bird.id, bird.position) == (3, 2)
    assert [label.name for label in store.labels()] == ["cat", "dog", "bird"]


def test_a_second_opener_is_told_where_to_look(store: Store) -> None:
    with pytest.raises(ProjectRefused, match="open in another window or program") as refusal:
        Store.open(store.folder)
    assert refusal.value.remedy == "Close it there, or open it here to read only."


def test_the_lock_goes_with_a_killed_program(closed: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(closed)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    with holder.stdout, holder.stdin:
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(ProjectRefused, match="open in another"):
            Store.open(closed)
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait(10)
    opened = Store.open(closed)
    assert opened.decisions.count() == 3
    opened.close()


def test_a_folder_that_is_taken_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(KnownError, match="not empty"):
        Store.create(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    with pytest.raises(KnownError, match="cannot be made"):
        Store.create(tmp_path / "file" / "New.hitl")


def test_closing_leaves_one_file_that_says_it_all(closed: Path) -> None:
    assert is_project(closed)
    assert sorted(p.name for p in closed.iterdir() if p.is_file()) == [
        "anchors.jsonl",
        "classes.jsonl",
        "decisions.jsonl",
        "lock",
        "project.sqlite3",
    ]


@pytest.mark.parametrize("odd", ODD_TEXTS, ids=ascii)
def test_odd_text_comes_back_as_it_went_in(tmp_path: Path, decision: MakeDecision, odd: str) -> None:
    store = Store.create(tmp_path / "Odd.hitl")
    with store.transaction():
        (label,) = store.add_labels([odd])
        store.items.add([FoundItem("0" * 64, f"x/{odd}.png", odd, odd, {odd: odd})], {odd: label.id})
        store.items.add_notes(
            [Duplicate(odd, odd, True), Unreadable(odd, say("It says {odd}.", odd=odd)), Other(odd, Sentence(odd))]
        )
        store.items.set_draft(0, odd)
    assert store.items.draft(0) == odd
    store.record(decision(0, note=odd, reviewer=odd), current=None)
    store.close()
    store = Store.open(store.folder)
    item = store.items.get(0)
    assert (item.path, item.name, item.fields, item.truth_id) == (f"x/{odd}.png", f"{odd}.png", {odd: odd}, label.id)
    assert store.items.text(0) == odd
    assert list(store.items.texts()) == [odd]
    assert store.items.paths() == [f"x/{odd}.png"]
    assert store.items.notes() == [
        Duplicate(odd, odd, True),
        Unreadable(odd, say("It says {odd}.", odd=odd)),
        Other(odd, Sentence(odd)),
    ]
    assert store.labels()[0].name == odd
    assert store.add_labels([odd]) == []
    (event,) = store.decisions.all()
    assert (event.note, event.reviewer) == (odd, odd)
    assert store.decisions.last_live(odd) == event
    assert store.items.draft(0) == "", "the draft became the note"
    store.close()


def test_search_takes_words_literally(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "Search.hitl")
    names = ["100%.png", "1000.png", "a_b.png", "axb.png", "caf\udce9.png"]
    with store.transaction():
        store.items.add([FoundItem(f"{i:064x}", name) for i, name in enumerate(names)], {})
    assert store.items.search("100%", 9) == [0]
    assert store.items.search("a_b", 9) == [2]
    assert store.items.search("' OR 1=1 --", 9) == []
    assert store.items.search("caf\udce9", 9) == [4]
    store.close()


def test_an_item_is_found_by_the_beginning_of_its_id(store: Store) -> None:
    assert store.items.find("0" * 63 + "3").index == 3
    with pytest.raises(KnownError, match="Several"):
        store.items.find("00")
    for absent in ("", "f", "%"):
        with pytest.raises(KnownError, match="No item"):
            store.items.find(absent)


def test_items_come_in_the_order_asked_for(store: Store) -> None:
    assert [item.index for item in store.items.many([3, 0, 3, 99])] == [3, 0, 3]
    with pytest.raises(KnownError, match="no item 99"):
        store.items.get(99)


def test_a_reader_leaves_the_log_to_the_writer_even_as_the_last_to_close(
    closed: Path, tmp_path: Path, decision: MakeDecision
) -> None:
    store = Store.open(closed)
    store.record(decision(3), current=None)
    crashed = tmp_path / "Crashed.hitl"
    shutil.copytree(closed, crashed)  # as a killed writer would leave it
    store.close()
    log = crashed / f"{DATABASE}-wal"
    before = log.read_bytes(), (crashed / DATABASE).read_bytes()
    reader = Store.reader(crashed)
    assert reader.decisions.count() == 4
    with pytest.raises(KnownError, match="read only"), reader.transaction():
        reader.set_fact("key", 1)
    reader.close()
    assert (log.read_bytes(), (crashed / DATABASE).read_bytes()) == before
    opened = Store.open(crashed)
    assert opened.decisions.count() == 4
    opened.close()


def test_a_second_opener_leaves_the_file_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening and closing it would drop the locks that SQLite holds on it for this process."""

    def never(*_arguments: object) -> None:
        raise AssertionError("the database was opened beside SQLite")

    monkeypatch.setattr("hitl_desktop.store.database.check_is_ours", never)
    with pytest.raises(ProjectRefused, match="open in another"):
        Store.open(store.folder)


def test_where_somebody_is_counts_as_no_change(store: Store, decision: MakeDecision) -> None:
    store.changed_at = None
    with store.transaction():
        store.set_fact("current", 3)
        store.set_fact("order", "v1")
    assert store.changed_at is None
    store.record(decision(0), current=None)
    assert store.changed_at is not None


def test_a_second_record_that_cannot_be_read_keeps_nothing_from_opening(
    closed: Path, decision: MakeDecision, expected_log: Callable[[str], None]
) -> None:
    expected_log("The second record cannot be read: IsADirectoryError")
    expected_log("The second record could not be written: IsADirectoryError")
    kept = (closed / "decisions.jsonl").read_bytes()
    (closed / "decisions.jsonl").unlink()
    (closed / "decisions.jsonl").mkdir()
    store = Store.open(closed)
    assert store.second_record_is_behind
    assert store.decisions.count() == 3
    (closed / "decisions.jsonl").rmdir()
    (closed / "decisions.jsonl").write_bytes(kept)
    store.record(decision(3), current=None)
    assert not store.second_record_is_behind
    store.close()
    assert len((closed / "decisions.jsonl").read_text("ascii").splitlines()) == 4


def test_an_answer_is_remembered_until_something_is_written(store: Store) -> None:
    asked: list[int] = []

    def work() -> int:
        asked.append(1)
        return len(asked)

    assert [store.remembered("a", 1, work), store.remembered("a", 1, work)] == [1, 1]
    assert store.remembered("a", 2, work) == 2, "another question"
    assert store.remembered("b", 2, work) == 3, "asked by somebody else"
    store.set_fact("x", 1)
    assert store.remembered("a", 2, work) == 4
    with store.transaction():
        assert [store.remembered("a", 2, work), store.remembered("a", 2, work)] == [5, 6], "it may be undone"
    assert store.remembered("a", 2, work) in (4, 7)


def test_a_reader_leaves_the_second_record_alone_and_says_that_it_only_reads(closed: Path) -> None:
    (closed / "decisions.jsonl").unlink()
    reader = Store.reader(closed)
    reader.follow_journal()
    assert not reader.is_writer
    with pytest.raises(KnownError, match="read only"):
        reader.check_writable()
    reader.close()
    assert not (closed / "decisions.jsonl").exists()
    assert not list(closed.glob(f"{DATABASE}-*")), "nor leaves empty files"
    with closing(Store.open(closed)) as store:
        Store.reader(closed).close()
        assert (closed / f"{DATABASE}-wal").exists(), "the writer's own stay"
        store.set_fact("key", 1)
    assert not list(closed.glob(f"{DATABASE}-*"))


def test_a_database_without_a_schema_is_not_ours(closed: Path) -> None:
    with closing(sqlite3.connect(closed / DATABASE)) as raw:
        raw.execute("PRAGMA user_version = 0")
    with pytest.raises(ProjectRefused, match="another program"):
        Store.open(closed)


def test_what_is_given_away_is_one_file_without_where_the_data_lies(
    store: Store, decision: MakeDecision, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.set_fact("data_root", "/home/ann/scans")
    store.set_fact("name", "Scans")
    store.record(decision(0), current=1)
    target = store.folder.parent / "packed.sqlite3"
    write_snapshot(store.folder / DATABASE, target)
    store.record(decision(1), current=1)
    with closing(sqlite3.connect(target)) as raw:
        facts = dict(raw.execute("SELECT key, value FROM project").fetchall())
        assert raw.execute("SELECT count(*) FROM decision").fetchone() == (1,)
    assert "data_root" not in facts
    assert facts["name"] == '"Scans"'
    assert store.fact("data_root") == "/home/ann/scans"
    with pytest.raises((KnownError, peewee.OperationalError)):
        write_snapshot(store.folder / DATABASE, store.folder / "nowhere" / "packed.sqlite3")


def test_a_project_is_made_in_a_new_or_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "a" / "b" / "New.hitl"):
        Store.create(folder).close()
        assert {path.name for path in folder.iterdir() if path.is_dir()} == {"models", "features", "scores", "backups"}
        assert is_project(folder)
    assert not is_project(tmp_path)


def test_every_step_keeps_what_comes_next_and_why(store: Store, decision: MakeDecision) -> None:
    def shown() -> tuple[int | None, str | None]:
        return store.fact("current"), store.fact("current_slot")

    store.record(decision(0), current=3, slot=Slot.EXPLORE)
    assert shown() == (3, "explore")
    store.record(decision(1), current=None)
    assert shown() == (None, None)
    store.record_many([decision(2)], current=4, slot=Slot.CHOSEN)
    assert shown() == (4, "chosen")
    store.record_many([decision(2)], current=None, slot=None)
    assert shown() == (None, None)
    store.remember_shown(2, Slot.UNCERTAIN)
    assert shown() == (2, "uncertain")
    store.close()
    reader = Store.reader(store.folder)
    reader.remember_shown(4, Slot.CHOSEN)
    assert (reader.fact("current"), reader.fact("current_slot")) == (2, "uncertain"), "who only reads keeps nothing"
    reader.close()


def test_what_failed_is_in_no_memory(store: Store) -> None:
    store.set_fact("threshold", 0.5)

    def fail() -> None:
        with store.transaction():
            store.set_fact("threshold", 0.75)
            store.add_labels(["bird"])
            assert (store.fact("threshold"), len(store.labels())) == (0.75, 3)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (store.fact("threshold"), len(store.labels())) == (0.5, 2)
    assert not store.is_refused, "that was no disk"


def test_the_first_change_without_a_backup_keeps_its_time(store: Store, decision: MakeDecision) -> None:
    store.changed_at = None
    with store.transaction():
        pass
    assert store.changed_at is None
    store.record(decision(0), current=None)
    first = store.changed_at
    store.record(decision(1), current=None)
    assert store.changed_at == first
    store.changed_at = None
    with store.transaction():
        store.set_fact("current", 4)
        store.set_fact("threshold", 0.25)
    assert store.changed_at is not None, "one of the two is a change"
    store.changed_at = None
    with store.transaction():
        store.items.set_draft(1, "one row, and no more")
    assert store.changed_at is not None


def test_closing_twice_is_harmless(closed: Path) -> None:
    store = Store.open(closed)
    store.close()
    store.close()
    reader = Store.reader(closed)
    reader.close()
    reader.close()
    Store.open(closed).close()
