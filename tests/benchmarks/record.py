"""The record: what a decision pays for being on it, alone and in a step of many; looking through a million events."""

import json
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from hitl_desktop.domain.record_events import BETWEEN_ANCHORS, canonical, chained
from hitl_desktop.store.record import Recorder
from hitl_desktop.store.record_anchors import ANCHORS, Anchors, read_anchors
from hitl_desktop.store.record_check import RecordReading, state_faults
from hitl_desktop.store.record_faults import Faults
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.record_rows import digest, row_texts
from hitl_desktop.store.second_record import DECISIONS
from hitl_desktop.store.store import DATABASE, Store
from hitl_desktop.workflow.verifying import verify
from tests.benchmarks.figures import Figure, repeated
from tests.store.conftest import fill
from tests.torture.writer import event

_AT_ONCE = 10_000
_MANY = 20_000


def measure(folder: Path, quick: bool) -> list[Figure]:
    """One decision in each event, as keys make them: the dearest there are."""
    size = 50_000 if quick else 1_000_000
    alone, many, step = _written(folder / "keys.hitl")
    project = folder / "million.hitl"
    _fill(project, size)
    began, cpu = time.perf_counter(), _spent()
    check = verify(project)
    took, cpu = time.perf_counter() - began, _spent() - cpu
    with closing(Store.reader(project)) as store:
        alone_cpu = _cpu(lambda: check_record(store, with_second_record=False))
        database = store._database
        chain = _cpu(lambda: _Chain(database, Faults(), frozenset()).run(_nothing, lambda: False))
        states = _cpu(lambda: list(state_faults(database, 10)))
    found = f"{check.events:,} events, {check.decisions:,} decisions, {check.faulty} faults"
    return [
        repeated("putting one decision on record, CPU", alone, "µs"),
        Figure(f"putting a step of {_MANY:,} on record", many, None, "s", f"the whole step: {step:.2f} s"),
        Figure(f"verify, {size:,} decisions in as many events", took, None, "s", found),
        Figure("– CPU of all its processes", cpu, None, "s", f"{check.anchors:,} anchors and decisions.jsonl, too"),
        Figure("– CPU of one process, all but decisions.jsonl", alone_cpu, None, "s"),
        Figure("– of it the events and their chain alone, CPU", chain, None, "s"),
        Figure("– of it the states that follow from decisions, CPU", states, None, "s"),
        Figure("size of the database", (project / DATABASE).stat().st_size / 1e6, None, "MB"),
    ]


class _Chain(RecordReading):
    """Reads the events and leaves out the rows they are about."""

    def _check_rows(self, by_table: object) -> None:
        del by_table

    def _check_ends(self) -> None:
        return


def _nothing(_done: int, _total: int, _what: str) -> None:
    return


def _cpu(work: Any) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _spent() -> float:
    """CPU of this process, and of those that it started and that have ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _written(folder: Path) -> tuple[list[float], float, float]:
    """CPU of the recorder for one decision, many times; for a step of many; and how long that step took as a whole."""
    spent: list[float] = []
    follow = Recorder.follow

    def measured(self: Recorder) -> None:
        began = time.process_time()
        follow(self)
        spent.append(time.process_time() - began)

    store = Store.create(folder)
    fill(store, 2000)
    store.record(event(0, 1), current=1)
    Recorder.follow = measured  # type: ignore[method-assign]
    try:
        for turn in range(1000):
            store.record(event(turn, 1 + turn % 2), current=turn)
        alone = list(spent)
        began = time.perf_counter()
        store.record_many([event(turn % 2000, 1) for turn in range(_MANY)], current=0, slot=None)
        step = time.perf_counter() - began
    finally:
        Recorder.follow = follow  # type: ignore[method-assign]
        store.close()
    return alone, spent[-1], step


def _fill(folder: Path, size: int) -> None:
    """As if a million keys had been pressed: written past the store, which would take an hour to make them durable."""
    store = Store.create(folder)
    fill(store, size)
    store.record(event(0, 1), current=1)
    store.close()
    anchors, project = Anchors(folder), read_anchors(folder / ANCHORS)[0][0].project
    lines = (folder / DECISIONS).open("a", encoding="ascii")
    line = json.loads((folder / DECISIONS).read_text("ascii").splitlines()[0])
    with lines, closing(sqlite3.connect(folder / DATABASE)) as raw:
        raw.execute("PRAGMA synchronous = off")
        raw.execute("BEGIN")
        names = [row[1] for row in raw.execute("PRAGMA table_info(decision)")]
        kept = dict(zip(names, raw.execute("SELECT * FROM decision").fetchone(), strict=True))
        number, head = raw.execute("SELECT number, hash FROM record_event ORDER BY number DESC").fetchone()
        places = ", ".join("?" * len(names))
        for rows in _rows(kept, size):
            told, signed = [], []
            for row, text in zip(rows, row_texts(rows), strict=True):
                number += 1
                said = {"at": "2026-11-28T22:35:43.123456+00:00", "do": "rows", "first": row[0], "last": row[0],
                        "in": 2, "n": number, "of": "decision", "sha": digest("decision", [text]), "up": 1}  # fmt: skip
                body = canonical(said)
                head = chained(head, body)
                told.append((number, body, head))
                if number % BETWEEN_ANCHORS == 0:
                    signed += filter(None, [anchors.made(project, number, head, said["at"])])
                known = dict(zip(names, row, strict=True))
                known |= {"item": f"{row[names.index('idx')]:064x}", "label": "cat", "predicted": "cat"}
                lines.write(json.dumps({name: known[name] for name in line}) + "\n")
            raw.executemany(f"INSERT INTO decision VALUES ({places})", rows)  # noqa: S608 - our own names
            raw.executemany("INSERT INTO record_event VALUES (?, ?, ?)", told)
            raw.executemany(
                "INSERT INTO record_anchor VALUES (?, ?, ?, ?, ?)",
                [(a.number, a.hash, a.at_utc, a.key, a.signature) for a in signed],
            )
            anchors.keep_outside(signed)
        raw.execute("UPDATE item SET state = 'decided', label_id = 1")
        raw.commit()


def _rows(kept: dict[str, Any], size: int) -> Iterator[list[tuple[Any, ...]]]:
    chance = np.random.default_rng(0)
    for start in range(2, size + 1, _AT_ONCE):
        yield [
            tuple(
                (
                    kept
                    | {"number": n, "event_id": f"{n:036d}", "idx": n - 1, "note": "", "model_version": 3}
                    | {"predicted_id": 1, "confidence": float(chance.random()), "seconds": float(10 * chance.random())}
                ).values()
            )
            for n in range(start, min(start + _AT_ONCE, size + 1))
        ]
