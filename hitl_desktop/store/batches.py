"""Batches of items that came after the project was made, and how each compared with what was there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import peewee

from hitl_desktop.domain.batches import Batch, BatchCounts
from hitl_desktop.domain.sentences import sentence_of
from hitl_desktop.store.text_values import from_sql, to_sql

_TAKEN: Final = (("item", "idx"), ("item_text", "idx"), ("item_file", "idx"), ("decision", "number"))
"""The tables whose rows are taken over, in this order, by their whole numbers: each refers to the first."""
_PART: Final = 250


class BatchTable:
    """Rows of `item_batch` and `batch_comparison`. What writes runs inside a transaction that the caller holds."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        self._database = database
        self._known: list[Batch] | None = None

    def all(self) -> list[Batch]:
        """The batches in the order in which they came."""
        if self._known is None:  # asked for whenever the queue is planned
            rows = self._database.execute_sql(
                "SELECT number, first, items, at_utc, by, source, counts, notes FROM item_batch ORDER BY number"
            )
            self._known = [_batch(row) for row in rows]
        return list(self._known)

    def add(self, batch: Batch) -> None:
        """Put a batch on record; its number is the next one, and its first item the first after those there are.

        Raises ValueError for another number.
        """
        last = int(self._database.execute_sql("SELECT coalesce(max(number), 0) FROM item_batch").fetchone()[0])
        if batch.number != last + 1:
            raise ValueError(f"batch {batch.number} cannot follow batch {last}")
        self._known = None
        self._database.execute_sql(
            "INSERT INTO item_batch(number, first, items, at_utc, by, source, counts, notes)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                batch.number,
                batch.first,
                batch.items,
                batch.at_utc,
                to_sql(batch.by),
                to_sql(batch.source),
                json.dumps(batch.counts.plain()),
                json.dumps([note.plain() for note in batch.notes]),
            ),
        )

    def forget(self) -> None:
        """Read the batches anew: a transaction that added one has failed."""
        self._known = None

    @contextmanager
    def fresh(self, database: Path) -> Iterator[None]:
        """Have the staged database of new items beside this one, for `take`. Not inside a transaction."""
        self._database.execute_sql("ATTACH DATABASE ? AS fresh", (str(database),))
        try:
            yield
        finally:
            self._database.execute_sql("DETACH DATABASE fresh")

    def take(self, batch: Batch) -> Iterator[int]:
        """Take over what lies in the staged database: its items come after those there are, its events after the log.
        Part by part: says how many rows it has been through after each, to be followed to its end.

        The staged database has the same classes under the same ids. Raises ValueError when it does not hold the items
        of the batch, or others have come meanwhile.
        """
        there = int(self._database.execute_sql("SELECT coalesce(max(idx) + 1, 0) FROM item").fetchone()[0])
        staged = int(self._database.execute_sql("SELECT count(*) FROM fresh.item").fetchone()[0])
        if (there, staged) != (batch.first, batch.items):
            raise ValueError(f"{staged} items after {there} are not those of batch {batch.number}")
        last = int(self._database.execute_sql("SELECT coalesce(max(number), 0) FROM decision").fetchone()[0])
        shifted = {"idx": f"idx + {there:d}", "number": f"number + {last:d}"}
        done = 0
        for table, key in _TAKEN:
            names = [row[1] for row in self._database.execute_sql(f"PRAGMA main.table_info({table})")]
            values = ", ".join(shifted.get(name, name) for name in names)
            top = self._database.execute_sql(f"SELECT coalesce(max({key}), -1) FROM fresh.{table}").fetchone()[0]  # noqa: S608
            for after in range(-1, int(top), _PART):
                done += self._database.execute_sql(
                    f"INSERT INTO main.{table}({', '.join(names)}) SELECT {values} FROM fresh.{table}"  # noqa: S608
                    f" WHERE {key} > ? AND {key} <= ? ORDER BY 1",
                    (after, after + _PART),
                ).rowcount
                yield done
        self._database.execute_sql(
            "INSERT INTO main.import_note(sort, file, detail, disagrees, batch)"
            " SELECT sort, file, detail, disagrees, ? FROM fresh.import_note ORDER BY number",
            (batch.number,),
        )

    def notes_seen(self) -> set[tuple[str, str, str]]:
        """(sort, file, detail) of everything that was ever left out: it is not told again."""
        rows = self._database.execute_sql("SELECT sort, file, detail FROM import_note")
        return {(str(sort), from_sql(file), from_sql(detail)) for sort, file, detail in rows}

    def compare(self, batch: int, at_utc: str, result: dict[str, Any]) -> None:
        """Put on record how a batch compared."""
        self._database.execute_sql(
            "INSERT INTO batch_comparison(number, batch, at_utc, result)"
            " SELECT coalesce(max(number), 0) + 1, ?, ?, ? FROM batch_comparison",
            (batch, at_utc, json.dumps(result)),
        )

    def comparisons(self) -> dict[int, dict[str, Any]]:
        """By batch, its comparison that holds: the last one."""
        rows = self._database.execute_sql("SELECT batch, at_utc, result FROM batch_comparison ORDER BY number")
        return {int(batch): {"at_utc": at, **json.loads(result)} for batch, at, result in rows}


def _batch(row: tuple[int, int, int, str, str | bytes, str | bytes, str, str]) -> Batch:
    number, first, items, at, by, source, counts, notes = row
    return Batch(
        number,
        first,
        items,
        at,
        from_sql(by),
        from_sql(source),
        BatchCounts.of(json.loads(counts)),
        tuple(sentence_of(note) for note in json.loads(notes)),
    )
