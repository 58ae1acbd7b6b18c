"""What another program did with a project that is open: left beside it, and put on record by the one that writes."""

import json
import os
from contextlib import closing
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import DiskTrouble
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.store.notes_beside import leave_note, take_notes
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.store import Store
from tests.on_record import events

FILES = ("record-notes.jsonl", "record-notes.taking.jsonl")


def noted(folder: Path) -> list[dict[str, object]]:
    return [event for event in events(folder) if event.get("via") == "beside"]


def left(folder: Path) -> list[str]:
    return [name for name in FILES if (folder / name).exists()]


def test_who_has_it_open_puts_it_on_record_when_it_is_closed(store: Store) -> None:
    leave_note(store.folder, Happening.PACKED, {"with_data": True})
    leave_note(store.folder, Happening.COPIED, {"files": 3})
    store.close()
    assert [(e["do"], e.get("with_data"), e.get("files")) for e in noted(store.folder)] == [
        ("packed", True, None), ("copied", None, 3),
    ]  # fmt: skip
    assert left(store.folder) == []
    with closing(Store.reader(store.folder)) as reader:
        assert check_record(reader).is_intact


def test_whoever_opens_it_next_does_where_the_program_was_killed(closed: Path) -> None:
    leave_note(closed, Happening.BACKED_UP, {"file": "b"})
    (closed / FILES[0]).rename(closed / FILES[1])  # killed while it was taking them
    leave_note(closed, Happening.PACKED, {})
    Store.open(closed).close()
    Store.open(closed).close()
    assert [event["do"] for event in noted(closed)] == ["backed_up", "packed"]
    assert left(closed) == []


def test_what_anybody_may_have_written_there_is_no_order(closed: Path) -> None:
    lines = [
        {"do": "restored", "at": "now", "facts": {}},
        {"do": "packed", "at": "now", "facts": {"format": [1]}},
        {"do": "packed", "at": "now", "facts": {"items": 1e300}},
        {"do": "packed", "at": "now"},
        {"do": "nothing", "at": "now", "facts": {}},
        [],
        {"do": "exported", "at": "x" * 9999, "facts": {"n": 1, "do": "restored", "format": "y" * 9999}},
    ]
    content = b"\xff{\n" + "".join(json.dumps(line) + "\n" for line in lines).encode("ascii") + b"[" * 5000
    (closed / FILES[0]).write_bytes(content)
    Store.open(closed).close()
    (event,) = noted(closed)
    assert (event["do"], len(str(event["format"])), len(str(event["told_at"]))) == ("exported", 200, 200)
    with closing(Store.reader(closed)) as reader:
        assert check_record(reader).is_intact
    os.mkfifo(closed / FILES[0])
    Store.open(closed).close()  # a pipe is not waited for
    assert left(closed) == []


def test_where_the_disk_refuses_it_waits_for_the_next_time(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_note(closed, Happening.PACKED, {})
    with closing(Store.open(closed)) as store:
        leave_note(closed, Happening.COPIED, {})
        with monkeypatch.context() as patch:
            patch.setattr(Store, "note", lambda *_, **__: (_ for _ in ()).throw(DiskTrouble("full")))
            take_notes(store)
        assert left(closed) == [FILES[1]]
    assert [event["do"] for event in noted(closed)] == ["packed", "copied"]
