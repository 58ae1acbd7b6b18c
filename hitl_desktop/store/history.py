"""Questions about the history of decisions, answered part by part, as those about items are."""

from collections.abc import Sequence
from typing import Final

import peewee

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.history import HistoryFilter, HistoryOrder
from hitl_desktop.domain.past_answers import CODES
from hitl_desktop.domain.steering import IGNORED, USUAL, SteeredFacet
from hitl_desktop.store.item_search import Indexes, holding, joined_numbers
from hitl_desktop.store.text_values import to_sql

_UNDER_AUDIT: Final = (
    "d.idx IN (SELECT idx FROM audit_item WHERE audit NOT IN"
    " (SELECT audit FROM audit_event WHERE event = 'finished' OR event = 'abandoned'))"
)
"""Events of items that an audit under way has drawn: nobody may learn from the history whether the model was right."""
_VERDICT: Final = f"CASE WHEN d.verdict = 'confirmed' AND {_UNDER_AUDIT} THEN 'corrected' ELSE d.verdict END"
_KEYS: Final = {
    HistoryOrder.TIME: "d.number",
    HistoryOrder.ITEM: "i.path COLLATE NOCASE",
    HistoryOrder.DECIDED: f"{_VERDICT}, l.name COLLATE NOCASE",
    HistoryOrder.REVIEWER: "d.reviewer COLLATE NOCASE",
    HistoryOrder.MODEL: "d.model_version",
    HistoryOrder.SECONDS: "d.seconds",
}
_SOURCE: Final = "decision AS d JOIN item AS i ON i.idx = d.idx LEFT JOIN label AS l ON l.id = d.label_id"
_WORDY: Final = ("i.path", "d.note", "d.reason")
_ANSWERED: Final = frozenset({Verdict.CONFIRMED, Verdict.CORRECTED})


class HistorySearch:
    """Finds numbers of events. Belongs to the thread that opened the database."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        self._database = database

    def matching(self, wanted: HistoryFilter, words: Sequence[str], first: int, last: int) -> Indexes:
        """The numbers from `first` to `last` of the events that fit, ascending. `words` are those of the filter."""
        where, values = _where(wanted, words)
        row = self._database.execute_sql(
            f"SELECT group_concat(d.number) FROM {_SOURCE} WHERE d.number BETWEEN ? AND ? AND {where}",  # noqa: S608
            [first, last, *values],
        ).fetchone()
        return joined_numbers(row[0])

    def classes(self, first: int, last: int) -> tuple[Indexes, Indexes, Indexes]:
        """Of the events from `first` to `last` that name one class: their numbers, items and class ids, (m,) each."""
        row = self._database.execute_sql(
            "SELECT group_concat(number), group_concat(idx), group_concat(label_id) FROM decision"
            " WHERE number BETWEEN ? AND ? AND label_id IS NOT NULL",
            (first, last),
        ).fetchone()
        numbers, items, labels = (joined_numbers(joined) for joined in row)
        return numbers, items, labels

    def in_order(
        self, wanted: HistoryFilter, words: Sequence[str], order: HistoryOrder, *, descending: bool
    ) -> Indexes:
        """All numbers of events that fit, in an order; those that have no such value come last."""
        where, values = _where(wanted, words)
        way = "DESC" if descending else "ASC"
        keys = ", ".join(f"{key} {way} NULLS LAST" for key in _KEYS[order].split(", "))
        row = self._database.execute_sql(
            f"SELECT group_concat(number) FROM (SELECT d.number FROM {_SOURCE} WHERE {where}"  # noqa: S608
            f" ORDER BY {keys}, d.number DESC)",
            values,
        ).fetchone()
        return joined_numbers(row[0])


def _weighed(facet: SteeredFacet) -> tuple[str, object]:
    """Events of items that count more now, or not at all."""
    how = "s.weight > ?" if facet is SteeredFacet.MATTERS else "s.weight = ?"
    last = "SELECT max(number) FROM steering_event WHERE action = 'example' GROUP BY idx"
    where = f"d.idx IN (SELECT s.idx FROM steering_event AS s WHERE s.number IN ({last}) AND {how})"  # noqa: S608
    return where, USUAL if facet is SteeredFacet.MATTERS else IGNORED


def _where(wanted: HistoryFilter, words: Sequence[str]) -> tuple[str, list[object]]:
    parts, values = ["1"], list[object]()
    for word in words:
        places, of_word = holding(word, _WORDY)
        values += of_word
        parts.append(f"({' OR '.join(places)})")
    if wanted.label_id is not None:
        inside = "EXISTS (SELECT 1 FROM json_each({}) WHERE value = ?)"
        decided, said = (inside.format(column) for column in ("d.findings", "d.predicted_findings"))
        parts.append(f"(d.label_id = ? OR {decided} OR (NOT {_UNDER_AUDIT} AND (d.predicted_id = ? OR {said})))")
        values += [wanted.label_id] * 4
    if wanted.reviewer:
        parts.append("d.reviewer = ?")
        values.append(to_sql(wanted.reviewer))
    if wanted.verdicts:
        places_of = ", ".join("?" * len(wanted.verdicts))
        answered = f"d.verdict IN ('confirmed', 'corrected') AND {_UNDER_AUDIT}" if wanted.verdicts & _ANSWERED else "0"
        parts.append(f"(d.verdict IN ({places_of}) OR ({answered}))")
        values += sorted(verdict.value for verdict in wanted.verdicts)
    if wanted.since:
        parts.append("d.at_utc >= ?")
        values.append(wanted.since)
    if wanted.until:
        parts.append("d.at_utc < date(?, '+1 day')")
        values.append(wanted.until)
    if wanted.has_note:
        parts.append("d.note <> ''")
    if wanted.amended:
        parts.append(f"d.reason NOT IN ('', {', '.join('?' * len(CODES))})")
        values += CODES
    if wanted.steered in (SteeredFacet.MATTERS, SteeredFacet.IGNORED):
        where, value = _weighed(wanted.steered)
        parts.append(where)
        values.append(value)
    return " AND ".join(parts), values
