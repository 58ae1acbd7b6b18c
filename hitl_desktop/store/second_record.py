"""The second record of what cannot be computed again: `decisions.jsonl` and `classes.jsonl` beside the database, and
the files of `second_tables.py`.

All are written after the commit, and made durable before the next step. From them, and from a backup or any other
project that has the items, a project can be made anew (`replaying.py`).
"""

import json
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path
from types import NoneType
from typing import Any, Final, get_args, get_type_hints

from hitl_desktop.domain.class_changes import ClassAction, ClassOperation
from hitl_desktop.domain.decisions import Decision, Exposure, Slot, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.evidence import NO_EVIDENCE, from_plain, to_plain
from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.responses import NO_RESPONSE, Response
from hitl_desktop.store.classes import ClassTable
from hitl_desktop.store.decisions import DecisionLog
from hitl_desktop.store.items import ItemTable
from hitl_desktop.store.journal import Journal
from hitl_desktop.store.second_tables import SECOND_TABLES, SecondTables

_log = logging.getLogger(__name__)
DECISIONS = "decisions.jsonl"
CLASSES = "classes.jsonl"
SECOND_RECORD: Final = (DECISIONS, CLASSES, *SECOND_TABLES.values())
"""All its files."""
_AT_ONCE = 2000
_FIELDS = tuple(f.name for f in fields(Decision) if f.name != "item_index")
LINE_FIELDS: Final = tuple(name for name in _FIELDS if name not in ("findings", "predicted_findings"))
"""What every line begins with, in this order; then come the item and the names of classes."""
_HINTS: Final = {name: frozenset(get_args(hint) or (hint,)) for name, hint in get_type_hints(Decision).items()}
_PLAIN: Final = {name: sorts for name, sorts in _HINTS.items() if sorts <= {int, float, str, NoneType}}
"""The fields that stand in a line as they are, and what they may be."""
_MOST_INTEGER: Final = 2**63
_MOST_REAL: Final = 1e300


class SecondRecord:
    """Follows the database. `follow` is all there is to call: after every commit, and when the project is opened."""

    def __init__(
        self, folder: Path, decisions: DecisionLog, classes: ClassTable, items: ItemTable, tables: SecondTables
    ) -> None:
        self.tables = tables
        self.decisions = Journal(folder / DECISIONS)
        self.classes = Journal(folder / CLASSES)
        self._log_of_decisions = decisions
        self._class_table = classes
        self._items = items
        # How far the files are; None when they have to be looked at first: at the beginning, and after a failure.
        self._decisions_at: int | None = None
        self._classes_at: int | None = None
        self.is_behind = False
        """True while a file could not be written: what it lacks is in the database alone."""

    def follow(self, most: int | None = None) -> bool:
        """Write what the database has and the files have not; of decisions up to `most`, if that is said. False where
        some are left.

        What cannot be written, or not be read for it, costs no decision, and is no reason to say that one is not saved:
        it is caught up with the next one, or when the project is opened.
        """
        try:
            self._follow_classes()
            is_whole = self._follow_decisions(most)
            self.tables.follow()
            self.is_behind = False
            return is_whole
        except (OSError, KnownError) as error:
            self.tables.forget()
            self._decisions_at = self._classes_at = None
            self.is_behind = True
            _log.warning("The second record could not be written: %s", type(error).__name__)
            return True

    def begin_anew(self) -> None:
        """Keep `decisions.jsonl` under another name, and write it as the database has it. Raises OSError."""
        self.decisions.set_aside()
        self._decisions_at = None
        self.follow()

    def _follow_decisions(self, most: int | None) -> bool:
        at, self._decisions_at = self._decisions_at, None
        if at is None:
            at = self.decisions.last_number()
        elif at < self._log_of_decisions.count() and not self.decisions.is_as_left:
            self.decisions.set_aside()
            at = 0
        there = self._log_of_decisions.count()
        last = there if most is None else min(there, at + most)
        while at < last:
            events = self._log_of_decisions.between(at + 1, min(at + _AT_ONCE, last))
            names = {label.id: label.name for label in self._class_table.all()}
            digests = self._items.digests_of([event.item_index for event in events])
            self.decisions.append(
                entry(event, digests[event.item_index], lambda i, n=names: n.get(i) if i is not None else None)  # type: ignore[misc]
                for event in events
            )
            at = min(at + _AT_ONCE, last)
        self._decisions_at = at
        return at >= there

    def _follow_classes(self) -> None:
        at, self._classes_at = self._classes_at, None
        if at is None:
            at = self._last_class_line()
        elif at < self._class_table.last_operation() and not self.classes.is_as_left:
            self.classes.set_aside()
            at = -1
        last = self._class_table.last_operation()
        if at < last or at < 0:
            labels = self._class_table.all()
            if labels:
                done = [op for op in self._class_table.operations() if op.number > at]
                self.classes.append(class_entry(op.number, op, labels) for op in done)
                if not done:  # the classes that the project was made with
                    self.classes.append([class_entry(last, None, labels)])
                at = last
        self._classes_at = at

    def _last_class_line(self) -> int:
        last = self.classes.last()
        return -1 if last is None else int(last["number"])


def entry(decision: Decision, digest: str, label_name: Callable[[int | None], str | None]) -> dict[str, Any]:
    """The line for one decision: readable without the database."""
    line: dict[str, Any] = {name: getattr(decision, name) for name in _FIELDS}
    named: dict[str, Any] = {
        "item": digest,
        "label": label_name(decision.label_id),
        "predicted": label_name(decision.predicted_id),
    }
    for name in ("findings", "predicted_findings"):
        ids = line.pop(name)
        if ids is not None:
            named |= {f"{name}_ids": ids, name: [label_name(i) for i in ids]}
    line["evidence"] = to_plain(decision.evidence, label_name) if decision.evidence else None
    line["response"] = decision.response.plain() if decision.response else None
    return {**line, **named}


def decision_in(line: Mapping[str, Any], index_of: Mapping[str, int]) -> Decision | None:
    """The decision that a line is about; None where its item is not there, or the line cannot be understood.

    Fields that this version does not know are left out.
    """
    try:
        values = {name: line[name] for name in _FIELDS if name in line}
        if not all(_may_be(values[name], sorts) for name, sorts in _PLAIN.items() if name in values):
            return None  # the columns of SQLite take anything, and what is in there cannot be taken out again
        for name in ("findings", "predicted_findings"):
            ids = line.get(f"{name}_ids")
            values[name] = None if ids is None else tuple(int(i) for i in ids)
        values |= {
            "item_index": index_of[line["item"]],
            "verdict": Verdict(line["verdict"]),
            "slot": Slot(line["slot"]),
            "evidence": from_plain(line["evidence"]) if line.get("evidence") else NO_EVIDENCE,
            "response": Response.of(line["response"]) if line.get("response") else NO_RESPONSE,
            "exposure": Exposure(line["exposure"]) if line.get("exposure") else None,
        }
        return Decision(**values)
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def names_ever(folder: Path, classes: ClassTable) -> dict[int, set[str]]:
    """The names that each class has had, by its id: that of now, those that operations tell of, and those in the file.
    Who changed one of the three is told of by that; it is not to be told of every decision as well.
    """
    names: dict[int, set[str]] = {label.id: {label.name} for label in classes.all()}
    for operation in classes.operations():
        names.setdefault(operation.label_id, set()).update((operation.old_name, operation.new_name))
    with suppress(OSError, ValueError, RecursionError):
        for line in Journal(folder / CLASSES).lines():
            for label in classes_in(line):
                names.setdefault(label.id, set()).add(label.name)
    return names


def names_fit(line: Mapping[str, Any], ever: Mapping[int, Collection[str]]) -> bool:
    """Whether the classes are called in a line as they are, or were called at some time: `names_ever`."""
    told = [([line.get(f"{name}_id")], [line.get(name)]) for name in ("label", "predicted")]
    told += [(line.get(f"{name}_ids") or [], line.get(name) or []) for name in ("findings", "predicted_findings")]
    try:
        return all(
            len(ids) == len(names) and all(_fits_name(i, name, ever) for i, name in zip(ids, names, strict=True))
            for ids, names in told
        )
    except TypeError:  # no lists, or what no id can be
        return False


def _fits_name(label_id: Any, name: Any, ever: Mapping[int, Collection[str]]) -> bool:
    return name in ever[label_id] if label_id in ever else name is None


def _may_be(value: Any, sorts: frozenset[Any]) -> bool:
    """True for a value of one of these types, as JSON writes them, that a column can hold."""
    if value is None or isinstance(value, str):
        return type(value) in sorts
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    is_real, is_whole = float in sorts, int in sorts and isinstance(value, int)
    return (is_real and abs(value) < _MOST_REAL) or (is_whole and abs(value) < _MOST_INTEGER)  # also False for NaN


def class_entry(number: int, operation: ClassOperation | None, labels: Sequence[Label]) -> dict[str, Any]:
    """The line for an operation on the classes, with all classes as they are after it."""
    return {
        "number": number,
        "operation": asdict(operation) if operation else None,
        "classes": [asdict(label) for label in labels],
    }


def classes_in(line: Mapping[str, Any]) -> list[Label]:
    """The classes after the operation of a line. Raises ValueError for a line that cannot be understood."""
    try:
        return [
            Label(int(c["id"]), str(c["name"]), int(c["position"]), bool(c["retired"]), c["counts_as"])
            for c in line["classes"]
        ]
    except (KeyError, TypeError) as error:
        raise ValueError(json.dumps(line.get("number"))) from error


def operation_in(line: Mapping[str, Any]) -> ClassOperation | None:
    """The operation of a line; None where it is about the classes that the project was made with."""
    values = line.get("operation")
    if values is None:
        return None
    try:
        return ClassOperation(
            **values | {"action": ClassAction(values["action"]), "others": tuple(int(i) for i in values["others"])}
        )
    except (KeyError, TypeError) as error:
        raise ValueError(json.dumps(line.get("number"))) from error
