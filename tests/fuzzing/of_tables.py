"""Tables of texts, the cells in them, folders of pictures."""

import contextlib
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.exchange.image_folder import survey
from hitl_desktop.exchange.label_cells import holds_several, names_in, notes_on_spelling
from hitl_desktop.exchange.row_kinds import kinds_of
from hitl_desktop.exchange.table import read_table, sniff
from hitl_desktop.kinds import KINDS
from hitl_desktop.kinds.stacks import is_picture
from hitl_desktop.workflow.find_images import IMAGE_SUFFIXES
from tests.fuzzing import mutations as odd
from tests.fuzzing.room import Inputs, Room, Seeds, Target, said

_CSVS: Final = (
    b"id,text,label\n1,the parcel is late,ship\n2,where is my card,bill\n3,I cannot sign in,login\n4,refund,bill\n",
    b'id;text;label\r\n1;"a; ""quoted"" text\r\nof two lines";cat\r\n2;second;dog\r\n',
    "﻿text\tlabel\nnaïve café\tä\nüber\tö\n".encode(),
    "id|text|tags\n1|one two three|a; b\n2|four five six|[]\n3|seven eight|b\n".encode("utf-16"),
    b"just a line of text\nand another one\n",
)
_JSONS: Final[tuple[Any, ...]] = (
    [
        {"prompt": "Say hello", "chosen": "Hello!", "rejected": "Go away", "source": "a"},
        {
            "prompt": "Why?",
            "chosen": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}],
            "rejected": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "No."}],
        },
    ],
    [{"prompt": "p", "answers": ["a", "b", "c"], "ranking": [[0], [1, 2]], "ratings": [5, 3, 1]}],
    [{"messages": [{"role": "user", "content": "Hi there"}, {"role": "assistant", "content": "Hello"}], "label": "ok"}],
    [
        {"conversation_id": "c1", "speaker": "Ann", "text": "my card is gone", "time": "10:02", "turn": 1},
        {"conversation_id": "c1", "speaker": "Agent", "text": "which card", "time": "10:03", "turn": 2},
    ],
    [
        {"id": 1, "amount": 12.5, "date": "2026-01-02", "country": "DE", "text": "a payment"},
        {"id": 2, "amount": -3e5, "date": "2026-01-03T10:00", "country": "FR", "text": "another payment"},
    ],
    [{"id": 1, "text": "the parcel is late", "label": "ship"}, {"id": 2, "text": "where is it", "label": None}],
    [{"a": {"b": {"text": "deep words here", "n": 1.50}}, "label": ["x", "y"]}, {"a": {"b": {"text": "more"}}}],
    {"data": [{"text": "not a list of records"}]},
)
KEPT: Final = (
    {"answers": [{"text": "a", "source": "x"}, {"text": "b"}], "prompt": "p"},
    [{"role": "customer", "text": "Hi", "name": "Ann"}, {"role": "agent", "text": "Hello"}],
    {
        "fields": [["number", "amount", 12.5], ["text", "what", "x"], ["date", "on", "2026-01-02T00:00"]],
        "earlier": {"n": 1.0},
    },
)
"""Items of the kinds that are kept as JSON."""


def _read_table(path: Path) -> None:
    guess = sniff(path)
    for kind in kinds_of(guess):
        with contextlib.suppress(KnownError):
            found = read_table(
                path, id_column=None, text_column=guess.text_column, label_column=None, progress=no_progress,
                cancelled=never_cancelled, guess=guess, kind=kind,
            )  # fmt: skip
            said(*found.notes, *(row.why for row in found.unreadable))
            for item in found.items:
                assert item.text is None or KINDS[kind].plain(item.text)
    for several in (False, True):
        contents = read_table(
            path, id_column=guess.id_column, text_column=guess.text_column, label_column=guess.label_column,
            progress=no_progress, cancelled=never_cancelled, guess=guess, several=several,
        )  # fmt: skip
        assert contents.items
        assert len({item.digest for item in contents.items}) == len(contents.items)
        said(*contents.notes, *(row.why for row in contents.unreadable))


def _table(name: str) -> Callable[[bytes, Room, Seeds], None]:
    return lambda data, room, _seeds: _read_table(room.put(name, data))


def _json_tables(_seeds: Seeds) -> Inputs:
    rows = odd.values_like([row for rows in _JSONS[:-1] for row in rows]).map(odd.written)
    lines = st.lists(rows, min_size=1, max_size=6).map(b"\n".join)
    names = st.sampled_from(["t.json", "t.jsonl", "t.ndjson", "t.txt"])
    return st.tuples(names, st.one_of(odd.json_like(_JSONS), lines))


def _packed_tables(_seeds: Seeds) -> Inputs:
    whole = st.one_of(odd.tables(), odd.bytes_like(_CSVS)).map(lambda data: gzip.compress(data, 1, mtime=0))
    return st.one_of(whole, odd.bytes_like([gzip.compress(data, mtime=0) for data in _CSVS]))


def _read_kept(data: bytes, _room: Room, _seeds: Seeds) -> None:
    """An item as it stands in a database: what it says can be listed and searched, whatever it is."""
    text = data.decode("utf-8", "surrogateescape")
    for kind in KINDS.values():
        assert isinstance(kind.plain(text), str)
        assert isinstance(kind.without(text, frozenset({"amount"})), str)


def _read_cells(cells: list[str], _room: Room, _seeds: Seeds) -> None:
    found = [names for cell in cells if (names := names_in(cell)) is not None]
    assert all(name == name.strip() and name for names in found for name in names)
    holds_several(cells)
    said(*notes_on_spelling({name: 1 for names in found for name in names}))


def _as_a_name(some: bytes) -> str:
    return some.replace(b"/", b"_").replace(b"\0", b"_").decode("utf-8", "surrogateescape")


def _names(_seeds: Seeds) -> Inputs:
    part = st.one_of(
        st.text(st.characters(codec=None, exclude_categories=(), exclude_characters="/\0"), min_size=1, max_size=30),
        st.binary(min_size=1, max_size=30).map(_as_a_name),
        st.sampled_from(["cat", "dog", "‮gnp.exe", "a\nb", " ", "...", "x" * 200, "-rf", "%s", "con"]),
    )  # fmt: skip
    ending = st.sampled_from(["", ".png", ".PNG", ".jpg", ".dcm", ".hitl", ".png/", "\n.png"])
    return st.lists(st.tuples(st.lists(part, min_size=1, max_size=3), ending), min_size=1, max_size=8)


def _folder(given: list[tuple[list[str], str]], room: Room, _seeds: Seeds) -> None:
    for parts, ending in given:
        path = room.given.joinpath(*parts[:-1], parts[-1] + ending.rstrip("/"))
        with contextlib.suppress(OSError, ValueError, UnicodeError):
            if ".." in path.parts:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.mkdir() if ending.endswith("/") else path.write_bytes(b"x")
    found = survey(room.given, IMAGE_SUFFIXES, no_progress, never_cancelled, is_picture)
    for file in found.files:
        assert (room.given / file.path).is_file()
        found.class_of(file.path)
    said(*(other.why for other in (*found.others, *found.unreadable)))
    notes_on_spelling(dict.fromkeys(found.class_names, 1))


ROWS: Final[dict[str, Target]] = {
    "table": Target(lambda _: st.one_of(odd.tables(), odd.bytes_like(_CSVS)), _table("t.csv")),
    "table json": Target(_json_tables, lambda given, room, _: _read_table(room.put(*given))),
    "table gzip": Target(_packed_tables, _table("t.csv.gz")),
    "label cells": Target(
        lambda _: st.lists(st.one_of(odd.texts, odd.values_like(_JSONS).map(json.dumps)), max_size=9), _read_cells
    ),
    "kept items": Target(lambda _: odd.json_like(KEPT), _read_kept, ()),
    "image folder": Target(_names, _folder),
}
