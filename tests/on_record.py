"""What is on the record of a project, read past the program."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from hitl_desktop.store.database import DATABASE
from hitl_desktop.store.own_schema import _own


def events(folder: Path) -> list[dict[str, Any]]:
    """What every event says, in order."""
    with closing(sqlite3.connect(folder / DATABASE)) as raw:
        return [json.loads(body) for (body,) in raw.execute("SELECT body FROM record_event ORDER BY number")]


def happenings(folder: Path) -> list[str]:
    """What happened, in order."""
    return [event["do"] for event in events(folder)]


def unguard(raw: sqlite3.Connection) -> None:
    """Take away the triggers that guard a database."""
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")


def guard_again(raw: sqlite3.Connection) -> None:
    """Put the triggers back that had to go before something could be changed, as somebody would who hides it."""
    there = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    version = int(raw.execute("PRAGMA user_version").fetchone()[0])
    for (sort, name), sql in _own(version).items():
        if sort == "trigger" and name not in there:
            raw.execute(sql)


def tamper(folder: Path, *statements: str) -> None:
    """Change the database of a project past its guards and checks, as somebody would who hides it."""
    with closing(sqlite3.connect(folder / DATABASE)) as raw, raw:
        raw.execute("PRAGMA ignore_check_constraints = on")
        unguard(raw)
        for statement in statements:
            raw.execute(statement)
        guard_again(raw)
