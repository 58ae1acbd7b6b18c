"""Signatures are numbered without a gap, come back word for word, and cannot be changed."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from hitl_desktop.store.signatures import SignatureRow
from hitl_desktop.store.store import DATABASE, Store
from tests.store.conftest import MakeDecision

ROW = SignatureRow("e1", "2026-01-02T03:04:05+00:00", "r-1", '{"name":"Ann \\u0141\\udce9"}', "ab" * 32, "cd" * 64)


def test_signatures_come_back_as_they_were_made(store: Store) -> None:
    with store.transaction():
        assert store.signatures.append(ROW) == 1
        assert store.signatures.append(replace(ROW, event_id="e2", body="l\udce9ger")) == 2
    assert store.signatures.all() == [
        replace(ROW, number=1),
        replace(ROW, event_id="e2", body="l\udce9ger", number=2),
    ]
    with closing(sqlite3.connect(store.folder / DATABASE)) as raw:
        for change in ("DELETE FROM signature", "UPDATE signature SET body = ''"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(change)


def test_a_signature_names_the_head_of_the_record(store: Store, decision: MakeDecision) -> None:
    store.record(decision(0), current=None)
    number, head = store.record_head()
    assert store.signatures.record_head() == (number, head.hex() if isinstance(head, bytes) else head)
    assert number > 0
