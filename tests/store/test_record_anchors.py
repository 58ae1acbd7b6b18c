"""Anchors: which record an event belonged to, the files that they lie in, and whether they were made elsewhere."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hitl_desktop import paths
from hitl_desktop.store import record_anchors
from hitl_desktop.store.record_anchors import (
    ANCHORS,
    Anchor,
    Anchors,
    RecordIds,
    is_signed,
    other_records_of,
    outside_file,
    own_key,
    read_anchors,
)

AT = "2026-01-02T03:04:05+00:00"


def test_a_record_has_the_id_that_it_had_at_an_event() -> None:
    ids = RecordIds(((1, "first"), (5, "second"), (9, "third")))
    assert [ids.at(number) for number in (0, 1, 4, 5, 8, 9, 99)] == [
        "", "first", "first", "second", "second", "third", "third",
    ]  # fmt: skip
    assert ids.all() == {"first", "second", "third"}


def made(folder: Path, number: int, project: str = "p1") -> Anchor:
    anchor = Anchors(folder).made(project, number, bytes([number]) * 32, AT)
    assert anchor is not None
    return anchor


def test_an_anchor_is_what_was_signed_and_nothing_else(tmp_path: Path) -> None:
    anchors = Anchors(tmp_path)
    anchors.get_ready()
    anchor = anchors.made("p1", 7, b"\x07" * 32, AT)
    assert anchor == made(tmp_path, 7), "signed by the same key again"
    assert anchor is not None
    assert (anchor.project, anchor.number, anchor.hash, anchor.at_utc) == ("p1", 7, b"\x07" * 32, AT)
    assert anchor.key == own_key()
    assert is_signed(anchor)
    for changes in ({"project": "p2"}, {"number": 8}, {"hash": b"\x08" * 32}, {"at_utc": "now"}, {"key": b"\x01" * 32}):
        assert not is_signed(Anchor(**{**{name: getattr(anchor, name) for name in Anchor.__slots__}, **changes}))  # type: ignore[arg-type]


def test_anchors_lie_beside_the_project_and_outside_with_where_it_was(tmp_path: Path) -> None:
    Anchors(tmp_path).keep_outside([made(tmp_path, 1), made(tmp_path, 2)])
    Anchors(tmp_path).keep_outside([made(tmp_path, 3)])
    beside, outside = tmp_path / ANCHORS, outside_file("p1")
    assert [anchor.number for anchor in read_anchors(beside)[0]] == [1, 2, 3]
    assert read_anchors(beside) == read_anchors(outside)
    assert "place" not in json.loads(beside.read_text("ascii").splitlines()[0])
    assert {len(json.loads(line)["place"]) for line in outside.read_text("ascii").splitlines()} == {16}


def test_a_project_that_is_gone_does_not_come_back_as_a_folder(
    tmp_path: Path, expected_log: Callable[[str], None]
) -> None:
    expected_log("An anchor could not be written: FileNotFoundError")
    gone = tmp_path / "Gone.hitl"
    Anchors(gone).keep_outside([made(gone, 1)])
    assert not gone.exists()
    assert [anchor.number for anchor in read_anchors(outside_file("p1"))[0]] == [1], "what lies outside is kept"


@pytest.mark.parametrize("longest", [65_536, 700, 40])
def test_a_line_that_was_torn_is_cut_off_before_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, longest: int
) -> None:
    """However long the file is; of a torn piece that is longer than any line, what can be seen of it."""
    monkeypatch.setattr(record_anchors, "_LONGEST", longest)
    for number in range(1, 9):
        Anchors(tmp_path).keep_outside([made(tmp_path, number)])
        with (tmp_path / ANCHORS).open("ab") as file:
            file.write(b'{"torn": "' + b"x" * 20)
    Anchors(tmp_path).keep_outside([made(tmp_path, 9)])
    assert (tmp_path / ANCHORS).read_bytes().count(b"torn") == 0
    assert [anchor.number for anchor in read_anchors(tmp_path / ANCHORS)[0]] == list(range(1, 10))
    assert read_anchors(tmp_path / ANCHORS)[1] == 0


def test_a_file_that_was_torn_in_its_first_line_begins_anew(tmp_path: Path) -> None:
    (tmp_path / ANCHORS).write_bytes(b'{"torn": "')
    Anchors(tmp_path).keep_outside([made(tmp_path, 1)])
    assert read_anchors(tmp_path / ANCHORS) == ([made(tmp_path, 1)], 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "x"}, {"number": None}, {"hash": "no hex"}, {"key": 7}, {"signature": None}, {"project": ...},
        {"at": ...},
    ],
)  # fmt: skip
def test_a_line_that_is_no_anchor_is_counted(tmp_path: Path, changes: dict[str, object]) -> None:
    plain = made(tmp_path, 1).plain()
    wrong = {name: value for name, value in (plain | changes).items() if value is not ...}
    lines = [json.dumps(plain), json.dumps(wrong), "[1]", json.dumps(plain), '{"torn']
    (tmp_path / ANCHORS).write_text("\n".join(lines), "ascii")
    found, others = read_anchors(tmp_path / ANCHORS)
    assert (len(found), others) == (2, 2)


def test_a_copy_is_elsewhere_and_a_folder_that_was_renamed_is_not(tmp_path: Path) -> None:
    here = tmp_path / "Here.hitl"
    here.mkdir()
    assert not Anchors(here).are_elsewhere("p1"), "there is none"
    Anchors(here).keep_outside([made(here, 1)])
    assert not Anchors(here).are_elsewhere("p1")
    copy = tmp_path / "Copy.hitl"
    copy.mkdir()
    assert Anchors(copy).are_elsewhere("p1")
    renamed = here.rename(tmp_path / "Renamed.hitl")
    assert not Anchors(renamed).are_elsewhere("p1"), "the system still knows it by its number"
    here.mkdir()
    assert not Anchors(here).are_elsewhere("p1"), "put back from elsewhere, at the place where it was"
    assert Anchors(tmp_path / "nowhere").are_elsewhere("p1")
    outside_file("p1").write_text('{"place": "x"}\n', "ascii")
    assert not Anchors(copy).are_elsewhere("p1"), "it does not say"


def test_other_records_of_a_folder_are_counted(tmp_path: Path) -> None:
    first, second, third, fourth = (digit * 32 for digit in "1234")
    assert other_records_of(tmp_path, ()) == 0
    for project in (first, second, third):
        Anchors(tmp_path).keep_outside([made(tmp_path, 1, project)])
    other = tmp_path / "other"
    other.mkdir()
    Anchors(other).keep_outside([made(other, 1, fourth)])
    assert other_records_of(tmp_path, {first}) == 2
    assert other_records_of(tmp_path, {first, second, third}) == 0
    assert other_records_of(other, ()) == 1


def test_anchors_of_an_earlier_record_are_set_aside(tmp_path: Path) -> None:
    Anchors(tmp_path).set_aside()
    (tmp_path / ANCHORS).write_text("earlier", "ascii")
    Anchors(tmp_path).set_aside()
    assert not (tmp_path / ANCHORS).exists()
    (kept,) = tmp_path.glob("anchors-set-aside-*.jsonl")
    assert kept.read_text("ascii") == "earlier"


def test_the_key_is_whole_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    monkeypatch.setattr(record_anchors.os, "fsync", lambda file: synced.append(Path(f"/dev/fd/{file}").read_bytes()))
    folder = paths.user_data() / "records"
    folder.mkdir(parents=True)
    left = folder / f".record-key.{record_anchors.os.getpid()}"
    left.write_text("of one that broke off")
    key = made(tmp_path, 1).key
    assert (folder / "record-key").read_text("ascii") == synced[0].decode("ascii")
    assert len(synced[0]) == 64
    assert not left.exists()
    assert own_key() == key


def test_what_is_needed_to_sign_is_read_once_and_ahead_of_the_first_anchor(tmp_path: Path) -> None:
    """Nobody who decides waits for a disk then, and a key that went meanwhile costs no anchor."""
    made(tmp_path, 1)
    key = own_key()
    ready, not_ready = Anchors(tmp_path), Anchors(tmp_path)
    ready.get_ready()
    ready.get_ready()
    (paths.user_data() / "records" / "record-key").unlink()
    anchor = ready.made("p1", 2, bytes(32), AT)
    assert anchor is not None
    assert anchor.key == key
    assert is_signed(anchor)
    another = not_ready.made("p1", 2, bytes(32), AT)
    assert another is not None
    assert another.key != key, "it was not, and made a new one"


@pytest.mark.parametrize("content", [b"", b"12", b"\xff\xfe", b"zz" * 32, b"00" * 33])
def test_a_damaged_key_is_set_aside_and_another_one_signs(
    tmp_path: Path, own_home: Path, content: bytes, expected_log: Callable[[str], None]
) -> None:
    """Else no record of this user would ever be anchored again, and nobody would be told."""
    expected_log("The key that signs records was damaged")
    assert Anchors(tmp_path).made("0" * 32, 1, bytes(32), "now") is not None
    first, keys = own_key(), own_home / "data" / "records"
    (keys / "record-key").write_bytes(content)
    assert own_key() is None
    anchor = Anchors(tmp_path).made("0" * 32, 2, bytes(32), "now")
    assert anchor is not None
    assert is_signed(anchor)
    assert own_key() == anchor.key != first
    assert [file.read_bytes() for file in keys.glob("record-key.broken-*")] == [content]


def test_a_file_that_is_larger_than_anchors_ever_are_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ANCHORS
    file.write_text("0" * 2000 + "\n", "ascii")
    assert read_anchors(file) == ([], 1)
    monkeypatch.setattr(record_anchors, "_MOST_BYTES", 1000)
    with pytest.raises(OSError, match="too large"):
        read_anchors(file)
