"""The second record of every decision."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import peewee
import pytest

from hitl_desktop.domain.class_changes import ClassAction, ClassOperation
from hitl_desktop.domain.decisions import Decision, Exposure, Verdict
from hitl_desktop.domain.evidence import NO_EVIDENCE, Box, Evidence, Span, from_plain
from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.responses import Response
from hitl_desktop.store import journal as module
from hitl_desktop.store.store import DATABASE, Store
from tests.store.conftest import MakeDecision


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "decisions.jsonl").read_text("ascii").splitlines()]


def assert_equals_log(folder: Path) -> None:
    store = Store.open(folder)
    log = store.decisions.all()
    names = {label.id: label.name for label in store.labels()}
    digests = store.items.digests()
    store.close()
    assert [_of(entry) for entry in lines(folder)] == [
        (d.number, d.event_id, digests[d.item_index], d.verdict, names.get(d.label_id or 0), d.note, d.retracts)
        for d in log
    ]


def _of(entry: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(entry[key] for key in ("number", "event_id", "item", "verdict", "label", "note", "retracts"))


def test_the_journal_says_what_the_log_says(store: Store, decision: MakeDecision) -> None:
    store.record(decision(0, label_id=2), current=None)
    store.record(decision(1, Verdict.UNSURE, note="l\udce9ger \0"), current=None)
    store.record(decision(0, Verdict.RETRACTED, retracts=1), current=None)
    store.close()
    assert len(lines(store.folder)) == 3
    assert_equals_log(store.folder)


def deleted(journal: Path) -> None:
    journal.unlink()


def emptied(journal: Path) -> None:
    journal.write_bytes(b"")


def torn(journal: Path) -> None:
    journal.write_bytes(journal.read_bytes()[:-20])


def a_line_short(journal: Path) -> None:
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))


def without_its_last_line_end(journal: Path) -> None:
    journal.write_bytes(journal.read_bytes()[:-1])


@pytest.mark.parametrize("damage", [deleted, emptied, torn, a_line_short, without_its_last_line_end])
def test_a_journal_that_lost_its_end_catches_up(closed: Path, damage: Callable[[Path], None]) -> None:
    damage(closed / "decisions.jsonl")
    Store.open(closed).close()
    assert len(lines(closed)) == 3
    assert_equals_log(closed)


@pytest.mark.parametrize("damage", [torn, a_line_short, without_its_last_line_end])
def test_long_notes_do_not_hide_the_last_number(
    closed: Path, decision: MakeDecision, damage: Callable[[Path], None]
) -> None:
    store = Store.open(closed)
    for index in (3, 4):
        store.record(decision(index, note="long " * 30_000), current=None)
    store.close()
    damage(closed / "decisions.jsonl")
    Store.open(closed).close()
    assert [entry["number"] for entry in lines(closed)] == [1, 2, 3, 4, 5]
    assert_equals_log(closed)


def test_a_journal_that_cannot_be_written_costs_no_decision(
    closed: Path, decision: MakeDecision, expected_log: Callable[[str], None]
) -> None:
    expected_log("WARNING .*second record could not be written: IsADirectoryError")
    store = Store.open(closed)
    journal = closed / "decisions.jsonl"
    kept = journal.read_bytes()
    journal.unlink()
    journal.mkdir()
    saved: Decision = store.record(decision(3), current=4)
    assert saved.number == 4
    assert store.fact("current") == 4
    journal.rmdir()
    journal.write_bytes(kept)
    store.record(decision(4), current=None)
    store.close()
    assert [entry["number"] for entry in lines(closed)] == [1, 2, 3, 4, 5]
    assert_equals_log(closed)


def test_the_journal_says_what_was_marked_and_in_view(store: Store, decision: MakeDecision) -> None:
    marks = Evidence((Box(1, 2, 3, 4, label_id=2), Span(0, 2, "l\udce9")), 10, 20)
    said = Response(((1,), (0,)), sides=(1, 0), reply="l\udce9")
    own = store.record(decision(0, evidence=marks, response=said, exposure=Exposure.HIDDEN, hiding=0.5), current=0)
    store.record(decision(0, exposure=Exposure.REVEALED, follows=own.number), current=None)
    assert (store.decisions.all()[0].evidence, store.decisions.all()[0].response) == (marks, said)
    first, second = lines(store.folder)
    assert from_plain(first["evidence"]) == marks
    assert first["evidence"]["marks"][0]["class"] == "dog"
    assert (first["exposure"], first["hiding"], first["follows"]) == ("hidden", 0.5, None)
    assert (second["exposure"], second["evidence"], second["follows"]) == ("revealed", None, own.number)
    assert (Response.of(first["response"]), second["response"]) == (said, None)


def test_two_events_of_one_step_are_saved_together_or_not_at_all(store: Store, decision: MakeDecision) -> None:
    one = decision(0)
    with pytest.raises(peewee.IntegrityError):
        store.record_step([one, decision(0, label_id=99)], current=None, note="typed")
    assert (store.decisions.count(), store.items.draft(0)) == (0, "")
    store.record_step([one, decision(0, label_id=2)], current=None, note="typed", evidence=NO_EVIDENCE)
    assert [entry["number"] for entry in lines(store.folder)] == [1, 2]
    assert (store.items.draft(0), store.items.draft_evidence(0)) == ("typed", NO_EVIDENCE)


def without_the_last(folder: Path, kept: int) -> None:
    """The database as it was after so many decisions, as a backup would have it; the journal as it is."""
    old = folder.with_name("Old.hitl")
    shutil.copytree(folder, old)
    with closing(sqlite3.connect(old / DATABASE)) as raw:
        raw.execute("DROP TRIGGER decision_never_deleted")
        raw.execute("DELETE FROM decision WHERE number > ?", (kept,))
        raw.execute("UPDATE item SET state = 'todo', label_id = NULL WHERE idx >= ?", (kept,))
        raw.execute(
            "CREATE TRIGGER decision_never_deleted BEFORE DELETE ON decision"
            " BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END"
        )
        raw.commit()
    shutil.copyfile(old / DATABASE, folder / DATABASE)


def test_what_only_the_journal_has_comes_back_into_the_database(closed: Path, decision: MakeDecision) -> None:
    store = Store.open(closed)
    marks = Evidence((Box(1, 2, 3, 4, label_id=2), Span(0, 2, "l\udce9")), 10, 20)
    own = store.record(decision(3, evidence=marks, exposure=Exposure.HIDDEN, hiding=0.5, note="\udce9"), current=3)
    store.record(decision(3, exposure=Exposure.REVEALED, follows=own.number, seconds=1.5), current=None)
    store.record(decision(0, Verdict.RETRACTED, retracts=1), current=None)
    before, standings = store.decisions.all(), store.items.many(range(5))
    store.close()
    journal = (closed / "decisions.jsonl").read_bytes()
    without_the_last(closed, 2)
    store = Store.open(closed)
    assert (store.replayed.decisions, store.replayed.unplaced) == (4, 0)
    assert store.decisions.all() == before
    assert store.items.many(range(5)) == standings
    store.close()
    assert (closed / "decisions.jsonl").read_bytes() == journal
    store = Store.open(closed)
    assert not store.replayed, "once"
    store.close()


def test_operations_on_classes_come_back_with_them(closed: Path, decision: MakeDecision) -> None:
    without = closed.with_name("Before.hitl")
    shutil.copytree(closed, without)
    store = Store.open(closed)
    with store.transaction():
        (bird,) = store.add_labels(["bird"])
        store.classes.append(ClassOperation(0, "e1", "now", "ann", ClassAction.ADDED, bird.id, "", "bird"))
    with store.transaction():  # names change places
        store.classes.put([Label(1, "dog", 0), Label(2, "cat", 1)])
        store.classes.append(ClassOperation(0, "e2", "now", "ann", ClassAction.RENAMED, 1, "cat", "dog"))
    store.record(decision(3, label_id=bird.id), current=None)
    labels, operations, log = store.labels(), store.classes.operations(), store.decisions.all()
    store.close()
    shutil.copyfile(without / DATABASE, closed / DATABASE)
    store = Store.open(closed)
    assert (store.labels(), store.classes.operations(), store.decisions.all()) == (labels, operations, log)
    assert (store.replayed.decisions, store.replayed.operations) == (1, 2)
    store.close()


def test_a_journal_of_something_else_is_set_aside_and_made_anew(
    closed: Path, decision: MakeDecision, expected_log: Callable[[str], None]
) -> None:
    expected_log("WARNING .*did not fit the database")
    journal = closed / "decisions.jsonl"
    other = journal.read_text("ascii").replace("00000000-", "11111111-")
    journal.write_text(other, "ascii")
    Store.open(closed).close()
    (aside,) = closed.glob("decisions-set-aside-*.jsonl")
    assert aside.read_text("ascii") == other
    assert_equals_log(closed)


def test_a_journal_that_ends_in_rubbish_gives_what_it_has_and_is_made_anew(
    closed: Path, expected_log: Callable[[str], None]
) -> None:
    expected_log("WARNING .*did not fit the database")
    without_the_last(closed, 1)
    journal = closed / "decisions.jsonl"
    journal.write_bytes(journal.read_bytes() + b"\xff\xfe rubbish\n")
    store = Store.open(closed)
    assert store.replayed.decisions == 2
    store.close()
    assert_equals_log(closed)


def test_a_decision_whose_item_is_not_there_is_counted_and_its_retraction_too(
    closed: Path, decision: MakeDecision
) -> None:
    store = Store.open(closed)
    store.record(decision(3), current=None)
    store.record(decision(3, Verdict.RETRACTED, retracts=4), current=None)
    store.record(decision(4), current=None)
    store.close()
    journal = closed / "decisions.jsonl"
    journal.write_text(journal.read_text("ascii").replace(f"{3:064x}", "f" * 64), "ascii")
    without_the_last(closed, 3)
    store = Store.open(closed)
    assert (store.replayed.decisions, store.replayed.unplaced) == (1, 2)
    assert [event.number for event in store.decisions.all()] == [1, 2, 3, 6]
    store.close()


@pytest.mark.parametrize("name", ["decisions.jsonl", "classes.jsonl"])
@pytest.mark.parametrize("number", ['"7"', "1e999", "NaN", "true", "7.0", "-1", "null", "[7]"])
def test_a_line_whose_number_is_none_is_not_one_of_ours(
    closed: Path, name: str, number: str, expected_log: Callable[[str], None]
) -> None:
    """Of some of them it was said that the database is damaged, and the project could not be opened."""
    expected_log(f"{name} did not fit the database: it was set aside")
    whole = (closed / name).read_bytes()
    (closed / name).write_bytes(whole + f'{{"number": {number}, "operation": null, "classes": []}}\n'.encode())
    Store.open(closed).close()
    assert (closed / name).read_bytes() == whole
    assert len(list(closed.glob("*-set-aside-*"))) == 1


CAT: dict[str, Any] = {"id": 1, "name": "cat", "position": 0, "retired": False, "counts_as": None}
DONE: dict[str, Any] = asdict(ClassOperation(1, "e", "now", "ann", ClassAction.RENAMED, 1, "cat", "feline"))


@pytest.mark.parametrize(
    ("classes", "operation"),
    [
        ([CAT, CAT | {"id": 2}], None),
        ([CAT, CAT | {"name": "dog"}], None),
        ([CAT | {"id": 10**30}], None),
        ([CAT | {"id": "one"}], None),
        ([CAT | {"id": 9, "name": "owl", "position": 10**30}], None),
        ([CAT | {"counts_as": 99}], None),
        ([CAT | {"counts_as": [1]}], None),
        ([{"id": 1}], None),
        (["cat"], None),
        (None, None),
        ([CAT], {}),
        ([CAT], []),
        ([CAT], DONE | {"action": "burnt"}),
        ([CAT], DONE | {"others": 7}),
        ([CAT], DONE | {"label_id": 10**30}),
        ([CAT], DONE | {"label_id": [1]}),
        ([CAT], DONE | {"surprise": 1}),
    ],
)
def test_classes_that_cannot_be_are_set_aside_and_the_project_opens(
    closed: Path, classes: object, operation: object, expected_log: Callable[[str], None]
) -> None:
    """Some of them kept a sound project from opening, or had it called damaged."""
    expected_log("classes.jsonl did not fit the database: it was set aside")
    journal = closed / "classes.jsonl"
    whole = journal.read_bytes()
    planted = json.dumps({"number": 5, "operation": operation, "classes": classes}) + "\n"
    journal.write_bytes(whole + planted.encode())
    store = Store.open(closed)
    assert [label.name for label in store.labels()] == ["cat", "dog"]
    assert store.classes.operations() == []
    assert not store.replayed
    store.close()
    assert journal.read_bytes() == whole, "made anew from the database"
    (aside,) = closed.glob("classes-set-aside-*.jsonl")
    assert aside.read_bytes() == whole + planted.encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"confidence": "0.5"},
        {"confidence": True},
        {"confidence": 1e301},
        {"model_version": 1.5},
        {"model_version": 2**63},
        {"note": 7},
        {"note": None},
        {"verdict": "liked"},
        {"slot": None},
        {"item": "nowhere"},
        {"label_id": 99},
        {"retracts": 5},
        {"follows": 6},
        {"findings_ids": 7},
        {"evidence": {"size": 7}},
        {"response": {"turn": -1}},
        {"exposure": "seen"},
        {"event_id": "twice"},
    ],
)
def test_a_line_that_cannot_be_placed_is_counted_and_the_others_come_back(
    closed: Path, decision: MakeDecision, changes: dict[str, Any], expected_log: Callable[[str], None]
) -> None:
    store = Store.open(closed)
    store.record(decision(3, event_id="twice"), current=None)
    store.record(decision(4), current=None)
    store.close()
    journal = closed / "decisions.jsonl"
    first, *_, last = journal.read_text("ascii").splitlines()
    odd = json.loads(last) | {"number": 6, "event_id": "new"} | changes
    good = json.loads(first) | {"number": 7, "event_id": "newer"}
    journal.write_text("".join(f"{line}\n" for line in (*journal.read_text("ascii").splitlines(), json.dumps(odd),
                                                          json.dumps(good))), "ascii")  # fmt: skip
    store = Store.open(closed)
    assert (store.replayed.decisions, store.replayed.unplaced) == (1, 1)
    assert [event.event_id for event in store.decisions.all(5)] == ["newer"]
    store.close()


def test_a_line_has_reached_the_disk_when_appending_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written whole before it is made durable; the entry of a new file in its folder as well."""
    steps: list[object] = []
    file = tmp_path / "lines.jsonl"
    monkeypatch.setattr(module, "_make_durable", lambda _: steps.append(file.read_bytes()))
    monkeypatch.setattr(module, "make_folder_durable", steps.append)
    journal = module.Journal(file)
    journal.append([{"number": 1}, {"number": 2}])
    journal.append([{"number": 3}])
    first = b'{"number": 1}\n{"number": 2}\n'
    assert steps == [first, tmp_path, first + b'{"number": 3}\n']


def test_files_and_folders_are_made_durable_and_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(os.fstat(file).st_ino))
    (tmp_path / "file").write_text("x")
    before = len(list(Path("/dev/fd").iterdir()))
    module.make_file_durable(tmp_path / "file")
    module.make_folder_durable(tmp_path)
    module.Journal(tmp_path / "lines.jsonl").append([{"number": 1}])
    assert synced == [path.stat().st_ino for path in (tmp_path / "file", tmp_path, tmp_path / "lines.jsonl", tmp_path)]
    assert len(list(Path("/dev/fd").iterdir())) == before


@pytest.mark.parametrize(
    ("content", "last", "left"),
    [
        (b"", None, b""),
        (b'{"number": 1}\n', 1, b'{"number": 1}\n'),
        (b'{"number": 1}\n{"number": 2}\n', 2, b'{"number": 1}\n{"number": 2}\n'),
        (b'{"number": 1}\n{"numb', 1, b'{"number": 1}\n'),
        (b'{"numb', None, b""),
        (b'{"number": 1}\nrubbish\n', None, b'{"number": 1}\nrubbish\n'),
        (b'{"number": 1}\n[2]\n', None, b'{"number": 1}\n[2]\n'),
        (b'{"number": 1}\n{"number": -1}\n', None, b'{"number": 1}\n{"number": -1}\n'),
        (b'{"number": 1}\n{"number": true}\n', None, b'{"number": 1}\n{"number": true}\n'),
        (b'{"number": 0}\n', 0, b'{"number": 0}\n'),
    ],
)
@pytest.mark.parametrize("tail", [65_536, 4])
def test_the_last_line_is_read_and_a_torn_one_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, last: int | None, left: bytes, tail: int
) -> None:
    monkeypatch.setattr(module, "_TAIL", tail)
    file = tmp_path / "lines.jsonl"
    file.write_bytes(content)
    journal = module.Journal(file)
    found = journal.last()
    assert (found and found["number"]) == last
    assert journal.last_number() == (last or 0)
    assert file.read_bytes() == left


def test_lines_that_can_be_read_are_read_and_a_file_that_is_not_there_has_none(tmp_path: Path) -> None:
    journal = module.Journal(tmp_path / "lines.jsonl")
    assert (journal.last(), journal.last_number(), list(journal.lines())) == (None, 0, [])
    assert not journal.path.exists()
    journal.path.write_bytes(b'x\n{"number": 1}\n[]\n\n{"number": "2"}\n{"number": 3}\n{"number": 4}')
    assert [line["number"] for line in journal.lines()] == [1, 3, 4]


def test_whether_a_file_is_as_it_was_left(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    journal = module.Journal(file)
    assert journal.is_as_left, "nothing was left yet"
    journal.append([{"number": 1}])
    assert journal.is_as_left
    file.write_bytes(file.read_bytes() + b"x")
    assert not journal.is_as_left
    assert journal.last_number() == 1
    assert journal.is_as_left, "what was torn is cut off, and from there it goes on"
    file.rename(tmp_path / "moved")
    assert not journal.is_as_left
    shutil.copyfile(tmp_path / "moved", file)
    assert not journal.is_as_left, "another file of the same length"


def test_a_file_is_set_aside_under_a_name_of_its_own(tmp_path: Path, expected_log: Callable[[str], None]) -> None:
    expected_log("lines.jsonl did not fit the database")
    journal = module.Journal(tmp_path / "lines.jsonl")
    journal.set_aside()
    assert list(tmp_path.iterdir()) == []
    journal.append([{"number": 1}])
    journal.set_aside()
    (kept,) = tmp_path.iterdir()
    assert (kept.name.startswith("lines-set-aside-"), kept.read_bytes()) == (True, b'{"number": 1}\n')
    assert journal.is_as_left
    journal.append([{"number": 1}])
    assert journal.path.exists()


def test_lines_are_counted_where_that_takes_no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = module.Journal(tmp_path / "lines.jsonl")
    assert not journal.lacks(3), "what is not there is made anew anyway"
    journal.append([{"number": 1}, {"number": 2}])
    assert [journal.lacks(rows) for rows in (1, 2, 3)] == [False, False, True]
    monkeypatch.setattr(module, "_COUNTED_WHOLE", journal.path.stat().st_size)
    assert journal.lacks(3)
    monkeypatch.setattr(module, "_COUNTED_WHOLE", journal.path.stat().st_size - 1)
    assert not journal.lacks(3)


def test_what_is_no_file_is_an_error_of_the_disk(tmp_path: Path) -> None:
    (tmp_path / "lines.jsonl").mkdir()
    journal = module.Journal(tmp_path / "lines.jsonl")
    for act in (lambda: journal.append([{"number": 1}]), journal.last, lambda: list(journal.lines())):
        with pytest.raises(IsADirectoryError):
            act()


def test_a_line_that_is_longer_than_any_of_ours_is_left_out_and_not_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of zeros costs whoever sends it nothing, and would fill the memory of whoever looks through it."""
    monkeypatch.setattr(module, "LONGEST_LINE", 32)
    long, at_most = b"0" * 200, b'{"number": 2, "a": "0123456789"}'[:31] + b"\n"
    file = tmp_path / "decisions.jsonl"
    file.write_bytes(b'{"number": 1}\n' + long + b"\n" + b'{"number": 2}\n' + long + b'\n\n{"number": 3}\n{"number')
    assert [line["number"] for line in module.Journal(file).lines()] == [1, 2, 3]
    with file.open("rb") as stream:
        assert max(map(len, module.whole_lines(stream))) < 32
    file.write_bytes(at_most + long)
    with file.open("rb") as stream:
        assert list(module.whole_lines(stream)) == [at_most]
