"""What somebody changed behind the program's back is told by what it is, and a forged event stalls nothing."""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hitl_desktop import paths
from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.items import FoundItem
from hitl_desktop.domain.protocols import no_progress
from hitl_desktop.domain.record_events import Happening, Part, RecordCheck
from hitl_desktop.store import record_check, record_end, record_proof, record_stretches, record_table_check
from hitl_desktop.store.record_anchors import ANCHORS, Anchor, RecordIds, is_signed, own_key, read_anchors
from hitl_desktop.store.record_end import fault_at_the_end
from hitl_desktop.store.record_faults import LISTED_AT_MOST, Faults, thing
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.record_table_check import Event
from hitl_desktop.store.store import DATABASE, Store
from tests.on_record import tamper
from tests.store.conftest import MakeDecision, ReadersHere

NAME = "Kept.hitl"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, decision: MakeDecision) -> Path:
    """A home, and a project with six texts and five decisions, three of them made in one step."""
    root = tmp_path_factory.mktemp("made")
    patch = pytest.MonkeyPatch()
    patch.setenv("HITL_DESKTOP_HOME", str(root / "home"))
    store = Store.create(root / NAME)
    with store.transaction():
        store.add_labels(["cat", "dog"])
        store.set_fact("threshold", 0.9)
        texts = [f"text {number}" for number in range(6)]
        store.items.add([FoundItem(hashlib.sha256(t.encode()).hexdigest(), t, None, t) for t in texts], {})
    store.record(decision(0, event_id="e1"), current=1)
    store.record_many([decision(i, event_id=f"e{i + 1}", batch="b") for i in (1, 2, 3)], current=None, slot=None)
    store.record(decision(4, event_id="e5"), current=1)
    store.close()
    patch.undo()
    return root


@pytest.fixture
def kept(made: Path, own_home: Path, tmp_path: Path) -> Path:
    """A copy to tamper with, at home where it was made. The file system calls it as it called the first one."""
    shutil.copytree(made / "home", own_home, dirs_exist_ok=True)
    shutil.copytree(made / NAME, tmp_path / NAME)
    return tmp_path / NAME


@pytest.fixture(autouse=True)
def short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_stretches, "STRETCH", 3)


def looked_through(folder: Path) -> RecordCheck:
    """In order and in stretches: both find the same."""
    with closing(Store.reader(folder)) as store:
        check = check_record(store)
        assert check_record(store, readers=ReadersHere()) == check
        return check


def said(check: RecordCheck, *parts: Part) -> list[str]:
    return [str(fault.what) for fault in check.faults if not parts or fault.part in parts]


def events_where(sort: str, old: str, new: str) -> str:
    return f"UPDATE record_event SET body = replace(body, '{old}', '{new}') WHERE body LIKE '%{sort}%'"  # noqa: S608


DECISIONS = '"of":"decision"'
NO_ROWS = "It speaks of rows that others have told of, or of none."
FIFTH = "Event 5 is not what was recorded, or not in its place."


def test_what_nobody_touched_is_intact(kept: Path) -> None:
    check = looked_through(kept)
    assert (check.is_intact, check.events, check.decisions, check.unvouched, check.notes) == (True, 11, 5, 0, ())


@pytest.mark.parametrize(
    ("statement", "chain"),
    [
        ("DELETE FROM record_event WHERE number = 5", ["Events 5 to 5 are missing.", FIFTH.replace("5", "6")]),
        ("UPDATE record_event SET body = '{' WHERE number = 5", [FIFTH]),
        ("UPDATE record_event SET body = '[1]' WHERE number = 5", [FIFTH]),
        ("UPDATE record_event SET body = body || ',' || body WHERE number = 5", [FIFTH]),
        ("UPDATE record_event SET body = x'ff' WHERE number = 5", [FIFTH]),
        ("UPDATE record_event SET hash = 'text' WHERE number = 5", [FIFTH, FIFTH.replace("5", "6")]),
        ("UPDATE record_event SET hash = zeroblob(32) WHERE number = 11", [FIFTH.replace("5", "11")]),
        (events_where("begun", '"do":"begun"', '"do":"trained"'),
         [FIFTH.replace("5", "1"), "Its first event is missing."]),
        (events_where("opened", '"do":"opened"', '"do":"begun"'),
         [FIFTH.replace("5", "2"), "The record was begun again."]),
    ],
)  # fmt: skip
def test_a_chain_that_does_not_hold_is_told_event_by_event(kept: Path, statement: str, chain: list[str]) -> None:
    tamper(kept, statement)
    check = looked_through(kept)
    assert said(check, Part.CHAIN) == chain
    assert not check.is_intact


@pytest.mark.parametrize(("last", "missing"), [(5, 1), (6, 2)])
def test_every_event_that_is_missing_counts(kept: Path, last: int, missing: int) -> None:
    """One sentence may tell of many."""
    tamper(kept, f"DELETE FROM record_event WHERE number BETWEEN 5 AND {last}")  # noqa: S608 - our own words
    check = looked_through(kept)
    assert check.faults[0].what.english() == f"Events 5 to {last} are missing."
    assert check.faulty == len(check.faults) - 1 + missing


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE record_event SET body = '{' WHERE number = 5", 5),
        ("UPDATE record_event SET body = x'ff' WHERE number = 5", 5),
        ("UPDATE record_event SET body = replace(body, '\"0.9\"', '\"0.8\"')", 4),
        ("UPDATE record_event SET hash = zeroblob(32) WHERE number = 7", 7),
        ("UPDATE record_event SET hash = 'text' WHERE number = 11", 11),
        ("DELETE FROM record_event WHERE number = 5", 6),
        ("DELETE FROM record_event WHERE number < 5", None),  # `verify` tells of what was before
        ("UPDATE record_event SET body = body || ' ' WHERE number = 1", 1),
    ],
)
def test_the_first_event_at_the_end_that_does_not_fit_is_found(kept: Path, statement: str, number: int | None) -> None:
    with closing(Store.reader(kept)) as store:
        assert fault_at_the_end(store._database) is None
    tamper(kept, statement)
    with closing(Store.reader(kept)) as store:
        assert fault_at_the_end(store._database) == number


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        ("DELETE FROM decision WHERE number = 1", ["Decision 1 is missing."]),
        ("DELETE FROM decision WHERE number = 3", ["Decision 3 is missing."]),
        ("DELETE FROM decision WHERE number IN (2, 4)", ["Decision 2 is missing.", "Decision 4 is missing."]),
        ("DELETE FROM decision WHERE number IN (2, 3, 4)", ["Decision 2–4 is missing."]),
        ("UPDATE decision SET note = 'x' WHERE number = 1", ["Decision 1 is not as it was recorded."]),
        ("UPDATE decision SET note = 'x' WHERE number IN (2, 4)",
         ["Decision 2 is not as it was recorded.", "Decision 4 is not as it was recorded."]),
        ("UPDATE decision SET number = 9 WHERE number = 5",
         ["Decision 5 is missing.", "Decision 9 and later ones are on no record."]),
        ("INSERT INTO item(idx, digest, path, fields, state) VALUES (99, 'ab', 'x', '{}', 'todo')",
         ["Item 99 and later ones are on no record."]),
        ("INSERT INTO item(idx, digest, path, fields, state) VALUES (-4, 'ab', 'x', '{}', 'todo')",
         ["Item -4 is on no record."]),
        ("UPDATE label SET name = 'cow' WHERE id = 1", ["Class 1 is not as it was recorded."]),
        ("DELETE FROM label WHERE id = 2", ["Class 2 is missing."]),
        ("INSERT INTO label(id, name, position) VALUES (77, 'planted', 77)", ["Class 77 is on no record."]),
        ("UPDATE project SET value = '0.1' WHERE key = 'threshold'", ["Setting threshold is not as it was recorded."]),
        ("UPDATE item_text SET text = 'another' WHERE idx = 2",
         ["The text of item 2 is not the one that was decided on."]),
        ("UPDATE item_text SET text = x'ff00' WHERE idx = 2",
         ["The text of item 2 is not the one that was decided on."]),
        ("UPDATE item_text SET text = '' WHERE idx = 2", []),  # erased, as may be
        ("INSERT INTO project VALUES ('looked_at', '5')", []),  # nobody says where somebody is
    ],
)  # fmt: skip
def test_rows_that_are_not_as_recorded_are_named(kept: Path, statement: str, rows: list[str]) -> None:
    tamper(kept, statement)
    check = looked_through(kept)
    assert said(check, Part.ROWS) == rows
    assert said(check, Part.CHAIN) == []


def test_a_state_and_a_second_record_that_say_otherwise_are_told(kept: Path) -> None:
    tamper(kept, "UPDATE item SET state = 'flagged', label_id = NULL WHERE idx = 0")
    assert said(looked_through(kept)) == ["Item 0 is not in the state that follows from its decisions."]
    tamper(kept, "UPDATE item SET state = 'decided', label_id = 1 WHERE idx = 0")
    lines = (kept / "decisions.jsonl").read_text("ascii").splitlines(keepends=True)
    (kept / "decisions.jsonl").write_text("".join([*lines[:3], lines[3].replace('"ann"', '"bob"'), lines[4]]), "ascii")
    assert said(looked_through(kept)) == ["Decision 4 is another one in decisions.jsonl."]
    (kept / "decisions.jsonl").write_text("".join([*lines, lines[0]]), "ascii")
    assert said(looked_through(kept), Part.SECOND_RECORD) == ["Decision 1 is another one in decisions.jsonl."]
    tamper(kept, "UPDATE decision SET verdict = 'moon' WHERE number = 2")
    assert said(looked_through(kept), Part.SECOND_RECORD) == [
        "The decisions cannot be compared with decisions.jsonl: one of them makes no sense."
    ]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (events_where(DECISIONS, DECISIONS, '"of":"nowhere"'), "It speaks of nowhere, which is not there."),
        (events_where(DECISIONS, '"first":1', '"first":"x"'), NO_ROWS),
        (events_where(DECISIONS, '"first":5', '"first":3'), NO_ROWS),
        (events_where(DECISIONS, '"first":5', '"first":6'), NO_ROWS),
        (events_where(DECISIONS, '"last":4', '"last":400000000000000'),
         "Decision 2–400000000000000: not the rows that were recorded."),
        (events_where(DECISIONS, '"last":4,"marks"', '"last":400000000000,"rows":399999999999,"marks"'),
         "Decision 2–400000000000: not the rows that were recorded."),
        (events_where("columns", '"columns":{', '"columns":[{'), FIFTH.replace("5", "2")),
    ],
)  # fmt: skip
def test_a_forged_event_is_told_and_does_not_stall_what_looks_at_it(kept: Path, statement: str, told: str) -> None:
    """One that told of four hundred billion rows had every number of them looked for."""
    tamper(kept, statement)
    assert told in said(looked_through(kept))


@pytest.mark.parametrize(
    "statements",
    [
        (events_where('"of":"item"', '"rows":6', '"rows":7'),
         "INSERT INTO item(idx, digest, path, fields, state) VALUES (99, 'ab', 'x', '{}', 'todo')"),
        (events_where('"of":"item"', '"rows":6', '"rows":5'), "DELETE FROM item WHERE idx = 3"),
        (events_where('"of":"item"', '"last":5', '"last":9000000000000000000000'),),
        (events_where('"of":"item"', '"rows":6', '"rows":9000000000000000000000'),),
        (events_where('"of":"item"', '"rows":6', '"rows":-6'),),
        (events_where('"of":"item"', '"of":"item"', '"of":"nothing"'),),
        ("UPDATE item SET path = x'ff' WHERE idx = 3",),
        ("ALTER TABLE item ADD COLUMN later TEXT NOT NULL DEFAULT 'x'", "UPDATE item SET later = 'y' WHERE idx = 3"),
    ],
)  # fmt: skip
def test_rows_that_one_event_tells_of_are_as_many_and_as_they_were(kept: Path, statements: tuple[str, ...]) -> None:
    tamper(kept, *statements)
    assert not looked_through(kept).is_intact


def test_rows_that_changed_where_the_event_was_changed_too_are_told_together(kept: Path) -> None:
    tamper(kept, events_where(DECISIONS, '"rows":3', '"rows":2'), "UPDATE decision SET note = 'x' WHERE number = 3")
    assert said(looked_through(kept), Part.ROWS) == ["Decision 2–4: not the rows that were recorded."]
    tamper(kept, events_where(DECISIONS, '"rows":2', '"rows":3'), events_where(DECISIONS, '"marks"', '"merks"'))
    assert said(looked_through(kept), Part.ROWS) == ["Decision 2–4: not the rows that were recorded."]
    tamper(kept, "DELETE FROM decision WHERE number = 4")
    assert said(looked_through(kept), Part.ROWS) == ["Decision 4 is missing."]


@pytest.mark.parametrize("rows", ['"x"', "1e999", "null", "[3]", "-7"])
def test_an_event_that_tells_of_no_number_of_rows_counts_as_one_fault(kept: Path, rows: str) -> None:
    """The number was taken as it stood there, and the check failed over it."""
    tamper(
        kept, events_where(DECISIONS, '"rows":3', f'"rows":{rows}'), "DELETE FROM decision WHERE number IN (2, 3, 4)"
    )
    check = looked_through(kept)
    assert "Decision 2–4 is missing." in said(check)
    assert check.faulty == len(check.faults)


def test_anchors_tell_of_what_was_cut_off_and_who_signed(kept: Path) -> None:
    (outside,) = (paths.user_data() / "records").glob("*.jsonl")
    whole = outside.read_text("ascii")
    tamper(kept, "UPDATE record_anchor SET signature = zeroblob(64)")
    assert said(looked_through(kept)) == [f"The anchor of event {n} is not signed by its key." for n in (7, 11)]
    tamper(kept, "DELETE FROM record_anchor", "DELETE FROM record_event WHERE number > 10")
    check = looked_through(kept)
    assert said(check) == ["The record ends at event 10, and an anchor tells of event 11."]
    assert (check.anchors, check.outside, check.unvouched) == (2, 2, 3)
    outside.write_text(whole + "no anchor\n" + json.dumps({"project": 7}) + "\n" + "torn", "ascii")
    assert "2 lines of the anchors cannot be read." in said(looked_through(kept), Part.ANCHOR)
    assert looked_through(kept).faulty == 3


def test_an_event_that_was_written_anew_is_not_the_one_that_was_anchored(kept: Path) -> None:
    tamper(kept, "UPDATE record_event SET hash = zeroblob(32) WHERE number = 11")
    assert "Event 11 is not the one that was anchored." in said(looked_through(kept), Part.ANCHOR)


def test_the_anchor_of_another_record_is_told(kept: Path, decision: MakeDecision) -> None:
    other = Store.create(kept.with_name("Other.hitl"))
    other.set_fact("threshold", 0.5)
    other.close()
    theirs = (other.folder / ANCHORS).read_text("ascii")
    (kept / ANCHORS).write_text((kept / ANCHORS).read_text("ascii") + theirs, "ascii")
    numbers = [json.loads(line)["number"] for line in theirs.splitlines()]
    assert said(looked_through(kept)) == [f"The anchor of event {n} is that of another record." for n in numbers]


def test_where_the_key_and_the_anchors_are_not_at_hand_it_is_said(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(paths.user_data() / "records")
    check = looked_through(kept)
    assert (check.is_intact, check.outside) == (True, 0)
    assert [str(note) for note in check.notes] == [
        "Its anchors were signed on another computer, whose key is not known here."
    ]
    tamper(kept, "DELETE FROM record_anchor")
    (kept / ANCHORS).unlink()
    assert [str(note) for note in looked_through(kept).notes] == [
        "No anchor vouches for it: whoever can write the project could have written it anew."
    ]


def test_anchors_that_lie_nowhere_else_are_said(kept: Path) -> None:
    (outside,) = (paths.user_data() / "records").glob("*.jsonl")
    outside.unlink()
    assert [str(note) for note in looked_through(kept).notes] == ["There are no anchors of it outside of the project."]


def test_a_record_that_is_gone_leaves_everything_unexplained(kept: Path) -> None:
    tamper(kept, "DELETE FROM record_event", "DELETE FROM record_anchor")
    check = looked_through(kept)
    assert [str(note) for note in check.notes] == ["Nothing is on record yet."]
    assert "Item 0 and later ones are on no record." in said(check)
    assert check.faulty >= 6 + 5 + 2, "every row counts"


def test_looking_can_be_stopped_while_events_or_texts_are_read(kept: Path) -> None:
    for after in (0, 1):
        asked = iter([False] * after)
        with closing(Store.reader(kept)) as store, pytest.raises(Cancelled):
            check_record(store, no_progress, lambda asked=asked: next(asked, True))  # type: ignore[misc]


def test_of_many_faults_the_first_are_listed_and_all_are_counted() -> None:
    faults = Faults()
    for number in range(LISTED_AT_MOST + 5):
        faults.add(Part.ROWS, number, "now", thing("decision", number))
    faults.add(Part.ROWS, None, "now", thing("unheard", 3), times=7)
    assert (len(faults.listed), faults.count) == (LISTED_AT_MOST, LISTED_AT_MOST + 12)
    assert str(faults.listed[-1].what) == f"Decision {LISTED_AT_MOST - 1}"
    assert str(thing("unheard", 3)) == "Row 3 of unheard"


# ---- the key and the files of anchors ------------------------------------------------------------------------------


def linked_meanwhile(_: object, target: Path) -> None:
    """Another program made a key between our look and our link."""
    target.write_text("11" * 32, "ascii")
    raise FileExistsError


def no_hard_links(_: object, __: object) -> None:
    raise OSError(1, "Operation not permitted")


@pytest.mark.parametrize("link", [os.link, linked_meanwhile, no_hard_links])
def test_one_key_is_made_whatever_the_folder_allows(
    link: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", link)
    assert own_key() is None
    store = Store.create(tmp_path / "New.hitl")
    store.set_fact("threshold", 0.5)
    store.close()
    folder = paths.user_data() / "records"
    assert [path.name for path in folder.iterdir() if path.suffix != ".jsonl"] == ["record-key"]
    assert ((folder / "record-key").read_text("ascii") == "11" * 32) == (link is linked_meanwhile)
    anchors, wrong = read_anchors(store.folder / ANCHORS)
    assert anchors
    assert wrong == 0
    assert all(is_signed(anchor, own_key()) for anchor in anchors)


def test_a_key_that_makes_no_sense_is_no_key(kept: Path) -> None:
    (anchor, *_), _ = read_anchors(kept / ANCHORS)
    assert is_signed(anchor)
    assert not is_signed(anchor, b"short")
    (paths.user_data() / "records" / "record-key").write_text("no hex", "ascii")
    assert own_key() is None


def test_an_anchor_that_cannot_be_written_costs_no_decision(
    kept: Path, decision: MakeDecision, expected_log: Callable[[str], None]
) -> None:
    expected_log("An anchor could not be written: IsADirectoryError")
    (kept / ANCHORS).unlink()
    (kept / ANCHORS).mkdir()
    store = Store.open(kept)
    store.record(decision(5, event_id="e6"), current=None)
    store.close()
    outside = (paths.user_data() / "records").glob("*.jsonl")
    numbers = [anchor.number for file in outside for anchor in read_anchors(file)[0]]
    check = looked_through(kept)
    assert check.is_intact
    assert sorted(numbers) == [7, 11, 15, check.events], "the other place has it, as that of a copy"


def test_guards_that_somebody_took_away_and_what_they_put_in_are_told(
    kept: Path, expected_log: Callable[[str], None]
) -> None:
    expected_log("lacked 2 triggers and indexes")
    with closing(sqlite3.connect(kept / DATABASE)) as raw:
        raw.execute("DROP TRIGGER decision_never_updated")
        raw.execute("DROP INDEX decision_by_people")
    gone = "What guards the database is missing: decision_by_people, decision_never_updated."
    assert said(looked_through(kept)) == [gone]
    Store.open(kept).close()
    assert looked_through(kept).is_intact, "who opens it to work makes them again"
    with closing(sqlite3.connect(kept / DATABASE)) as raw:
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute("UPDATE decision SET note = 'x' WHERE number = 1")
        raw.execute("CREATE TRIGGER evil AFTER INSERT ON decision BEGIN DELETE FROM item_text; END")
        raw.commit()
    assert said(looked_through(kept)) == ["The database holds what this program did not make: evil."]


def test_of_what_is_missing_or_strange_five_are_named_and_all_count(kept: Path) -> None:
    with closing(sqlite3.connect(kept / DATABASE)) as raw, raw:
        guards = sorted(name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"))[:6]
        for number, guard in enumerate(guards):
            raw.execute(f"DROP TRIGGER {guard}")
            raw.execute(f"CREATE TABLE strange_{number}(x)")
    check = looked_through(kept)
    strange, missing = said(check)
    assert [f"strange_{number}" in strange for number in range(6)] == [True] * 5 + [False]
    assert [guard in missing for guard in guards] == [True] * 5 + [False]
    assert check.faulty == 12


# ---- in pieces, and what explains an anchor ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decision SET note = 'x' WHERE number IN (2, 4)",
        "DELETE FROM decision WHERE number IN (1, 3)",
        "UPDATE decision SET number = 9 WHERE number = 5",
        "INSERT INTO item(idx, digest, path, fields, state) VALUES (-4, 'ab', 'x', '{}', 'todo'), "
        "(99, 'ac', 'y', '{}', 'todo'), (100, 'ad', 'z', '{}', 'todo')",
        "DELETE FROM item_text WHERE idx > 99",
    ],
)
def test_what_is_found_does_not_depend_on_how_much_is_read_at_once(
    kept: Path, statement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tamper(kept, statement)
    whole = looked_through(kept)
    for at_once in (1, 2, 3):
        monkeypatch.setattr(record_check, "_EVENTS_AT_ONCE", at_once)
        monkeypatch.setattr(record_stretches, "_AT_ONCE", at_once)
        monkeypatch.setattr(record_table_check, "_ROWS_AT_ONCE", at_once)
        monkeypatch.setattr(record_proof, "_TEXTS_AT_ONCE", at_once)
        assert looked_through(kept) == whole, at_once


def test_how_far_the_reading_is_goes_up_to_the_last_event(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_check, "_EVENTS_AT_ONCE", 4)
    seen: list[tuple[int, int]] = []
    with closing(Store.reader(kept)) as store:
        check_record(store, lambda done, total, _: seen.append((done, total)))
    assert seen == [(4, 11), (8, 11), (11, 11)]


def test_an_item_that_was_added_twice_over_is_counted_in_full(kept: Path) -> None:
    rows = ", ".join(f"({n}, 'x{n}', 'x', '{{}}', 'todo')" for n in range(50, 57))
    tamper(kept, f"INSERT INTO item(idx, digest, path, fields, state) VALUES {rows}")  # noqa: S608 - our own words
    check = looked_through(kept)
    assert said(check) == ["Item 50 and later ones are on no record."]
    assert check.faulty == 7


def anchor_of(project: str, number: int, key: bytes, at: str = "2026-01-05") -> Anchor:
    return Anchor(project, number, bytes(32), at, key, b"")


OURS, THEIRS, OTHER = b"ours", b"theirs", b"other"
IDS = RecordIds(((1, "first"), (10, "second")))
RESTORED = Event(10, {"do": "restored", "back_to": 4, "at": "2026-01-05"})
MOVED = Event(10, {"do": "moved", "at": "2026-01-05"})


@pytest.mark.parametrize(
    ("event", "anchor", "vouched", "own", "explains"),
    [
        (RESTORED, anchor_of("first", 5, OURS), (10, OURS), OURS, True),
        (RESTORED, anchor_of("first", 4, OURS), (10, OURS), OURS, False),  # it is in the backup
        (RESTORED, anchor_of("first", 5, OURS), (9, OURS), OURS, False),  # nobody has vouched for it since
        (RESTORED, anchor_of("first", 5, OURS), (11, OTHER), OURS, False),
        (RESTORED, anchor_of("first", 5, THEIRS), (11, THEIRS), OURS, True),  # whoever made that one
        (RESTORED, anchor_of("first", 5, THEIRS), (11, OURS), OURS, True),  # or whoever looks
        (RESTORED, anchor_of("first", 5, THEIRS), (11, OURS), None, False),
        (RESTORED, anchor_of("first", 5, OURS, "2026-01-06"), (10, OURS), OURS, False),  # made later
        (Event(10, RESTORED.said | {"back_to": "4"}), anchor_of("first", 5, OURS), (10, OURS), OURS, False),
        (MOVED, anchor_of("first", 10, OURS), (10, OURS), OURS, True),
        (MOVED, anchor_of("first", 9, OURS), (10, OURS), OURS, False),
        (MOVED, anchor_of("second", 10, OURS), (10, OURS), OURS, False),  # it is this record's own
        (MOVED, anchor_of("nobody", 11, OURS), (10, OURS), OURS, False),
        (MOVED, anchor_of("first", 10, THEIRS), (10, OTHER), OURS, False),
    ],
)
def test_what_explains_an_anchor_that_does_not_fit(
    event: Event, anchor: Anchor, vouched: tuple[int, bytes], own: bytes | None, explains: bool
) -> None:
    fitting = [anchor_of("second", 1, OURS), anchor_of("second", *vouched)]
    assert record_proof._explains(event, anchor, fitting, own, IDS) == explains


def test_what_was_before_somebody_went_on_all_the_same_is_not_looked_at_again(
    kept: Path, decision: MakeDecision
) -> None:
    tamper(kept, "UPDATE record_event SET body = '{' WHERE number = 5")
    with closing(Store.open(kept)) as store:
        assert fault_at_the_end(store._database) == 5
        for index in (0, 1):
            store.note(Happening.CONTINUED, after=5)
            store.record(decision(index, event_id=f"more {index}"), current=None)
        going_on = store.record_head()[0] - 1
        assert fault_at_the_end(store._database) is None
    tamper(kept, f"UPDATE record_event SET hash = zeroblob(32) WHERE number = {going_on - 1}")  # noqa: S608
    with closing(Store.reader(kept)) as store:
        assert fault_at_the_end(store._database) is None, "that was before the last time"
    tamper(kept, f"UPDATE record_event SET body = body || ' ' WHERE number = {going_on + 1}")  # noqa: S608
    with closing(Store.reader(kept)) as store:
        assert fault_at_the_end(store._database) == going_on + 1


def test_only_the_end_is_looked_at_when_a_project_is_opened(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tamper(kept, "UPDATE record_event SET hash = zeroblob(32) WHERE number = 7")
    with closing(Store.reader(kept)) as store:
        for looked_at, found in ((4, None), (5, 8), (6, 7), (99, 7)):
            monkeypatch.setattr(record_end, "_LOOKED_AT", looked_at)
            assert fault_at_the_end(store._database) == found, looked_at
