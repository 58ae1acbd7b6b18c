"""Decisions are looked through fast, and nothing goes through that reading them one by one would have found."""

import json
import math
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.record_events import BEFORE_THE_FIRST, RecordCheck, chained
from hitl_desktop.domain.responses import Response
from hitl_desktop.store import decision_texts, record_decisions, record_stretches
from hitl_desktop.store.decision_texts import NOT_KNOWN, DecisionTexts
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.record_rows import row_texts
from hitl_desktop.store.record_table_check import said_in
from hitl_desktop.store.second_record import DECISIONS
from hitl_desktop.store.store import DATABASE, Store
from tests.on_record import guard_again, tamper, unguard
from tests.store.conftest import MakeDecision, ReadersHere, fill

ROWS = [
    {},
    {"note": 'said "so", 100 % \\ of\tit'},
    {"note": "é, 雪 and \x7f"},
    {"note": "a\x1eb\x00c"},
    {"reviewer": "%s %d %%"},
    {"confidence": 0.1 + 0.2, "seconds": 1e-7, "probability": 1 / 3, "hiding": 1.0},
    {"confidence": 1e22, "seconds": 0.0},
    {"retracts": 1, "verdict": Verdict.RETRACTED, "label_id": None},
    {"response": Response(ranking=((1,), (0,))), "reason": "again"},
]
"""What a decision may say beside what is usual."""
PLANTED = ["note = x'ff'", "at_utc = 'a\"b'", "seconds = 'long'", "idx = 'x'", "rule = 0.30000000000000004",
           "confidence = 1e999", "event_id = x'61'", "seconds = -0.0", "note = note || char(0) || 'x'"]  # fmt: skip
"""What somebody may write in their place, past the program."""


@pytest.fixture
def folder(tmp_path: Path, decision: MakeDecision) -> Path:
    """Two sessions with decisions of many sorts, one of them in a step of several."""
    store = Store.create(tmp_path / "Kept.hitl")
    fill(store, 12)
    for number, values in enumerate(ROWS):
        store.record(replace(decision(number, event_id=f"e{number}"), **values), current=1)
    store.close()
    store = Store.open(store.folder)
    store.record(decision(10, event_id="e10"), current=1)
    store.record_many([decision(i, event_id=f"b{i}", batch="b") for i in range(3)], current=0, slot=None)
    store.record(decision(11, event_id="e11"), current=1)
    store.close()
    return store.folder


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few at a time, as of a million, so that a piece ends in the midst of things."""
    monkeypatch.setattr(decision_texts, "_AT_ONCE", 4)
    monkeypatch.setattr(record_stretches, "STRETCH", 8)


def texts_of(store: Store, since: int = 1) -> tuple[list[int], list[str], list[str]]:
    source = DecisionTexts(store._database, since)
    found: tuple[list[int], list[str], list[str]] = ([], [], [])
    while (piece := source.next())[0]:
        for all_of, some in zip(found, piece[:3], strict=True):
            all_of += some  # type: ignore[arg-type]
    return found


def looked_through(folder: Path) -> RecordCheck:
    """In order and in stretches: both find the same."""
    with closing(Store.reader(folder)) as store:
        check = check_record(store)
        assert check_record(store, readers=ReadersHere()) == check
        return check


@pytest.mark.parametrize("planted", ["", *PLANTED])
def test_a_row_is_put_together_as_it_is_written(folder: Path, small: None, planted: str) -> None:
    if planted:
        tamper(folder, f"UPDATE decision SET {planted} WHERE number = 3")  # noqa: S608 - our own words
    with closing(Store.reader(folder)) as store:
        rows = store._database.execute_sql("SELECT * FROM decision ORDER BY number").fetchall()
        numbers, texts, heads = texts_of(store)
        assert numbers == list(range(1, len(rows) + 1))
        for number, text, written in zip(numbers, texts, row_texts(rows), strict=True):
            assert text == written or (number == 3 and planted == "confidence = 1e999" and math.isinf(rows[2][10]))
        assert NOT_KNOWN not in heads
        assert texts_of(store, 6) == (numbers[5:], texts[5:], heads[5:])


def test_a_line_begins_as_it_was_written(folder: Path) -> None:
    lines = (folder / DECISIONS).read_text("ascii").splitlines()
    with closing(Store.reader(folder)) as store:
        for line, head in zip(lines, texts_of(store)[2], strict=True):
            assert line.startswith(head) == (json.loads(line)["response"] is None)


def test_rows_that_hardly_have_anything_in_common_are_read_as_they_are_written(
    folder: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Store.reader(folder)) as store:
        quick = texts_of(store)
        tried = list[bool]()
        quickly = DecisionTexts._quickly
        monkeypatch.setattr(DecisionTexts, "_quickly", lambda self: tried.append(True) or quickly(self))
        monkeypatch.setattr(decision_texts, "_NEW_AT_MOST", 2)
        assert texts_of(store) == quick
        assert len(tried) == 1, "what follows is left alone"
    assert looked_through(folder).is_intact


@pytest.mark.parametrize("at_once", [2, 3, 1000])
def test_few_events_have_to_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """The first of each session and steps of several; of a million the others are known by their text, wherever the
    rows that are read at once end.
    """
    monkeypatch.setattr(decision_texts, "_AT_ONCE", at_once)
    read = list[dict[str, Any]]()
    monkeypatch.setattr(record_decisions, "said_in", lambda body: read.append(said_in(body)) or read[-1])
    assert looked_through(folder).is_intact
    assert [said["first"] for said in read if said.get("of") == "decision"] == [1, 10, 11]


@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("number", [3, 12])
def test_whatever_is_planted_is_found(folder: Path, small: None, planted: str, number: int) -> None:
    assert looked_through(folder).is_intact
    tamper(folder, f"UPDATE decision SET {planted} WHERE number = {number}")  # noqa: S608 - our own words
    assert not looked_through(folder).is_intact


def test_when_the_last_decision_was_taken_away_it_is_missing(folder: Path) -> None:
    """The rows end before the events that tell of them do."""
    tamper(folder, "DELETE FROM decision WHERE number = 14")
    lines = (folder / DECISIONS).read_bytes().splitlines(keepends=True)
    (folder / DECISIONS).write_bytes(b"".join(lines[:-1]))
    check = looked_through(folder)
    assert [fault.what.english() for fault in check.faults] == [
        "Decision 14 is missing.",
        "Item 11 is not in the state that follows from its decisions.",
    ]


def forged(folder: Path, number: int, old: str, new: str) -> None:
    """Change the event about a decision, and chain all events anew, as somebody without the key can."""
    with closing(sqlite3.connect(folder / DATABASE)) as raw, raw:
        head = BEFORE_THE_FIRST
        unguard(raw)
        raw.execute("DELETE FROM record_anchor")
        for n, body in raw.execute("SELECT number, body FROM record_event ORDER BY number").fetchall():
            if f'"first":{number},' in body and '"of":"decision"' in body:
                assert old in body
                body = body.replace(old, new)
            head = chained(head, body)
            raw.execute("UPDATE record_event SET body = ?, hash = ? WHERE number = ?", (body, head, n))
        guard_again(raw)
    (folder / "anchors.jsonl").unlink()


@pytest.mark.parametrize(
    ("old", "new", "says_the_same"),
    [
        ('","do"', '","by":"bob","do"', True),
        ('"up":', '"up": ', True),
        ('"up":', '"via":"somewhere","up":', True),
        ('{"at":"20', '{"at":"\\u00320', True),
        ('{"at":"20', '{"at":"é0', True),
        ('"up":', '"up":0', False),
        ('"up":', '"up":٣', False),
        ('"up":', '"up":-', True),
        ('"up":', '"up":1234567890123456789', True),
        ('{"at":"20', '{"at":"\n0', False),
        ('{"at":"2026-', '{"at":"","a":', False),
        ('"sha":"', '"sha":"0', False),
        ('"do":"rows"', '"do":"cows"', False),
    ],
)
def test_an_event_that_is_written_otherwise_says_what_it_says(
    folder: Path, small: None, old: str, new: str, says_the_same: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HITL_DESKTOP_HOME", str(tmp_path / "another computer"))  # no anchor tells
    tamper(folder)
    forged(folder, 4, old, new)
    assert looked_through(folder).is_intact == says_the_same
