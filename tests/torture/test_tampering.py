"""Whatever is changed afterwards by somebody without the key is found."""

import shutil
import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.policy import RoutingPolicy
from hitl_desktop.domain.record_events import Happening, RecordCheck
from hitl_desktop.store import record_stretches
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.store.policies import PolicyVersion
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.store import DATABASE, Store
from tests.on_record import guard_again
from tests.store.conftest import ReadersHere, fill
from tests.torture.sizes import size
from tests.torture.tampering import WAYS, unguarded
from tests.torture.writer import event

TAMPERINGS = size("TAMPERINGS", 300)
FILES = (DATABASE, "decisions.jsonl", "anchors.jsonl")


def worked(folder: Path) -> Store:
    """A project with something of many sorts, in two sessions."""
    store = Store.create(folder)
    fill(store, 12)
    with store.transaction():
        store.set_fact("threshold", 0.9)
        store.models.add(ModelVersion(1, "trained", "m", "now", 3, 3))
        store.models.activate(1, "now", "ann")
    for turn in range(8):
        store.record(replace(event(turn, 1 + turn % 2), confidence=0.1 + turn / 7, seconds=1.5), current=1)
    store.close()
    store = Store.open(folder)
    store.record(replace(event(3, 1), verdict=Verdict.RETRACTED, label_id=None, retracts=4), current=1)
    store.record_many([event(i, 2, "batch") for i in range(8, 12)], current=0, slot=None)
    with store.transaction():
        store.policies.append(PolicyVersion(RoutingPolicy(()), "now", "ann"))
    store.note(Happening.EXPORTED, format="csv")
    store.close()
    return store


def looked_through(database: Path) -> RecordCheck:
    """In order, and in stretches as `verify` shares a large one among processes: both find the same."""
    with closing(Store.reader_of(database)) as reader:
        check = check_record(reader)
        assert check == check_record(reader, readers=ReadersHere())
        return check


def test_tampering_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_stretches, "STRETCH", 7)
    store = worked(tmp_path / "Kept.hitl")
    first = looked_through(store.folder / DATABASE)
    assert (first.is_intact, first.unvouched, first.notes) == (True, 0, ())
    folder = tmp_path / "Kept.hitl"
    kept = {name: (folder / name).read_bytes() for name in FILES}
    chance = np.random.default_rng(11)
    found, began = Counter[str](), time.monotonic()
    while found.total() < TAMPERINGS:
        way = list(WAYS)[found.total() % len(WAYS)]
        with closing(unguarded(folder / DATABASE)) as raw:
            try:
                done = WAYS[way](raw, folder, chance)
                guard_again(raw)
                raw.execute("COMMIT")
            except sqlite3.IntegrityError:  # a rule of the schema stood in the way
                done = ""
        if done:
            check = looked_through(folder / DATABASE)
            assert not check.is_intact or check.unvouched, done
            assert check.unvouched == 0 or not check.is_intact or "an event of its own" in done, done
            found[way] += 1
        for name, content in kept.items():
            (folder / name).write_bytes(content)
        for end in ("-wal", "-shm"):
            (folder / f"{DATABASE}{end}").unlink(missing_ok=True)
    assert set(found) == set(WAYS)
    print(f"\n{found.total():,} tamperings, all found ({dict(found)}), {time.monotonic() - began:.0f} s")


def test_who_has_the_key_can_do_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: tamper-evident, not tamper-proof. Where nothing lies outside, a record written anew looks intact."""
    store = worked(tmp_path / "Kept.hitl")
    with closing(unguarded(store.folder / DATABASE)) as raw:
        WAYS["rewrite"](raw, store.folder, np.random.default_rng(3))
        guard_again(raw)
        raw.execute("COMMIT")
    assert not looked_through(store.folder / DATABASE).is_intact
    elsewhere = tmp_path / "Elsewhere"
    shutil.copytree(store.folder, elsewhere)
    monkeypatch.setenv("HITL_DESKTOP_HOME", str(tmp_path / "another computer"))
    check = looked_through(elsewhere / DATABASE)
    assert check.is_intact
    assert check.notes, "it says that nobody known here vouches for it"
