"""Facts about the project: a name and a JSON value each."""

import json
from typing import Any, Final

import peewee

PASSING: Final = frozenset({"current", "current_slot", "order", "prepared"})
"""Facts about where somebody is: no backup is made for them alone."""


class FactTable:
    """Rows of `project`. They are asked for with every row that is painted, so they are kept, until `forget`."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        self._database = database
        self._known: dict[str, Any] | None = None
        self.passing = 0
        """How many rows were written that are no reason for a backup."""

    def get(self, key: str, default: Any = None) -> Any:
        """A fact, or what stands in for one that is not there."""
        if self._known is None:
            rows = self._database.execute_sql("SELECT key, value FROM project")
            self._known = {name: json.loads(value) for name, value in rows}
        return self._known.get(key, default)

    def put(self, key: str, value: Any) -> None:
        """Write a fact, unless it says so already."""
        written = json.dumps(value)
        if self._known is not None and key in self._known and json.dumps(self._known[key]) == written:
            return
        self._database.execute_sql("INSERT OR REPLACE INTO project(key, value) VALUES (?, ?)", (key, written))
        self.passing += key in PASSING
        if self._known is not None:
            self._known[key] = value

    def forget(self) -> None:
        """Read them anew: what was written may have been undone."""
        self._known = None
