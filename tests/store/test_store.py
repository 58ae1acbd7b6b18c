"""One project folder: facts, classes, the lock, and text as it came."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import KnownError, ProjectRefused
from hitl_desktop.domain.items import Duplicate, FoundItem, Other, Unreadable
from hitl_desktop.domain.sentences import Sentence, say
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
