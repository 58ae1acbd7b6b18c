"""The record read in stretches: where all is well no second look is needed, and whatever does not fit asks for one.

That a second look is taken shows in no answer, as it finds the same; so it is asked for here.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.evidence import Box, Evidence
from hitl_desktop.domain.record_events import RecordCheck
from hitl_desktop.domain.responses import Response
from hitl_desktop.store import record_lines, record_proof, record_stretches
from hitl_desktop.store.record_anchors import RecordIds
from hitl_desktop.store.record_faults import Faults
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.record_stretches import (
    JoinedReading,
    StretchRead,
    number_of_stretches,
    read_stretch,
    stretches_of,
)
from hitl_desktop.store.second_record import DECISIONS
from hitl_desktop.store.store import Store
from tests.store.conftest import MakeDecision, ReadersHere, fill
from tests.store.test_record import tamper

ITEMS = 12


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, decision: MakeDecision) -> Path:
    """A home, and a project of several sessions: decisions one by one and many at once, with all that lines may say."""
    root = tmp_path_factory.mktemp("made")
    patch = pytest.MonkeyPatch()
    patch.setenv("HITL_DESKTOP_HOME", str(root / "home"))
    store = Store.create(root / "Read.hitl")
    fill(store, ITEMS)
    for turn in range(30):
        note = ("", 'é ]\x1e[ \\ "', "odd \udcff")[turn % 3]
        store.record(decision(turn % ITEMS, label_id=1 + turn % 2, confidence=turn / 7, note=note), current=1)
    store.close()
    store = Store.open(store.folder)
    marks = Evidence((Box(1, 2, 3, 4, label_id=1),), 9, 9)
    store.record(decision(1, evidence=marks, response=Response(reply="better")), current=1)
    store.record(decision(1, Verdict.RETRACTED, retracts=31), current=1)
    store.record(decision(2, label_id=None, findings=(1, 2), predicted_findings=()), current=1)
    store.record_many([decision(i, batch="b") for i in range(ITEMS)], current=0, slot=None)
    store.close()
    patch.undo()
    return root


@pytest.fixture
def folder(made: Path, own_home: Path, tmp_path: Path) -> Path:
    """A copy of that project, at home where it was made."""
    shutil.copytree(made / "home", own_home, dirs_exist_ok=True)
    return shutil.copytree(made / "Read.hitl", tmp_path / "Read.hitl")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_stretches, "STRETCH", 7)


@pytest.fixture
def compared_again(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Grows with each comparison of all decisions with the second record, one by one."""
    asked: list[bool] = []
    slow = record_proof.differences

    def differences(*arguments: Any, **named: Any) -> list[int]:
        asked.append(True)
        return slow(*arguments, **named)

    monkeypatch.setattr(record_proof, "differences", differences)
    return asked


def read(folder: Path, **named: Any) -> tuple[RecordCheck, bool]:
    """What is found, which is what is found in order; and whether the stretches were enough for the events."""
    with closing(Store.reader(folder)) as store:
        in_order = check_record(store, **named)
        readers = ReadersHere()
        assert check_record(store, readers=readers, **named) == in_order
        return in_order, readers.fitted


@pytest.mark.parametrize("close", [65_536, 300])
def test_where_all_is_well_nothing_is_read_twice(
    folder: Path, compared_again: list[bool], monkeypatch: pytest.MonkeyPatch, close: int
) -> None:
    """Also where the place of a line in a long file has to be looked for."""
    monkeypatch.setattr(record_lines, "_CLOSE", close)
    for is_in_use in (False, True):
        check, fitted = read(folder, is_in_use=is_in_use)
        assert (check.is_intact, check.decisions, fitted) == (True, 45, True)
    assert compared_again == [True, True], "in order, and not again after the stretches"
    check, fitted = read(folder, with_second_record=False)
    assert (check.is_intact, fitted) == (True, True)
    assert compared_again == [True, True]


def lines_of(folder: Path) -> list[bytes]:
    return (folder / DECISIONS).read_bytes().splitlines(keepends=True)


def without(lines: list[bytes], *numbers: int) -> list[bytes]:
    return [line for number, line in enumerate(lines, 1) if number not in numbers]


SPOILED: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "nothing": lambda _: [],
    "the first is missing": lambda lines: lines[1:],
    "the last is missing": lambda lines: lines[:-1],
    "one is missing": lambda lines: without(lines, 20),
    "one is there twice": lambda lines: [*lines[:20], *lines[19:]],
    "one more at the end": lambda lines: [*lines, lines[0]],
    "something before the first": lambda lines: [b"x\n", *lines],
    "something between two": lambda lines: [*lines[:11], b"x\n", *lines[11:]],
    "two the other way round": lambda lines: [*lines[:9], lines[10], lines[9], *lines[11:]],
    "the last is torn": lambda lines: [*lines[:-1], lines[-1][:-20]],
}


@pytest.mark.parametrize("spoiled", SPOILED)
@pytest.mark.parametrize("close", [65_536, 300])
def test_a_second_record_that_is_another_one_is_compared_line_by_line(
    folder: Path, compared_again: list[bool], monkeypatch: pytest.MonkeyPatch, spoiled: str, close: int
) -> None:
    monkeypatch.setattr(record_lines, "_CLOSE", close)
    (folder / DECISIONS).write_bytes(b"".join(SPOILED[spoiled](lines_of(folder))))
    check, fitted = read(folder)
    assert fitted, "the events are what they were"
    assert compared_again == [True, True]
    assert not check.is_intact or spoiled in ("something before the first", "something between two")


def test_while_somebody_decides_the_second_record_may_be_longer(folder: Path, compared_again: list[bool]) -> None:
    (folder / DECISIONS).write_bytes(b"".join([*lines_of(folder), lines_of(folder)[-1]]))
    check, fitted = read(folder, is_in_use=True)
    assert (check.is_intact, fitted, compared_again) == (True, True, [True])


def test_a_second_record_that_is_gone_or_cannot_be_read_is_told(folder: Path, compared_again: list[bool]) -> None:
    (folder / DECISIONS).unlink()
    check, fitted = read(folder)
    assert (check.is_intact, fitted, len(compared_again)) == (False, True, 0)


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        ({"label": "a name that no class ever had"}, False),
        ({"predicted": None}, True),
        ({"of a later version": 1}, True),
        ({"note": "another"}, False),
        ({"item": "f" * 64}, False),
        ({"label_id": 2, "label": "dog"}, False),
        ({"seconds": 1e-9}, False),
        ({"label": 7}, False),
    ],
)
def test_a_line_is_compared_by_what_it_says_of_the_decision(
    folder: Path, compared_again: list[bool], change: dict[str, object], is_same: bool
) -> None:
    lines = lines_of(folder)
    for number in (7, 33):
        lines[number - 1] = (json.dumps(json.loads(lines[number - 1]) | change) + "\n").encode("ascii")
    (folder / DECISIONS).write_bytes(b"".join(lines))
    check, fitted = read(folder)
    assert (check.is_intact, fitted) == (is_same, True)


def test_a_project_without_decisions_has_no_second_record_to_compare(
    tmp_path: Path, compared_again: list[bool]
) -> None:
    store = Store.create(tmp_path / "None.hitl")
    fill(store)
    store.close()
    check, fitted = read(store.folder)
    assert (check.is_intact, check.decisions, fitted, compared_again) == (True, 0, True, [True])
    (store.folder / DECISIONS).write_bytes(b"x\n")
    check, fitted = read(store.folder)
    assert len(compared_again) == 3


def test_columns_that_came_later_are_no_reason_to_read_it_again(folder: Path) -> None:
    tamper(folder, "ALTER TABLE decision ADD COLUMN later TEXT NOT NULL DEFAULT 'x'")
    check, fitted = read(folder)
    (fault,) = check.faults  # no version of this program made it
    assert "did not make: decision" in fault.what.english()
    assert fitted


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decision SET note = 'x' WHERE number = 20",
        "DELETE FROM decision WHERE number = 45",
        "UPDATE record_event SET body = replace(body, '\"do\"', '\"Do\"') WHERE number = 9",
        "UPDATE record_event SET hash = zeroblob(32) WHERE number = 14",
        "UPDATE record_anchor SET signature = zeroblob(64)",
        "UPDATE record_anchor SET hash = zeroblob(32)",
        "UPDATE record_anchor SET key = 'text'",
        "DELETE FROM record_event WHERE number = 14",
        "DELETE FROM record_event WHERE number > 40",
    ],
)
def test_what_does_not_fit_is_read_again_in_order(folder: Path, statement: str) -> None:
    tamper(folder, statement)
    check, fitted = read(folder)
    assert not check.is_intact
    assert not fitted or "number > 40" in statement, "that shows where the stretches are put together"


@pytest.fixture
def reads(folder: Path) -> Iterator[tuple[Store, list[StretchRead]]]:
    with closing(Store.reader(folder)) as store:
        ids = RecordIds(((1, "p"),))
        found = [
            read_stretch(store, stretch) for stretch in stretches_of(store._database, ids, with_second_record=True)
        ]
        assert None in found, "the anchors are not of a record that is called p"
        ids = RecordIds(((1, store.fact("record")["id"]),))
        found = [
            read_stretch(store, stretch) for stretch in stretches_of(store._database, ids, with_second_record=True)
        ]
        yield store, [one for one in found if one is not None]


def test_stretches_cover_all_events_once(reads: tuple[Store, list[StretchRead]]) -> None:
    store, found = reads
    last = store.signatures.record_head()[0]
    numbers = [n for one in found for n in range(one.stretch.first, one.stretch.last + 1)]
    assert numbers == list(range(1, last + 1))
    assert {one.stretch.last - one.stretch.first + 1 for one in found[:-1]} == {7}
    assert number_of_stretches(last) == len(found)
    assert [number_of_stretches(events) for events in (0, 1, 7, 8, 14, 15)] == [0, 1, 1, 2, 2, 3]
    joined = JoinedReading(store._database, Faults(), found)
    assert joined.fits()
    assert (joined.last, joined.head.hex(), joined.decisions) == (*store.signatures.record_head(), 45)
    joined.find_hashes([1, last, last + 1])
    assert joined.hashes == {1: joined.hashes[1], last: joined.head}
    anchors = {int(row[0]) for row in store._database.execute_sql("SELECT number FROM record_anchor")}
    assert joined.signed == anchors != set()


def test_stretches_that_do_not_follow_each_other_do_not_fit(reads: tuple[Store, list[StretchRead]]) -> None:
    """As when somebody changed the project while they were read."""
    store, found = reads

    def fits(*others: StretchRead) -> bool:
        return JoinedReading(store._database, Faults(), others).fits()

    place = next(at for at, one in enumerate(found) if "decision" in found[at - 1].told and "decision" in one.told)
    assert not fits(*found[:place])
    assert not fits(*found[1:])
    assert not fits(found[0], *found[2:])
    assert not fits(found[0], replace(found[1], before=bytes(32)), *found[2:])
    later = replace(found[1], stretch=replace(found[1].stretch, first=found[1].stretch.first + 1))
    assert not fits(found[0], later, *found[2:])
    told = found[place].told["decision"]
    for changes in ({"first": told.first - 1}, {"rows": told.rows - 1}, {"rows": told.rows + 1}):
        other = replace(found[place], told={**found[place].told, "decision": replace(told, **changes)})
        assert not fits(*found[:place], other, *found[place + 1 :]), changes
