"""The second record of every decision."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peewee
import pytest

from hitl_desktop.domain.decisions import Decision, Exposure, Verdict
from hitl_desktop.domain.evidence import NO_EVIDENCE, Box, Evidence, Span, from_plain
from hitl_desktop.store.store import Store
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
    expected_log("WARNING .*journal could not be written after decision 4")
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
    own = store.record(decision(0, evidence=marks, exposure=Exposure.HIDDEN, hiding=0.5), current=0)
    store.record(decision(0, exposure=Exposure.REVEALED, follows=own.number), current=None)
    assert store.decisions.all()[0].evidence == marks
    first, second = lines(store.folder)
    assert from_plain(first["evidence"]) == marks
    assert first["evidence"]["marks"][0]["class"] == "dog"
    assert (first["exposure"], first["hiding"], first["follows"]) == ("hidden", 0.5, None)
    assert (second["exposure"], second["evidence"], second["follows"]) == ("revealed", None, own.number)


def test_two_events_of_one_step_are_saved_together_or_not_at_all(store: Store, decision: MakeDecision) -> None:
    one = decision(0)
    with pytest.raises(peewee.IntegrityError):
        store.record_step([one, decision(0, label_id=99)], current=None, note="typed")
    assert (store.decisions.count(), store.items.draft(0)) == (0, "")
    store.record_step([one, decision(0, label_id=2)], current=None, note="typed", evidence=NO_EVIDENCE)
    assert [entry["number"] for entry in lines(store.folder)] == [1, 2]
    assert (store.items.draft(0), store.items.draft_evidence(0)) == ("typed", NO_EVIDENCE)
