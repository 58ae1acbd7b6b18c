"""The items of a project, and what the import left out."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import peewee

from hitl_desktop.domain.decisions import Standing
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.evidence import Evidence
from hitl_desktop.domain.items import Duplicate, FoundItem, Item, ItemState, Other, Unreadable
from hitl_desktop.domain.responses import Response
from hitl_desktop.domain.sentences import say, sentence_of
from hitl_desktop.store.known import Known
from hitl_desktop.store.text_values import (
    evidence_from_sql,
    evidence_to_sql,
    from_sql,
    ids_from_sql,
    ids_to_sql,
    opening_from_sql,
    response_from_sql,
    response_to_sql,
    to_sql,
)

_T = TypeVar("_T")
_CHUNK = 400
_FEW = 64
"""Up to so many items asked for at once stay known."""
STATES = tuple(ItemState)
"""The order in which `ItemTable.standings` codes the states."""

_BY_INDEX = (
    "SELECT idx, digest, path, truth_id, fields, state, label_id, findings, truth_findings FROM item"
    " WHERE idx IN (SELECT value FROM json_each(?))"
)
_ADD_ITEM = "INSERT INTO item(idx, digest, path, truth_id, fields, state, truth_findings) VALUES (?, ?, ?, ?, ?, ?, ?)"
_ADD_TEXT = "INSERT INTO item_text(idx, text) VALUES (?, ?)"
_SET_STANDING = "UPDATE item SET state = ?, label_id = ?, findings = ? WHERE idx = ?"
_NOTE_SORTS: dict[type, str] = {Duplicate: "duplicate", Unreadable: "unreadable", Other: "other"}


class ItemTable:
    """Rows of `item`, `item_text`, `draft` and `import_note`."""

    def __init__(self, database: peewee.SqliteDatabase, known: Known) -> None:
        self._database = database
        self._known = known
        self._item = peewee.Table(
            "item",
            ("idx", "digest", "path", "truth_id", "fields", "state", "label_id", "findings", "truth_findings"),
            _database=database,
        )
        self._note = peewee.Table("import_note", ("number", "sort", "file", "detail", "disagrees"), _database=database)

    def count(self) -> int:
        """How many items there are. Indexes run from 0 without a gap, so this is also the next index."""
        return int(self._database.execute_sql("SELECT coalesce(max(idx) + 1, 0) FROM item").fetchone()[0])

    def add(self, found: Sequence[FoundItem], truth: Mapping[str, int]) -> range:
        """Append items; returns their indexes. `truth` maps class names to label ids where labels are hidden truth.

        Runs inside the caller's transaction. The digests must be new to the project.
        """
        start = self.count()
        # Straight to SQLite: a query builder takes several times as long, and a pool may have a million rows.
        insert = self._database.connection().executemany
        insert(
            _ADD_ITEM,
            [
                (
                    index,
                    item.digest,
                    to_sql(item.path),
                    truth.get(item.label) if item.label is not None else None,
                    to_sql(json.dumps(dict(item.fields), ensure_ascii=False)),
                    ItemState.TO_DO.value,
                    ids_to_sql(_ids_in(truth, item.findings)),
                )
                for index, item in enumerate(found, start)
            ],
        )
        insert(_ADD_TEXT, [(index, to_sql(item.text)) for index, item in enumerate(found, start) if item.text])
        return range(start, start + len(found))

    def get(self, index: int) -> Item:
        """One item. Raises KnownError for an index that does not exist."""
        found = self.many([index])
        if not found:
            raise KnownError(say("There is no item {index} in this project.", index=str(index)))
        return found[0]

    def many(self, indexes: Sequence[int]) -> list[Item]:
        """Several items, in the order asked for."""
        if len(indexes) > _FEW:
            rows = {item.index: item for item in self._read(indexes)}
        else:
            known = self._known
            rows = {index: item for index in indexes if (item := known.find(("item", index))) is not None}
            for item in self._read([index for index in indexes if index not in rows]):
                known.put(("item", item.index), item)
                rows[item.index] = item
        return [rows[int(i)] for i in indexes if int(i) in rows]

    def _read(self, indexes: Sequence[int]) -> list[Item]:
        if not len(indexes):
            return []
        wanted = json.dumps([int(i) for i in indexes])
        return [_item(row) for row in self._database.execute_sql(_BY_INDEX, (wanted,))]

    def fields_of(self, indexes: Sequence[int]) -> list[dict[str, str]]:
        """The records of several items without their texts, in the order asked for. Raises KeyError for none such."""
        found: dict[int, dict[str, str]] = {}
        for part in _chunks([int(i) for i in indexes]):
            rows = self._database.execute_sql(
                "SELECT idx, fields FROM item WHERE idx IN (SELECT value FROM json_each(?))", (json.dumps(part),)
            )
            found |= {int(index): json.loads(from_sql(fields)) for index, fields in rows}
        return [found[int(i)] for i in indexes]

    def judged(self) -> tuple[int, int]:
        """Of the decided items whose hidden truth is known, how many are decided otherwise, and how many there are."""
        row = self._database.execute_sql(
            "SELECT coalesce(sum(coalesce(label_id, findings) IS NOT coalesce(truth_id, truth_findings)), 0), count(*)"
            " FROM item WHERE state = 'decided' AND coalesce(truth_id, truth_findings) IS NOT NULL"
        ).fetchone()
        return int(row[0]), int(row[1])

    def find(self, prefix: str) -> Item:
        """The item whose digest begins with `prefix`. Raises KnownError when none or several do."""
        wanted = prefix.strip().lower()
        upper = wanted + "g"  # after every hex digit
        rows = self._item.select().where((self._item.digest >= wanted) & (self._item.digest < upper)).limit(2).tuples()
        matches = [_item(row) for row in rows] if wanted else []
        if not matches:
            raise KnownError(
                say("No item has an id that begins with {prefix}.", prefix=prefix),
                say("Take an id from the queue or the export."),
            )
        if len(matches) > 1:
            raise KnownError(
                say("Several items have an id that begins with {prefix}.", prefix=prefix),
                say("Give more characters of the id."),
            )
        return matches[0]

    def search(self, words: str, limit: int) -> list[int]:
        """Indexes of items whose path, digest or note holds `words`, taken literally, in pool order."""
        literal = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        # Names that are not UTF-8 are stored as bytes, which LIKE passes over unless they are cast.
        rows = self._database.execute_sql(
            "SELECT idx FROM item WHERE CAST(path AS TEXT) LIKE CAST(? AS TEXT) ESCAPE '\\'"
            " OR digest LIKE CAST(? AS TEXT) ESCAPE '\\' OR idx IN (SELECT idx FROM decision"
            " WHERE CAST(note AS TEXT) LIKE CAST(? AS TEXT) ESCAPE '\\') ORDER BY idx LIMIT ?",
            (to_sql(f"%{literal}%"), to_sql(f"{literal}%"), to_sql(f"%{literal}%"), limit),
        )
        return [int(row[0]) for row in rows]

    def text(self, index: int) -> str:
        """The text of one item; empty for an image."""
        row = self._database.execute_sql("SELECT text FROM item_text WHERE idx = ?", (index,)).fetchone()
        return from_sql(row[0]) if row else ""

    def texts(self) -> Iterator[str]:
        """All texts in pool order, streamed."""
        for row in self._database.execute_sql("SELECT text FROM item_text ORDER BY idx"):
            yield from_sql(row[0])

    def texts_of(self, indexes: Sequence[int]) -> list[str]:
        """The texts of several items, in the order asked for."""
        wanted = json.dumps([int(i) for i in indexes])
        rows = self._database.execute_sql(
            "SELECT idx, text FROM item_text WHERE idx IN (SELECT value FROM json_each(?))", (wanted,)
        )
        found = {int(index): from_sql(text) for index, text in rows}
        return [found[int(i)] for i in indexes]

    def openings(self, indexes: Sequence[int], characters: int) -> dict[int, str]:
        """The beginnings of the texts of several items, by index: so many characters of each, or bytes where a text is
        no valid Unicode.
        """
        rows = self._database.execute_sql(
            "SELECT idx, substr(text, 1, ?) FROM item_text WHERE idx IN (SELECT value FROM json_each(?))",
            (characters, json.dumps([int(i) for i in indexes])),
        )
        return {int(index): opening_from_sql(text) for index, text in rows}

    def digests(self) -> list[str]:
        """All content digests in pool order."""
        return [row[0] for row in self._database.execute_sql("SELECT digest FROM item ORDER BY idx")]

    def digests_of(self, indexes: Sequence[int]) -> dict[int, str]:
        """The content digests of some items, by index."""
        if len(indexes) <= _FEW:
            return {item.index: item.digest for item in self.many(indexes)}
        rows = self._database.execute_sql(
            "SELECT idx, digest FROM item WHERE idx IN (SELECT value FROM json_each(?))",
            (json.dumps([int(index) for index in indexes]),),
        )
        return {int(index): digest for index, digest in rows}

    def paths(self) -> list[str]:
        """All paths in pool order."""
        return [from_sql(row[0]) for row in self._database.execute_sql("SELECT path FROM item ORDER BY idx")]

    def truth_ids(self) -> npt.NDArray[np.int64]:
        """Hidden true label ids in pool order, −1 where there is none. Shape (n,)."""
        rows = self._database.execute_sql("SELECT coalesce(truth_id, -1) FROM item ORDER BY idx").fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def findings(self, first: int = 0) -> list[tuple[int, tuple[int, ...]]]:
        """(item index, label ids) of every item that is decided, where several findings are decided per item; of those
        from `first` on.
        """
        return [(index, ids) for index, ids in self._sets("findings") if index >= first]

    def answered_as(self, label_id: int) -> list[int]:
        """The items whose answer is this class, or holds this finding, by a person or automatically."""
        rows = self._database.execute_sql(
            "SELECT idx FROM item WHERE state IN ('decided', 'automatic') AND"
            " (label_id = ? OR (findings IS NOT NULL AND EXISTS (SELECT 1 FROM json_each(findings) WHERE value = ?)))"
            " ORDER BY idx",
            (label_id, label_id),
        )
        return [int(row[0]) for row in rows]

    def truth_findings(self) -> list[tuple[int, tuple[int, ...]]]:
        """(item index, label ids) of every item with hidden truth, where several findings are decided per item."""
        return self._sets("truth_findings")

    def _sets(self, column: str) -> list[tuple[int, tuple[int, ...]]]:
        rows = self._database.execute_sql(
            f"SELECT idx, {column} FROM item WHERE {column} IS NOT NULL ORDER BY idx"  # noqa: S608 - our own names
        )
        return [(int(index), ids_from_sql(ids) or ()) for index, ids in rows]

    def standings(self, first: int = 0) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
        """For all items, or those from `first` on: the state as an index into `STATES`, and the decided label id
        (−1: none). Shapes (n − first,).
        """
        count = self.count() - first
        states = np.zeros(count, np.uint8)
        labels = np.full(count, -1, np.int64)
        code = {state.value: number for number, state in enumerate(STATES)}
        rows = self._database.execute_sql(
            "SELECT idx, state, coalesce(label_id, -1) FROM item WHERE idx >= ? AND state <> 'todo'", (first,)
        )
        for index, state, label in rows:
            states[index - first] = code[state]
            labels[index - first] = label
        return states, labels

    def set_standing(
        self, index: int, state: ItemState, label_id: int | None, findings: tuple[int, ...] | None = None
    ) -> None:
        """Store the fold's result for one item; called in the transaction of the decision."""
        self._database.execute_sql(
            _SET_STANDING,
            (state.value, label_id, ids_to_sql(findings), index),
        )
        if (item := self._known.find(("item", index))) is not None:
            self._known.put(("item", index), replace(item, state=state, label_id=label_id, findings=findings))

    def set_standings(self, standings: Mapping[int, Standing]) -> None:
        """As `set_standing`, for many items at once, by index."""
        self._database.connection().executemany(
            _SET_STANDING,
            [(s.state.value, s.label_id, ids_to_sql(s.findings), index) for index, s in standings.items()],
        )

    def add_notes(self, notes: Iterable[Duplicate | Unreadable | Other]) -> None:
        """Keep what the import left out."""
        notes_rows = [
            {
                "sort": _NOTE_SORTS[type(note)],
                "file": to_sql(note.file),
                "detail": to_sql(note.same_as if isinstance(note, Duplicate) else note.why.text()),
                "disagrees": int(isinstance(note, Duplicate) and note.disagrees),
            }
            for note in notes
        ]
        for chunk in _chunks(notes_rows):
            self._note.insert(chunk).execute()

    def notes(self) -> list[Duplicate | Unreadable | Other]:
        """What the import left out, in the order it was found."""
        rows = self._note.select().order_by(self._note.number).tuples()
        return [_note(sort, from_sql(file), from_sql(detail), bool(odd)) for _, sort, file, detail, odd in rows]

    def disagreeing_copies(self) -> list[tuple[int, str]]:
        """(item index, the file or row left out) wherever the same content came once more under another class.

        Notes name the one that was kept by its path, of a table as "row 5 (its id)".
        """
        rows = self._database.execute_sql(
            "SELECT file, detail FROM import_note WHERE sort = 'duplicate' AND disagrees ORDER BY number"
        ).fetchall()
        notes = [(from_sql(file), _path_in(from_sql(detail))) for file, detail in rows]
        if not notes:
            return []
        wanted = json.dumps([to_sql(path) for _, path in notes if isinstance(to_sql(path), str)])
        found = self._database.execute_sql(
            "SELECT idx, path FROM item WHERE path IN (SELECT value FROM json_each(?))", (wanted,)
        )
        index_of = {from_sql(path): int(index) for index, path in found}
        return [(index_of[path], file) for file, path in notes if path in index_of]

    def draft(self, index: int) -> str:
        """A note that was typed and not saved with a decision yet."""
        if index not in self._drafted():
            return ""
        row = self._database.execute_sql("SELECT note FROM draft WHERE idx = ?", (index,)).fetchone()
        return from_sql(row[0]) if row else ""

    def draft_evidence(self, index: int) -> Evidence | None:
        """Marks that were made and not saved with a decision yet; None when they are as the decision has them."""
        if index not in self._drafted():
            return None
        row = self._database.execute_sql("SELECT evidence FROM draft WHERE idx = ?", (index,)).fetchone()
        return evidence_from_sql(row[0]) if row else None

    def draft_response(self, index: int) -> Response | None:
        """What was answered beyond the class and not saved yet; None when it is as the decision has it."""
        if index not in self._drafted():
            return None
        row = self._database.execute_sql("SELECT response FROM draft WHERE idx = ?", (index,)).fetchone()
        return response_from_sql(row[0]) if row else None

    def set_draft(
        self, index: int, note: str, evidence: Evidence | None = None, response: Response | None = None
    ) -> None:
        """Keep a typed note, marks and a response; an empty note without either is forgotten."""
        drafted = self._drafted()
        if index in drafted:
            self._database.execute_sql("DELETE FROM draft WHERE idx = ?", (index,))
            self._known.put("drafted", drafted - {index})
        if note or evidence is not None or response is not None:
            self._database.execute_sql(
                "INSERT INTO draft(idx, note, evidence, response) VALUES (?, ?, ?, ?)",
                (index, to_sql(note), evidence_to_sql(evidence), response_to_sql(response)),
            )
            self._known.put("drafted", drafted | {index})

    def _drafted(self) -> frozenset[int]:
        """The items that have a draft: hardly ever any."""
        return self._known.get(
            "drafted",
            lambda: frozenset(int(row[0]) for row in self._database.execute_sql("SELECT idx FROM draft")),
        )


def _item(
    row: tuple[int, str, str | bytes, int | None, str | bytes, str, int | None, str | None, str | None],
) -> Item:
    index, digest, path, truth_id, fields, state, label_id, findings, truth_findings = row
    return Item(
        index,
        digest,
        from_sql(path),
        ItemState(state),
        label_id,
        truth_id,
        json.loads(from_sql(fields)),
        ids_from_sql(findings),
        ids_from_sql(truth_findings),
    )


def _ids_in(ids: Mapping[str, int], names: Sequence[str] | None) -> tuple[int, ...] | None:
    """The ids of names, ascending; None where no truth is kept."""
    return None if names is None or not ids else tuple(sorted(ids[name] for name in names if name in ids))


def _path_in(named: str) -> str:
    """The path of an item in what a note calls it."""
    row = re.fullmatch(r"(?:.*: )?row \d+ \((.*)\)", named, re.DOTALL)
    return row.group(1) if row else named


def _note(sort: str, file: str, detail: str, disagrees: bool) -> Duplicate | Unreadable | Other:
    if sort == "duplicate":
        return Duplicate(file, detail, disagrees)
    why = sentence_of(detail)
    return Unreadable(file, why) if sort == "unreadable" else Other(file, why)


def _chunks(rows: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]
