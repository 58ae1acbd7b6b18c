"""The record of a project: everything that changes is on it, and it holds together."""

import json
import shutil
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hitl_desktop import paths
from hitl_desktop.domain.class_changes import ClassAction, ClassOperation
from hitl_desktop.domain.decisions import Slot, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import FoundItem, ItemFile
from hitl_desktop.domain.record_events import BEFORE_THE_FIRST, Happening, RecordCheck, chained
from hitl_desktop.domain.reviewers import Sitting
from hitl_desktop.store import record_clock, record_proof
from hitl_desktop.store.backups import make_backup
from hitl_desktop.store.migrate import migrations
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.store.rebuilding import rebuild
from hitl_desktop.store.record_anchors import ANCHORS, is_signed, own_key, read_anchors
from hitl_desktop.store.record_clock import RecordClock
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.record_tables import ADDED, KEPT, NOT_RECORDED
from hitl_desktop.store.restoring import restore
from hitl_desktop.store.store import DATABASE, Store
from tests.on_record import events, tamper
from tests.store.conftest import MakeDecision, fill


def looked_through(folder: Path) -> RecordCheck:
    """The check of a project as `verify` makes it."""
    with closing(Store.reader(folder)) as store:
        return check_record(store)


def test_every_table_is_on_record_or_says_why_not(store: Store) -> None:
    with closing(sqlite3.connect(store.folder / DATABASE)) as raw:
        there = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    covered = [table.name for table in (*ADDED, *KEPT)] + list(NOT_RECORDED)
    assert len(covered) == len(set(covered))
    assert {name for name in there if not name.startswith("sqlite_")} == set(covered), (
        "a new table: put it into hitl_desktop/store/record_tables.py"
    )


def test_all_that_is_written_is_on_record(store: Store, decision: MakeDecision) -> None:
    store.record(decision(0), current=1)
    taken = store.record(decision(1, note="odd \udcff \x1e ],[ note", confidence=0.1, seconds=1e-7), current=2)
    store.record(decision(1, Verdict.RETRACTED, retracts=taken.number), current=2)
    store.record_many([decision(i, batch="b") for i in range(2, 5)], current=0, slot=Slot.CHOSEN)
    with store.transaction():
        store.set_fact("threshold", 0.75)
        store.classes.append(
            ClassOperation(0, "e", "now", "ann", ClassAction.RENAMED, 1, "cat", "feline", (), "why", 0, 0, None)
        )
        store.classes.change(replace(store.labels()[0], name="feline"))
        store.models.add(ModelVersion(1, "trained", "m", "now", 3, 3))
        store.models.activate(1, "now", "ann")
        store.items.add([FoundItem("f" * 64, "late.png")], {})
        store.items.set_draft(3, "half a thought")
    store.note(Happening.EXPORTED, format="csv", items=6)
    before = store.record_head()
    store.remember_shown(3, Slot.CHOSEN)
    assert store.record_head() == before, "where somebody is changes nothing"
    store.close()
    said = events(store.folder)
    assert [event["n"] for event in said] == list(range(1, len(said) + 1))
    assert {event.get("of") for event in said if event["do"] == "rows"} == {
        "item", "decision", "class_operation", "model", "activation",
    }  # fmt: skip
    kept = [(event["of"], event["key"], event.get("new")) for event in said if event["do"] == "row"]
    assert ("project", "threshold", "0.75") in kept
    assert kept.count(("label", 1, None)) == 2
    assert [event["do"] for event in said][-2:] == ["exported", "closed"]
    check = looked_through(store.folder)
    assert (check.is_intact, check.faults, check.events, check.decisions) == (True, (), len(said), 6)
    assert check.notes == ()


def test_the_hash_is_as_written_down(closed: Path) -> None:
    with closing(sqlite3.connect(closed / DATABASE)) as raw:
        rows = raw.execute("SELECT body, hash FROM record_event ORDER BY number").fetchall()
    before = BEFORE_THE_FIRST
    for body, digest in rows:
        before = chained(before, body)
        assert digest == before
    (opened,) = [json.loads(body) for body, _ in rows if '"do":"opened"' in body]
    assert {"app", "schema", "sqlite", "zone", "computer", "account", "columns"} < set(opened)


def test_what_is_not_saved_is_not_on_record(store: Store, decision: MakeDecision) -> None:
    store.record(decision(0), current=1)
    head = store.record_head()

    def fail() -> None:
        with store.transaction():
            store.decisions.append(decision(1))
            store.note(Happening.TRAINED, share=1 / 0)

    with pytest.raises(ZeroDivisionError):
        fail()
    assert store.record_head() == head
    store.record(decision(2), current=1)
    assert store.record_head()[0] == head[0] + 1
    store.close()
    assert looked_through(store.folder).is_intact


def test_a_session_that_changes_nothing_leaves_no_trace(closed: Path) -> None:
    before = events(closed)
    Store.open(closed).close()
    assert events(closed) == before
    assert [event["do"] for event in before].count("opened") == 1


def test_a_clock_that_is_set_is_on_record(tmp_path: Path, decision: MakeDecision) -> None:
    now, running = datetime(2026, 3, 4, 5, 6, tzinfo=UTC), 10**12
    store = Store.create(tmp_path / "Clock.hitl")
    store.chain.clock = RecordClock(lambda: now, lambda: running)
    fill(store)
    for days, seconds in ((0, 60), (-400, 1), (3650, 1)):
        now += timedelta(days=days, seconds=seconds)
        running += seconds * 10**9
        store.record(decision(0), current=1)
    store.close()
    moved = [event["by_ms"] for event in events(store.folder) if event["do"] == Happening.CLOCK]
    assert moved == [-400 * 86_400_000, 3650 * 86_400_000]
    now -= timedelta(days=5000)
    later = Store.open(store.folder)
    later.chain.clock = RecordClock(lambda: now, lambda: running)
    later.record(decision(1), current=1)
    later.close()
    assert [event["by_ms"] < 0 for event in events(store.folder) if event["do"] == Happening.CLOCK] == [1, 0, 1]
    assert looked_through(store.folder).is_intact


def test_anchors_lie_in_three_places_and_are_signed(store: Store, decision: MakeDecision) -> None:
    with store.transaction():
        for _ in range(100):
            store.note(Happening.TRAINED)
    store.record(decision(0), current=1)
    store.close()
    (outside,) = (paths.user_data() / "records").glob("*.jsonl")
    last = len(events(store.folder))
    beside, _ = read_anchors(store.folder / ANCHORS)
    assert beside == read_anchors(outside)[0]
    begun, *later = (anchor.number for anchor in beside)
    assert later == [last - 2, last]
    assert begun <= last - 102, "from the beginning of a session on"
    key = paths.user_data() / "records" / "record-key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert all(is_signed(anchor, own_key()) for anchor in beside)
    assert not is_signed(replace(beside[0], number=99))
    assert looked_through(store.folder).anchors == 3


def test_a_project_from_before_the_record_begins_with_all_it_has(tmp_path: Path, decision: MakeDecision) -> None:
    """What was there is on record as it was: a later change of it shows."""
    store = Store.create(tmp_path / "Old.hitl")
    fill(store)
    store.record_many([decision(i) for i in range(5)], current=0, slot=None)
    store.close()
    (made,) = [sql for _, sql in migrations() if "CREATE TABLE record_event" in sql]
    with closing(sqlite3.connect(store.folder / DATABASE)) as raw:  # as the version before would have left it
        for name in ("record_event", "record_anchor"):
            raw.execute(f"DROP TABLE {name}")
        raw.execute("DELETE FROM project WHERE key = 'record'")
        raw.commit()
        raw.executescript(made)
    Store.open(store.folder).close()
    first = events(store.folder)[0]
    assert (first["do"], first["was"]["decision"], first["was"]["item"]) == ("begun", 5, 5)
    check = looked_through(store.folder)
    assert check.is_intact
    assert "The record begins on" in str(check.notes[0])
    tamper(store.folder, "UPDATE decision SET label_id = 2 WHERE number = 3")
    assert "Decision 3 is not as it was recorded." in [str(fault.what) for fault in looked_through(store.folder).faults]


def test_a_restored_backup_says_so_and_is_no_break(store: Store, decision: MakeDecision) -> None:
    store.record(decision(0), current=1)
    backup = make_backup(store.folder)
    store.record(decision(1), current=1)
    store.close()
    restore(store.folder, backup.file)
    check = looked_through(store.folder)
    assert (check.is_intact, check.faults) == (True, ())
    assert "A backup was restored on" in str(check.notes[0])
    assert [e.get("via") for e in events(store.folder) if e.get("of") == "decision"][-1:] == ["second record"]


def test_a_backup_put_back_by_hand_is_a_break(store: Store, decision: MakeDecision) -> None:
    store.record(decision(0), current=1)
    backup = make_backup(store.folder).file.read_bytes()
    store.record(decision(1), current=1)
    store.close()
    (store.folder / DATABASE).write_bytes(backup)
    assert not looked_through(store.folder).is_intact
    Store.open(store.folder).close()  # its decision comes back from the second record, and the anchors still tell
    assert {fault.part for fault in looked_through(store.folder).faults} == {"anchor"}


def test_a_record_that_ends_before_what_is_known_here_is_noticed_when_it_is_opened(
    closed: Path, tmp_path: Path
) -> None:
    """Not where somebody put a backup back and said so, and not in a copy, which may be older."""

    def beyond(folder: Path) -> int | None:
        with closing(Store.open(folder)) as store:
            return store.chain.known_beyond()

    assert beyond(closed) is None
    older = (closed / DATABASE).read_bytes()
    with closing(Store.open(closed)) as store:
        for number in range(9):
            with store.transaction():
                store.set_fact("threshold", number)
    last = events(closed)[-1]["n"]
    assert beyond(closed) is None
    (closed / DATABASE).write_bytes(older)
    assert beyond(closed) == last
    assert beyond(shutil.copytree(closed, tmp_path / "Copy.hitl")) is None
    with closing(Store.open(closed)) as store:
        store.note(Happening.RESTORED, backup="older")
    assert events(closed)[-1]["n"] < last
    assert beyond(closed) is None


def test_a_copy_goes_its_own_way_and_both_are_intact(store: Store, decision: MakeDecision, tmp_path: Path) -> None:
    store.record(decision(0), current=1)
    store.close()
    shutil.copytree(store.folder, tmp_path / "Copy.hitl")
    for place, folder in enumerate((store.folder, tmp_path / "Copy.hitl")):
        again = Store.open(folder)
        again.record(decision(1 + place, note=folder.name), current=1)
        again.close()
    for folder in (store.folder, tmp_path / "Copy.hitl"):
        check = looked_through(folder)
        assert (check.is_intact, check.faults) == (True, ())
        assert ("moved" in [e["do"] for e in events(folder)]) == (folder != store.folder) == bool(check.notes)
    tamper(tmp_path / "Copy.hitl", "UPDATE record_event SET body = replace(body, 'moved', 'Moved')")
    assert not looked_through(tmp_path / "Copy.hitl").is_intact


def test_what_is_anchored_while_somebody_looks_is_no_fault(
    store: Store, decision: MakeDecision, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.record(decision(0), current=1)
    run = record_proof.RecordReading.run

    def meanwhile(reading: Any, *arguments: Any) -> None:
        store.note(Happening.EXPORTED)
        run(reading, *arguments)

    monkeypatch.setattr(record_proof.RecordReading, "run", meanwhile)
    with closing(Store.reader(store.folder)) as reader:
        check = check_record(reader, is_in_use=True)
    assert (check.is_intact, check.faults) == (True, ())
    assert check.events < store.record_head()[0]


def test_a_folder_that_is_renamed_is_the_same(closed: Path, decision: MakeDecision) -> None:
    renamed = closed.rename(closed.with_name("Renamed.hitl"))
    again = Store.open(renamed)
    again.record(decision(1), current=1)
    again.close()
    assert "moved" not in [event["do"] for event in events(renamed)]
    assert looked_through(renamed).is_intact


def test_an_anchor_that_was_torn_is_no_fault(closed: Path, decision: MakeDecision) -> None:
    (outside,) = (paths.user_data() / "records").glob("*.jsonl")
    for file in (closed / ANCHORS, outside):
        file.write_bytes(file.read_bytes() + b'{"project": "')
    assert looked_through(closed).is_intact
    again = Store.open(closed)
    again.record(decision(1), current=1)
    again.close()
    assert looked_through(closed).is_intact
    assert looked_through(closed).outside == 4, "two of each session"


def test_what_is_made_anew_begins_a_record_of_its_own(closed: Path, tmp_path: Path) -> None:
    rebuild(closed, tmp_path / "Anew.hitl")
    check = looked_through(tmp_path / "Anew.hitl")
    assert (check.is_intact, check.decisions) == (True, 3)
    assert any("made anew" in str(note) for note in check.notes)


def test_a_key_that_cannot_be_made_costs_no_decision(
    decision: MakeDecision, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_log: Any
) -> None:
    expected_log("The record could not be anchored")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HITL_DESKTOP_HOME", str(tmp_path / "file"))
    store = Store.create(tmp_path / "P.hitl")
    fill(store)
    store.record(decision(0), current=1)
    store.close()
    check = looked_through(store.folder)
    assert check.is_intact
    assert "No anchor vouches for it" in str(check.notes[0])


def test_a_model_whose_card_changed_is_found(store: Store) -> None:
    card = store.folder / "models" / "v1" / "card.json"
    card.parent.mkdir()
    card.write_text("{}")
    with store.transaction():
        store.models.add(ModelVersion(1, "trained", "m", "now", 3, 3))
    store.close()
    assert looked_through(store.folder).is_intact
    card.write_text("{ }")
    (fault,) = looked_through(store.folder).faults
    assert str(fault.what) == "The files of model version 1 are not those that were recorded."


def test_columns_that_come_later_do_not_break_what_is_there(closed: Path) -> None:
    tamper(closed, "ALTER TABLE decision ADD COLUMN later TEXT NOT NULL DEFAULT 'x'")
    not_ours = "The database holds what this program did not make: decision."
    assert [str(fault.what) for fault in looked_through(closed).faults] == [not_ours]
    tamper(closed, "UPDATE decision SET later = 'y' WHERE number = 2")
    found = [str(fault.what) for fault in looked_through(closed).faults]
    assert found == ["Decision 2 is not as it was recorded.", not_ours]


def test_a_reader_puts_nothing_on_record(closed: Path) -> None:
    with closing(Store.reader(closed)) as reader:
        reader.note(Happening.EXPORTED)
        with pytest.raises(KnownError):
            reader.set_fact("threshold", 1)


def test_a_zone_that_changes_is_on_record_and_the_session_after_begins_with_it(
    tmp_path: Path, decision: MakeDecision, monkeypatch: pytest.MonkeyPatch
) -> None:
    zones = iter([60, 60, 60, 120, 120, 120])
    monkeypatch.setattr(RecordClock, "zone_minutes", lambda *_: next(zones, 120))
    store = Store.create(tmp_path / "Zone.hitl")
    fill(store)
    for _ in range(6):
        store.record(decision(0), current=1)
    store.close()
    moved = [(event["minutes"], event["before"]) for event in events(store.folder) if event["do"] == Happening.ZONE]
    assert moved == [(120, 60)]
    again = Store.open(store.folder)
    again.record(decision(1), current=1)
    again.close()
    opened = [event["zone"] for event in events(store.folder) if event["do"] == Happening.OPENED]
    assert opened == [60, 120]
    assert looked_through(store.folder).is_intact


def test_a_schema_that_was_brought_forward_is_on_record(
    closed: Path, decision: MakeDecision, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = migrations()
    later = [*steps, (len(steps) + 1, "CREATE TABLE later(id INTEGER PRIMARY KEY);\n")]
    for module in ("migrate", "own_schema"):
        monkeypatch.setattr(f"hitl_desktop.store.{module}.migrations", lambda: later)
    for _ in range(2):
        store = Store.open(closed)
        store.record(decision(4), current=1)
        store.close()
    moved = [(event["before"], event["schema"]) for event in events(closed) if event["do"] == Happening.MIGRATED]
    assert moved == [(len(steps), len(steps) + 1)]


def test_many_rows_are_told_of_in_groups_and_no_group_parts_an_item(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "Series.hitl")
    files = tuple(ItemFile(f"s/{n}.dcm", f"{n:064x}") for n in range(333))
    found = [FoundItem(f"{n:064x}", f"a/{n}", files=files if n < 5 else ()) for n in range(2500)]
    with store.transaction():
        store.item_files.add(found, store.items.add(found, {}))
    store.close()
    told = [(e["of"], e["first"], e["last"], e["rows"]) for e in events(store.folder) if e["do"] == "rows"]
    assert [entry for entry in told if entry[0] == "item"] == [
        ("item", 0, 999, 1000), ("item", 1000, 1999, 1000), ("item", 2000, 2499, 500),
    ]  # fmt: skip
    assert [entry for entry in told if entry[0] == "item_file"] == [("item_file", 0, 3, 1332), ("item_file", 4, 4, 333)]
    assert looked_through(store.folder).is_intact


@pytest.mark.parametrize("fact", ["7", "[]", "{}", "no json", "null"])
def test_a_record_that_lost_its_name_goes_on_and_is_told(closed: Path, decision: MakeDecision, fact: str) -> None:
    tamper(closed, f"UPDATE project SET value = '{fact}' WHERE key = 'record'")  # noqa: S608 - a test's own words
    store = Store.open(closed)
    store.record(decision(4), current=1)
    store.close()
    assert "Setting record is not as it was recorded." in [str(f.what) for f in looked_through(closed).faults]


def test_where_the_system_tells_nothing_nothing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def nobody() -> str:
        raise KeyError("no such user")

    monkeypatch.setattr(record_clock, "_BOOT_ID", tmp_path / "nowhere")
    monkeypatch.setattr("getpass.getuser", nobody)
    assert (record_clock.boot_id(), record_clock.account()) == ("", "")
    (tmp_path / "boot").write_text(" an-id\n", "ascii")
    monkeypatch.setattr(record_clock, "_BOOT_ID", tmp_path / "boot")
    monkeypatch.setattr("getpass.getuser", lambda: "ann")
    assert (record_clock.boot_id(), record_clock.account()) == ("an-id", "ann")
    assert len(record_clock.computer()) == 16


def test_the_clocks_of_a_computer_count_in_their_units() -> None:
    clock = RecordClock(lambda: datetime(2026, 1, 1, tzinfo=UTC), lambda: 5_999_999)
    assert clock.up_ms() == 5
    assert RecordClock(running_ns=lambda: 10**15).up_ms() == 10**9
    assert -14 * 60 <= clock.zone_minutes(clock.now()) <= 14 * 60
    real = RecordClock()
    assert abs((real.now() - datetime.now(UTC)).total_seconds()) < 60
    assert 0 < real.up_ms() <= real.up_ms()


def test_the_zone_is_told_in_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ahead:
        tm_gmtoff = 5400

    monkeypatch.setattr(record_clock.time, "localtime", lambda _: Ahead)
    assert RecordClock().zone_minutes(datetime(2026, 1, 1, tzinfo=UTC)) == 90


def test_every_hundredth_event_is_anchored_and_the_next_session_counts_on(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "Long.hitl")
    fill(store)
    for _ in range(205):
        store.note(Happening.TRAINED)
    last = store.record_head()[0]
    store.close()
    again = Store.open(store.folder)
    for _ in range(103):
        again.note(Happening.TRAINED)
    again.close()
    ended = len(events(store.folder))
    numbers = [anchor.number for anchor in read_anchors(store.folder / ANCHORS)[0]]
    begun = numbers[0]
    assert numbers == [begun, begun + 100, begun + 200, last + 1, last + 3, last + 103, ended]
    with closing(sqlite3.connect(store.folder / DATABASE)) as raw:
        assert [n for (n,) in raw.execute("SELECT number FROM record_anchor ORDER BY number")] == numbers
    assert looked_through(store.folder).is_intact


@pytest.mark.parametrize(("drift", "is_told"), [(2000, False), (2001, True), (-2000, False), (-2001, True)])
def test_a_clock_may_drift_by_two_seconds(tmp_path: Path, decision: MakeDecision, drift: int, is_told: bool) -> None:
    now, running = datetime(2026, 3, 4, 5, 6, tzinfo=UTC), 7 * 10**12
    store = Store.create(tmp_path / "Clock.hitl")
    store.chain.clock = RecordClock(lambda: now, lambda: running)
    fill(store)
    before = now
    now += timedelta(seconds=60, milliseconds=drift)
    running += 60 * 10**9
    store.record(decision(0), current=1)
    now += timedelta(seconds=9)
    running += 9 * 10**9
    store.record(decision(1), current=1)
    store.close()
    told = [(e["by_ms"], e["before"]) for e in events(store.folder) if e["do"] == Happening.CLOCK]
    assert told == ([(drift, before.isoformat())] if is_told else [])


def test_an_event_says_who_was_at_work_unless_it_says_so_itself(store: Store) -> None:
    store.note(Happening.TRAINED)
    store.sit(Sitting("ann", "u1"))
    store.set_fact("threshold", 0.25)
    store.note(Happening.EXPORTED, by="bob")
    store.note(Happening.TRAINED)
    store.close()
    said = events(store.folder)
    done = {(event["do"], event.get("key"), event.get("by")) for event in said}
    assert {("trained", None, None), ("exported", None, "bob"), ("trained", None, "ann")} <= done
    assert ("row", "threshold", "ann") in done
    assert ("closed", None, "ann") in done
    assert {event.get("via") for event in said} == {None}


def test_a_record_that_somebody_deleted_is_begun_again_under_its_name(closed: Path, decision: MakeDecision) -> None:
    known = events(closed)[0]["project"]
    beside = (closed / ANCHORS).read_bytes()
    tamper(closed, "DELETE FROM record_event", "DELETE FROM record_anchor")
    store = Store.open(closed)
    store.record(decision(4), current=1)
    store.close()
    first = events(closed)[0]
    assert (first["do"], first["again"], first["project"], first["was"]["decision"]) == ("begun", True, known, 3)
    assert (closed / ANCHORS).read_bytes().startswith(beside), "they still tell"
    assert "The record was begun again." in [str(fault.what) for fault in looked_through(closed).faults]


def test_a_copy_says_once_that_it_goes_its_own_way(store: Store, decision: MakeDecision, tmp_path: Path) -> None:
    store.record(decision(0), current=1)
    store.close()
    copy = shutil.copytree(store.folder, tmp_path / "Copy.hitl")
    for index in (1, 2):
        again = Store.open(copy)
        again.record(decision(index), current=1)
        again.close()
    said = events(copy)
    (moved,) = [event for event in said if event["do"] == Happening.MOVED]
    assert moved["project"] != said[0]["project"]
    named = [event["n"] for event in said if event["do"] == "row" and event["key"] == "record"]
    assert len([n for n in named if n > moved["n"]]) == 1
    again = Store.open(copy)
    assert again.fact("record")["id"] == moved["project"]
    assert again._database.execute_sql("PRAGMA temp_store").fetchone() == (2,), "nothing of it lies in other files"
    again.close()
    (outside,) = (paths.user_data() / "records").glob(f"{moved['project']}.jsonl")
    assert {anchor.project for anchor in read_anchors(outside)[0]} == {moved["project"]}


def test_notes_of_a_record_say_when_and_from_where(store: Store, decision: MakeDecision) -> None:
    store.record(decision(0), current=1)
    last = store.record_head()[0]
    backup = make_backup(store.folder)
    store.record(decision(1), current=1)
    store.close()
    restore(store.folder, backup.file)
    said = events(store.folder)
    (restored,) = [event for event in said if event["do"] == Happening.RESTORED]
    when = restored["at"][:16].replace("T", " ")
    assert [str(note) for note in looked_through(store.folder).notes] == [
        f"A backup was restored on {when} (UTC): event {restored['n']} and later ones follow event {last}."
    ]
