"""Decisions and their lines in the second record: known as the same by their text, or else by what they say.

Whatever is taken for the same here is not looked at again, so nothing may be that a rebuilt project would read
otherwise. The other way round costs time alone.
"""

import io
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitl_desktop.domain.class_changes import ClassAction, ClassOperation
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.responses import Response
from hitl_desktop.store import record_lines
from hitl_desktop.store.decision_texts import DecisionTexts
from hitl_desktop.store.rebuilding import differences
from hitl_desktop.store.record_beside import unreadable_lines
from hitl_desktop.store.record_lines import Lines, _place_of
from hitl_desktop.store.second_record import DECISIONS
from hitl_desktop.store.store import Store
from tests.store.conftest import MakeDecision, fill

BROKEN = 'cat "2" \\ é ]\x1e[ \ufffd'
"""The name of a class that takes every sort of escape, with the sign for what could not be read."""
CASES: list[dict[str, Any]] = [
    {},
    {"label_id": 2, "predicted_id": 1, "confidence": 0.1 + 0.2, "probability": 1 / 3},
    {"note": 'é ]\x1e[ \\ " \t', "seconds": 1e-7},
    {"note": "odd \udcff and \ufffd"},
    {"verdict": Verdict.SKIPPED, "label_id": None},
    {"verdict": Verdict.RETRACTED, "label_id": None},
    {"response": Response(reply="better")},
    {"label_id": None, "findings": (1, 2), "predicted_findings": ()},
]
RENAMED = ClassOperation(0, "renamed", "2026-01-01T00:00:00Z", "ann", ClassAction.RENAMED, 1, "cat", BROKEN)
ITEMS = 12
RENAMED_AFTER = 15
DECISIONS_MADE = 25


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, decision: MakeDecision) -> Path:
    """A project whose first class got another name on the way, with decisions of every sort."""
    root = tmp_path_factory.mktemp("made")
    patch = pytest.MonkeyPatch()
    patch.setenv("HITL_DESKTOP_HOME", str(root / "home"))
    with closing(Store.create(root / "Lines.hitl")) as store:
        fill(store, ITEMS)
        for turn in range(DECISIONS_MADE):
            if turn == RENAMED_AFTER:
                with store.transaction():
                    cat = store.labels()[0]
                    store.classes.change(replace(cat, name=BROKEN))
                    store.classes.append(RENAMED)
            values = CASES[turn % len(CASES)]
            before = turn if values.get("verdict") is Verdict.RETRACTED else None
            store.record(decision(turn % ITEMS, event_id=f"e{turn}", retracts=before, **values), current=1)
    patch.undo()
    return store.folder


@pytest.fixture(scope="module")
def open_store(made: Path) -> Iterator[Store]:
    with closing(Store.reader(made)) as store:
        yield store


@pytest.fixture(scope="module")
def written(made: Path) -> list[bytes]:
    return (made / DECISIONS).read_bytes().splitlines(keepends=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test writes the lines that it has."""
    return tmp_path / DECISIONS


def compared(store: Store, file: Path, since: int = 1, at_once: int = 1000) -> Lines:
    """The lines after all decisions from a number on were compared with them, so many at a time."""
    numbers, _, heads, classes = DecisionTexts(store._database, since).next()
    with closing(Lines(store, file)) as lines:
        for start in range(0, len(numbers), at_once):
            here = slice(start, start + at_once)
            lines.compare(numbers[here], heads[here], classes[here])
    return lines


def is_same(store: Store, file: Path, lines: list[bytes]) -> bool:
    """Whether a file of these lines is the same as the decisions are, from its first byte to its last."""
    file.write_bytes(b"".join(lines))
    found = compared(store, file)
    return found.fit and found.place == (0, file.stat().st_size)


def said(line: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line)
    return found


def as_line(values: dict[str, Any], **how: Any) -> bytes:
    return (json.dumps(values, **how) + "\n").encode("utf-8")


@pytest.mark.parametrize("at_once", [1, 2, 7, 1000])
def test_lines_as_they_were_written_fit_however_many_are_compared_at_once(
    open_store: Store, file: Path, written: list[bytes], at_once: int
) -> None:
    file.write_bytes(b"".join(written))
    lines = compared(open_store, file, at_once=at_once)
    assert (lines.fit, lines.place) == (True, (0, file.stat().st_size))


@pytest.mark.parametrize("close", [1, 300, 65_536])
def test_a_stretch_begins_at_the_line_of_its_first_decision(
    open_store: Store, file: Path, written: list[bytes], close: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_lines, "_CLOSE", close)
    file.write_bytes(b"".join(written))
    for since in range(1, DECISIONS_MADE + 1):
        lines = compared(open_store, file, since)
        assert (lines.fit, lines.place) == (True, (len(b"".join(written[: since - 1])), file.stat().st_size)), since


def test_where_nothing_was_compared_there_is_no_place(open_store: Store, file: Path) -> None:
    lines = Lines(open_store, file)
    lines.close()
    assert (lines.fit, lines.place) == (True, None), "no file is asked for without a decision"


def test_the_file_is_let_go(open_store: Store, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On some systems nobody could take it away as long as it is open."""
    opened: list[Any] = []
    really = io.TextIOWrapper

    def wrapper(*arguments: Any, **named: Any) -> io.TextIOWrapper:
        opened.append(really(*arguments, **named))
        return opened[-1]  # type: ignore[no-any-return]

    monkeypatch.setattr(record_lines.io, "TextIOWrapper", wrapper)
    lines = compared(open_store, made / DECISIONS, at_once=3)
    assert [file.closed for file in opened] == [True], "opened once for all of them"
    assert lines.place == (0, (made / DECISIONS).stat().st_size)


def test_a_file_that_is_gone_or_is_none_does_not_fit(open_store: Store, file: Path) -> None:
    for _ in range(2):
        lines = compared(open_store, file)
        assert (lines.fit, lines.place) == (False, None)
        file.mkdir(exist_ok=True)


SPOILED: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "nothing": lambda _: [],
    "the first is missing": lambda lines: lines[1:],
    "the last is missing": lambda lines: lines[:-1],
    "a gap": lambda lines: [*lines[:9], *lines[10:]],
    "one twice": lambda lines: [*lines[:10], lines[9], *lines[10:]],
    "one in place of another": lambda lines: [*lines[:9], lines[8], *lines[10:]],
    "two the other way round": lambda lines: [*lines[:8], lines[9], lines[8], *lines[10:]],
    "the last is torn": lambda lines: [*lines[:-1], lines[-1][:-30]],
    "one is torn in the midst": lambda lines: [*lines[:9], lines[9][:40], *lines[10:]],
    "one is cut at its front": lambda lines: [*lines[:9], lines[9][5:], *lines[10:]],
    "an empty line": lambda lines: [*lines[:9], b"\n", *lines[9:]],
    "something before": lambda lines: [b"x\n", *lines],
    "something after": lambda lines: [*lines, b"x"],
    "one more": lambda lines: [*lines, lines[-1]],
    "zeros, as after a power cut": lambda lines: [*lines[:-1], b"\0" * len(lines[-1])],
    "a mark of Unicode before": lambda lines: [b"\xef\xbb\xbf", *lines],
    "in 16 bits": lambda lines: [b"".join(lines).decode("ascii").encode("utf-16")],
    "all in one line": lambda lines: [line.rstrip(b"\n") for line in lines],
    "a list": lambda lines: [*lines[:9], b"[" + lines[9].strip() + b"]\n", *lines[10:]],
    "no end of lists": lambda lines: [*lines[:9], b"[" * 100_000 + b"\n", *lines[10:]],
    "text that ends too soon": lambda lines: [*lines[:9], lines[9].replace(b'"item": "', b'"item": "\n'), *lines[10:]],
    "a sign that JSON has not": lambda lines: [*lines[:9], lines[9].replace(b"dog", b"d\tg"), *lines[10:]],
    "an escape that JSON has not": lambda lines: [*lines[:9], lines[9].replace(b"dog", b"d\\xg"), *lines[10:]],
}


@pytest.mark.parametrize("close", [300, 65_536])
@pytest.mark.parametrize("spoiled", SPOILED)
def test_a_file_with_other_lines_is_not_the_same(
    open_store: Store, file: Path, written: list[bytes], spoiled: str, close: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_lines, "_CLOSE", close)
    assert b"".join(SPOILED[spoiled](written)) != b"".join(written)
    assert not is_same(open_store, file, SPOILED[spoiled](written))


def test_once_one_was_another_all_is(open_store: Store, file: Path, written: list[bytes]) -> None:
    """A stretch in which one does not fit has to be looked through again, whatever comes after it."""
    file.write_bytes(b"".join([written[0], b"{}\n", *written[2:]]))
    for at_once in (1, 2, 5):
        assert not compared(open_store, file, at_once=at_once).fit


NUMBERS = ["0", "-10", "10.0", "1e1", '"10"', "null", "true", "[10]", "010", "11", "9" * 17, "9" * 18, "9" * 19,
           "9" * 400, "NaN", "Infinity", "1_0", "٣", ""]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("at", [1, 10, DECISIONS_MADE])
def test_a_line_of_an_odd_number_is_another_one(
    open_store: Store, file: Path, written: list[bytes], number: str, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_lines, "_CLOSE", 300)
    line = written[at - 1].replace(f'"number": {at},'.encode(), f'"number": {number},'.encode())
    assert line != written[at - 1]
    assert not is_same(open_store, file, [*written[: at - 1], line, *written[at:]])
    for since in range(1, DECISIONS_MADE + 1):
        assert compared(open_store, file, since).fit in ((False,) if since <= at else (False, True)), since


@pytest.mark.parametrize("number", [3, 7, 8, 16, 25])
def test_a_line_that_says_the_same_in_another_way_is_the_same(
    open_store: Store, file: Path, written: list[bytes], number: int
) -> None:
    """Somebody may have put it through another program; and a later version may say more."""
    values = said(written[number - 1])
    number_first = {"number": values.pop("number")}
    for line in (
        as_line(number_first | values, indent=None, separators=(",", ":")),
        as_line(number_first | dict(reversed(values.items()))),
        as_line(number_first | values | {"of a later version": [1, {}]}),
        written[number - 1].replace(b"\n", b" \r\n"),
        written[number - 1].replace(b'"event_id"', b'"event_\\u0069d"'),
        as_line(values | number_first),
    ):
        assert line != written[number - 1]
        assert is_same(open_store, file, [*written[: number - 1], line, *written[number:]]), line


@pytest.mark.parametrize(
    ("number", "change"),
    [
        (2, {"label_id": 1, "label": "cat"}),
        (2, {"label": "cat"}),
        (2, {"label": "a name that it never had"}),
        (2, {"label": 7}),
        (2, {"label": None}),
        (2, {"predicted": None}),
        (2, {"predicted": "dog"}),
        (2, {"confidence": 0.3}),
        (3, {"note": "another"}),
        (3, {"seconds": 0.0}),
        (5, {"label": "cat"}),
        (5, {"verdict": "unsure"}),
        (6, {"retracts": 4}),
        (7, {"response": {"reply": "worse"}}),
        (7, {"response": None}),
        (8, {"findings_ids": [1]}),
        (8, {"findings": ["cat", "cat"]}),
        (8, {"findings": "cat"}),
        (8, {"findings_ids": 1}),
        (8, {"predicted_findings_ids": None}),
        (1, {"item": "f" * 64}),
        (1, {"item": f"{1:064x}"}),
        (1, {"item": None}),
        (1, {"event_id": "e1"}),
        (1, {"at_utc": 0}),
        (1, {"number": 2}),
    ],
)
def test_a_line_that_says_something_else_is_another_one(
    open_store: Store, file: Path, written: list[bytes], number: int, change: dict[str, Any]
) -> None:
    values = said(written[number - 1])
    assert all(values[name] != value for name, value in change.items())
    line = as_line(values | change)
    assert not is_same(open_store, file, [*written[: number - 1], line, *written[number:]])


@pytest.mark.parametrize("number", [1, 9, 17, 25])
@pytest.mark.parametrize(("name", "is_told"), [("cat", True), (BROKEN, True), ("dog", False), ("Cat", False)])
def test_a_class_may_be_called_as_it_ever_was(
    open_store: Store, file: Path, written: list[bytes], number: int, name: str, is_told: bool
) -> None:
    line = as_line(said(written[number - 1]) | {"label": name})
    assert is_same(open_store, file, [*written[: number - 1], line, *written[number:]]) is is_told


@pytest.mark.parametrize(("sign", "raw"), [("\ufffd", b"\xff"), ("\u00e9", b"\xe9"), ("\u00e9", "\u00e9".encode())])
def test_bytes_that_are_no_ascii_are_no_text_of_ours(
    open_store: Store, file: Path, written: list[bytes], sign: str, raw: bytes
) -> None:
    """Not even where the decision has the very sign that such a byte is shown as: nobody could read the line later."""
    escaped = json.dumps(sign)[1:-1].encode("ascii")
    numbers = [number for number, line in enumerate(written, 1) if escaped in line]
    assert len(numbers) > 3
    for number in numbers:
        line = written[number - 1].replace(escaped, raw)
        lines = [*written[: number - 1], line, *written[number:]]
        assert not is_same(open_store, file, lines), number
        assert compared(open_store, file).place == (0, file.stat().st_size), "a place is told in bytes"


@pytest.mark.parametrize("most", [0, 1, 10_000])
def test_that_few_names_are_kept_in_memory_changes_nothing(
    open_store: Store, file: Path, written: list[bytes], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_lines, "_KNOWN_AT_MOST", most)
    assert is_same(open_store, file, written)
    assert not is_same(open_store, file, [*written[:-1], written[-1].replace(b'"label": "', b'"label": "x')])


def test_names_are_looked_up_once_for_all_lines_that_end_alike(
    tmp_path: Path, decision: MakeDecision, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a million decisions nearly all end in one of a few ways."""
    asked: list[object] = []
    really = record_lines.names_fit
    monkeypatch.setattr(record_lines, "names_fit", lambda *said: asked.append(said) or really(*said))
    with closing(Store.create(tmp_path / "Alike.hitl")) as store:
        fill(store, ITEMS)
        for turn in range(40):
            store.record(decision(turn % ITEMS, label_id=1 + turn % 2), current=1)
        lines = compared(store, store.folder / DECISIONS, at_once=5)
    assert (lines.fit, len(asked)) == (True, 2)


@given(
    sizes=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 400)), max_size=40),
    close=st.sampled_from([1, 64, 300, 65_536]),
    wanted=st.integers(0, 130),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_line_is_found_in_a_file_with_gaps_and_long_lines(
    monkeypatch: pytest.MonkeyPatch, sizes: list[tuple[int, int]], close: int, wanted: int
) -> None:
    """The place of the first line with that number or a higher one."""
    monkeypatch.setattr(record_lines, "_CLOSE", close)
    place, number, expected, lines = 0, 0, None, []
    for step, size in sizes:
        number += step
        lines.append(b'{"number": %d, "note": "%s"}\n' % (number, b"x" * size))
        if expected is None and number >= wanted:
            expected = place
        place += len(lines[-1])
    assert _place_of(io.BytesIO(b"".join(lines)), wanted) == (place if expected is None else expected)


@given(st.binary(max_size=2000), st.sampled_from([1, 300]), st.integers(0, 10**18))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_a_file_of_anything_a_place_is_at_the_beginning_of_a_line(
    monkeypatch: pytest.MonkeyPatch, data: bytes, close: int, wanted: int
) -> None:
    monkeypatch.setattr(record_lines, "_CLOSE", close)
    place = _place_of(io.BytesIO(data), wanted)
    assert place in (0, len(data)) or data[place - 1 : place] == b"\n"


CHANGES = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 12), st.binary(max_size=12) | st.sampled_from(
        [b"\n", b'"', b"\\", b"\\u00e9", b"\xff", b"null", b"1", b'"cat"', b'", "label": "dog"', b" ", b"\r\n", b"}\n"]
    )),
    min_size=1, max_size=2,
)  # fmt: skip


@given(CHANGES, st.sampled_from([1, 4, 1000]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_taken_for_the_same_is_what_a_rebuilt_project_would_read(
    made: Path, tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int, bytes]], at_once: int
) -> None:
    data = (made / DECISIONS).read_bytes()
    for at, length, new in changes:
        at %= len(data)
        data = data[:at] + new + data[at + length :]
    folder = tmp_path_factory.mktemp("changed") / "Lines.hitl"
    shutil.copytree(made, folder)
    (folder / DECISIONS).write_bytes(data)
    with closing(Store.reader(folder)) as store:
        lines = compared(store, folder / DECISIONS, at_once=at_once)
        if lines.fit and lines.place == (0, len(data)):
            assert differences(store) == []
            assert unreadable_lines(folder / DECISIONS) == 0
    shutil.rmtree(folder)
