"""Somebody who can write the project and knows how the record works, but has not the key: what they may try.

They reach everything in the project's folder, the database, its second record and the anchors beside it; not the folder
of the program. Each way returns what was done, in words, or "" where chance gave nothing to do.
"""

# ruff: noqa: S608 - the names of our own tables

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hitl_desktop.domain.record_events import BEFORE_THE_FIRST, anchor_message, canonical, chained
from hitl_desktop.store.record_rows import digest, marks, row_texts
from hitl_desktop.store.record_tables import ADDED, KEPT, Kept
from tests.on_record import unguard

Chance = np.random.Generator
_TABLES: Final = (*ADDED, *KEPT)


def edit(raw: sqlite3.Connection, folder: Path, chance: Chance) -> str:
    """Change one value somewhere: of a row that is on record, of an event, or of an anchor."""
    table = str(chance.choice([*(t.name for t in _TABLES), "decision", "decision", "record_event", "record_anchor"]))
    rows = raw.execute(f"SELECT * FROM {table}").fetchall()
    names = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
    spec = next((t for t in _TABLES if t.name == table), None)
    if isinstance(spec, Kept):
        rows = [row for row in rows if row[names.index(spec.key)] not in spec.but]
    if not rows:
        return ""
    row = rows[int(chance.integers(len(rows)))]
    without = getattr(spec, "without", ())
    column = str(chance.choice([name for name in names if name not in without]))
    old = row[names.index(column)]
    if column in (getattr(spec, "key", "number"), "number"):
        return ""  # that is to delete one and to insert another
    new = _other(old, chance)
    where = " AND ".join(f'"{name}" IS ?' for name in names)
    raw.execute(f'UPDATE {table} SET "{column}" = ? WHERE {where}', (new, *row))
    return f"edit {table}.{column}: {old!r} -> {new!r}"


def delete(raw: sqlite3.Connection, folder: Path, chance: Chance) -> str:
    """Take rows or events out."""
    table = str(chance.choice([*(t.name for t in _TABLES), "decision", "decision", "record_event"]))
    rows = raw.execute(f"SELECT rowid FROM {table}").fetchall() if table not in _WITHOUT_ROWID else []
    if table == "project":
        rows = raw.execute("SELECT key FROM project WHERE key IN ('record', 'threshold')").fetchall()
    if not rows:
        return ""
    gone = rows[int(chance.integers(len(rows)))][0]
    key = "key" if table == "project" else "rowid"
    raw.execute(f"DELETE FROM {table} WHERE {key} = ?", (gone,))
    return f"delete {table} {gone}"


def insert(raw: sqlite3.Connection, folder: Path, chance: Chance) -> str:
    """Add a decision of somebody, with or without an event that tells of it, or a class."""
    how = int(chance.integers(3))
    if how == 0:
        raw.execute("INSERT INTO label(id, name, position) VALUES (77, 'planted', 77)")
        return "insert a class"
    last = raw.execute("SELECT max(number) FROM decision").fetchone()[0]
    at = last + 1 if chance.random() < 0.5 else int(chance.integers(1, last))
    if at <= last:  # in the middle: the others move up
        raw.execute("UPDATE decision SET number = -number - 1 WHERE number >= ?", (at,))
        raw.execute("UPDATE decision SET number = -number WHERE number < 0")
    names = [row[1] for row in raw.execute("PRAGMA table_info(decision)")]
    copied = ", ".join({"number": f"{at}", "event_id": "'planted'", "retracts": "NULL"}.get(n, n) for n in names)
    raw.execute(f"INSERT INTO decision({', '.join(names)}) SELECT {copied} FROM decision WHERE number = ?",
                (last if at > last else at + 1,))  # fmt: skip
    if how == 2 and at > last:
        number, head = raw.execute("SELECT number, hash FROM record_event ORDER BY number DESC").fetchone()
        row = raw.execute(f"SELECT {', '.join(names)} FROM decision WHERE number = ?", (at,)).fetchone()
        said = {"do": "rows", "of": "decision", "first": at, "last": at, "sha": digest("decision", row_texts([row])),
                "n": number + 1, "in": 2, "at": "2026-01-01T00:00:00+00:00", "up": 1}  # fmt: skip
        body = canonical(said)
        raw.execute("INSERT INTO record_event VALUES (?, ?, ?)", (number + 1, body, chained(head, body)))
        return f"insert decision {at} with an event of its own"
    return f"insert decision {at}"


def swap(raw: sqlite3.Connection, folder: Path, chance: Chance) -> str:
    """Have two decisions, or two events, change places."""
    table = "decision" if chance.random() < 0.5 else "record_event"
    last = raw.execute(f"SELECT max(number) FROM {table}").fetchone()[0]
    one, other = (int(n) for n in chance.choice(np.arange(1, last + 1), 2, replace=False))
    for old, new in ((one, -1), (other, one), (-1, other)):
        raw.execute(f"UPDATE {table} SET number = ? WHERE number = ?", (new, old))
    return f"swap {table} {one} and {other}"


def cut(raw: sqlite3.Connection, folder: Path, chance: Chance) -> str:
    """Cut the end off everywhere: events, what they tell of, anchors, and the lines of the second record."""
    last = raw.execute("SELECT max(number) FROM record_event").fetchone()[0]
    left = int(chance.integers(1, last))
    gone = [json.loads(b) for (b,) in raw.execute("SELECT body FROM record_event WHERE number > ?", (left,))]
    raw.execute("DELETE FROM record_anchor WHERE number > ?", (left,))
    raw.execute("DELETE FROM record_event WHERE number > ?", (left,))
    for said in gone:
        if said["do"] == "rows":
            key = next(t.key for t in ADDED if t.name == said["of"])
            raw.execute(f"DELETE FROM {said['of']} WHERE {key} >= ?", (said["first"],))
    _second_record_follows(raw, folder)
    _anchors_beside(folder, raw)
    return f"cut after event {left} of {last}"


def rewrite(raw: sqlite3.Connection, folder: Path, chance: Chance) -> str:
    """Change a decision, then make the whole chain anew, its anchors with a key of their own, and the second record."""
    last = raw.execute("SELECT max(number) FROM decision").fetchone()[0]
    number = int(chance.integers(1, last + 1))
    raw.execute("UPDATE decision SET reviewer = reviewer || '!' WHERE number = ?", (number,))
    events = raw.execute("SELECT number, body FROM record_event ORDER BY number").fetchall()
    columns = {t.name: [r[1] for r in raw.execute(f"PRAGMA table_info({t.name})")] for t in ADDED}
    head, hashes = BEFORE_THE_FIRST, {}
    for n, body in events:
        said = json.loads(body)
        if said["do"] == "rows" and said["of"] == "decision":
            names = ", ".join(columns["decision"])
            rows = row_texts(
                raw.execute(f"SELECT {names} FROM decision WHERE number BETWEEN ? AND ? ORDER BY number",
                            (said["first"], said["last"])).fetchall()
            )  # fmt: skip
            said["sha"] = digest("decision", rows)
            if "marks" in said:
                said["marks"] = marks(rows)
        new = canonical(said)
        head = hashes[n] = chained(head, new)
        raw.execute("UPDATE record_event SET body = ?, hash = ? WHERE number = ?", (new, head, n))
    key = Ed25519PrivateKey.generate()
    project = json.loads(events[0][1])["project"]
    for n, at in raw.execute("SELECT number, at_utc FROM record_anchor").fetchall():
        signature = key.sign(anchor_message(project, n, hashes[n], at))
        raw.execute("UPDATE record_anchor SET hash = ?, key = ?, signature = ? WHERE number = ?",
                    (hashes[n], key.public_key().public_bytes_raw(), signature, n))  # fmt: skip
    if chance.random() < 0.5:
        raw.execute("DELETE FROM record_anchor")
    _second_record_follows(raw, folder)
    _anchors_beside(folder, raw)
    return f"rewrite with another reviewer of decision {number}"


WAYS: Final[dict[str, Callable[[sqlite3.Connection, Path, Chance], str]]] = {
    "edit": edit, "delete": delete, "insert": insert, "swap": swap, "cut": cut, "rewrite": rewrite,
}  # fmt: skip
_WITHOUT_ROWID: Final = ("audit_item", "item_file", "project")


def unguarded(database: Path) -> sqlite3.Connection:
    """The database without the triggers that guard it."""
    raw = sqlite3.connect(database, isolation_level=None)
    raw.execute("PRAGMA synchronous = off")
    raw.execute("PRAGMA foreign_keys = off")
    raw.execute("PRAGMA ignore_check_constraints = on")
    unguard(raw)
    raw.execute("BEGIN")
    return raw


def _other(old: Any, chance: Chance) -> Any:
    """Another value of the same sort: one digit, one letter, one bit of it."""
    if old is None:
        return "planted" if chance.random() < 0.5 else 1
    if isinstance(old, bytes):
        place = int(chance.integers(len(old)))
        return old[:place] + bytes([old[place] ^ (1 << int(chance.integers(8)))]) + old[place + 1 :]
    if isinstance(old, str):
        if not old or chance.random() < 0.2:
            return f"{old}."
        place = int(chance.integers(len(old)))
        return old[:place] + ("x" if old[place] != "x" else "y") + old[place + 1 :]
    if isinstance(old, float):
        return float(np.nextafter(old, 2.0))
    return old + int(chance.choice([-1, 1, 2]))


def _second_record_follows(raw: sqlite3.Connection, folder: Path) -> None:
    last = raw.execute("SELECT coalesce(max(number), 0) FROM decision").fetchone()[0]
    lines = []
    for line in (folder / "decisions.jsonl").read_text("ascii").splitlines():
        said = json.loads(line)
        if said["number"] > last:
            break
        (said["reviewer"],) = raw.execute(
            "SELECT reviewer FROM decision WHERE number = ?", (said["number"],)
        ).fetchone()
        lines.append(json.dumps(said) + "\n")
    (folder / "decisions.jsonl").write_text("".join(lines), "ascii")


def _anchors_beside(folder: Path, raw: sqlite3.Connection) -> None:
    """The file of anchors in the project says what the database says."""
    there = {n: (h, k, s) for n, h, k, s in raw.execute("SELECT number, hash, key, signature FROM record_anchor")}
    lines = []
    for line in (folder / "anchors.jsonl").read_text("ascii").splitlines():
        said = json.loads(line)
        if said["number"] in there:
            values = dict(zip(("hash", "key", "signature"), (v.hex() for v in there[said["number"]]), strict=True))
            lines.append(json.dumps(said | values) + "\n")
    (folder / "anchors.jsonl").write_text("".join(lines), "ascii")
