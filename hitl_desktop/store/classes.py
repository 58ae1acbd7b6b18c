"""The classes of a project, and the record of what was done to them."""

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import peewee

from hitl_desktop.domain.class_changes import ClassAction, ClassOperation
from hitl_desktop.domain.labels import Label
from hitl_desktop.store.known import Known
from hitl_desktop.store.text_values import from_sql, to_sql

_FIELDS = tuple(f.name for f in fields(ClassOperation))
_TEXTS = ("reviewer", "old_name", "new_name", "reason")


class ClassTable:
    """Rows of `label` and `class_operation`. What writes runs inside a transaction that the caller holds."""

    def __init__(self, database: peewee.SqliteDatabase, known: Known) -> None:
        self._database = database
        self._known_of = known
        self._label = peewee.Table("label", ("id", "name", "position", "retired", "counts_as"), _database=database)
        self._operation = peewee.Table("class_operation", _FIELDS, _database=database)
        self._known: list[ClassOperation] | None = None

    def all(self) -> list[Label]:
        """Every class there ever was, in the order of its columns."""
        return list(self._known_of.get("classes", self._all))

    def _all(self) -> list[Label]:
        rows = self._database.execute_sql("SELECT id, name, position, retired, counts_as FROM label ORDER BY position")
        return [Label(i, from_sql(name), position, bool(retired), into) for i, name, position, retired, into in rows]

    def add(self, names: Sequence[str]) -> list[Label]:
        """Add classes at the end of the order; returns the new ones. Names already there are left alone."""
        known = self.all()
        names_known = {label.name for label in known}
        new = [name for name in dict.fromkeys(names) if name not in names_known]
        first_id = max((label.id for label in known), default=0) + 1
        added = [Label(first_id + i, name, len(known) + i) for i, name in enumerate(new)]
        for label in added:
            self._label.insert(id=label.id, name=to_sql(label.name), position=label.position).execute()
        return added

    def change(self, label: Label) -> None:
        """Write the name of a class, and whether it is retired."""
        self._label.update(name=to_sql(label.name), retired=int(label.retired), counts_as=label.counts_as).where(
            self._label.id == label.id
        ).execute()

    def put(self, labels: Sequence[Label]) -> None:
        """Have the classes be these: those that are not there are added, the others take name and state.

        None is taken away: what is there and not among them stays.
        """
        for label in labels:  # names are unique, and may have gone from one class to another
            self._label.update(name=f"\0{label.id}").where(self._label.id == label.id).execute()
        known = {label.id for label in self.all()}
        for label in labels:
            if label.id not in known:
                self._label.insert(id=label.id, name=to_sql(label.name), position=label.position).execute()
        for label in labels:
            self.change(label)

    def last_operation(self) -> int:
        """The number of the last operation; 0 where there was none."""
        return self._known_of.get("class operations", self._last_operation)

    def _last_operation(self) -> int:
        row = self._database.execute_sql("SELECT coalesce(max(number), 0) FROM class_operation").fetchone()
        return int(row[0])

    def operations(self) -> list[ClassOperation]:
        """What was done, oldest first."""
        if self._known is None or self._database.in_transaction():
            found = [_operation(row) for row in self._operation.select().order_by(self._operation.number).dicts()]
            if self._database.in_transaction():  # it may still be rolled back
                return found
            self._known = found
        return list(self._known)

    def append(self, operation: ClassOperation) -> ClassOperation:
        """Put an operation on record; returns it with its number."""
        numbered = replace(operation, number=self.last_operation() + 1)
        row: dict[str, Any] = {name: getattr(numbered, name) for name in _FIELDS}
        row |= {name: to_sql(row[name]) for name in _TEXTS}
        self._known = None
        self._operation.insert(row | {"action": numbered.action.value, "others": json.dumps(numbered.others)}).execute()
        return numbered


def _operation(row: dict[str, Any]) -> ClassOperation:
    texts = {name: from_sql(row[name]) for name in _TEXTS}
    return ClassOperation(
        **row | texts | {"action": ClassAction(row["action"]), "others": tuple(json.loads(row["others"]))}
    )
