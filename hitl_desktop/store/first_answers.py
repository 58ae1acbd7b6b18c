"""What reviewers first said of items, and what they made of it once they saw what the model suggests."""

from dataclasses import dataclass

import peewee

from hitl_desktop.domain.decisions import Exposure, Slot
from hitl_desktop.store.text_values import from_sql, ids_from_sql

_IMPORTED = (Slot.IMPORTED.value, Slot.IMPORTED_CHECK.value)
_BLIND = (Slot.EXPLORE.value, Slot.AUDIT.value, Slot.WATCH.value)
_NOT_TRAINING = (Slot.EXPLORE.value, Slot.IMPORTED_CHECK.value, Slot.WATCH.value)
_NOT_TAKEN_BACK = "NOT EXISTS (SELECT 1 FROM decision AS r WHERE r.retracts = d.number)"


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What a reviewer first said of an item, and what the model suggested: class ids, or sets of them.

    `exposure` and `hiding` as in `Decision`. `final` is what stands after the suggestion was revealed; None elsewhere.
    """

    item_index: int
    reviewer: str
    said: object
    suggested: object
    exposure: Exposure | None
    hiding: float | None
    final: object = None


class FirstAnswers:
    """Reads them from the log of decisions."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        self._database = database

    def answers_since(self, number: int, most: int) -> list[tuple[int, int, int | None, tuple[int, ...] | None]]:
        """(number, item index, label id, findings) of the answers after `number` that may train and stand: of each item
        the last one, of all items the last `most`, oldest first.
        """
        rows = self._database.execute_sql(
            "SELECT d.number, d.idx, d.label_id, d.findings FROM decision AS d INDEXED BY decision_by_people"  # noqa: S608
            " WHERE d.number > ? AND d.verdict IN ('confirmed', 'corrected') AND d.slot NOT IN (?, ?, ?)"
            f" AND d.slot <> 'automatic' AND {_NOT_TAKEN_BACK} ORDER BY d.number DESC LIMIT ?",
            (number, *_NOT_TRAINING, most),
        )
        found: dict[int, tuple[int, int, int | None, tuple[int, ...] | None]] = {}
        for at, index, label_id, findings in rows:
            found.setdefault(index, (at, index, label_id, ids_from_sql(findings)))
        return sorted(found.values(), key=lambda answer: answer[0])

    def first(self) -> list[FirstAnswer]:
        """The first class that each reviewer ever gave each item, taken back or not, where a model had suggested one.

        Labels that came with the data and random checks are left out.
        """
        rows = self._database.execute_sql(
            "SELECT idx, reviewer, label_id, findings, predicted_id, predicted_findings, exposure, hiding FROM"
            # With min() SQLite takes the other columns from the row that has it.
            " (SELECT d.*, min(d.number) FROM decision AS d WHERE d.verdict IN ('confirmed', 'corrected')"
            " GROUP BY d.idx, d.reviewer)"
            " WHERE slot NOT IN (?, ?, ?, ?, ?) AND coalesce(predicted_id, predicted_findings) IS NOT NULL"
            " AND coalesce(exposure, '') <> 'revealed' ORDER BY idx, reviewer",
            (*_IMPORTED, *_BLIND),
        )
        return [
            FirstAnswer(
                index,
                from_sql(reviewer),
                _answer(label, findings),
                _answer(predicted, predicted_findings),
                Exposure(exposure) if exposure else None,
                hiding,
            )
            for index, reviewer, label, findings, predicted, predicted_findings, exposure, hiding in rows
        ]

    def revealed(self) -> list[FirstAnswer]:
        """Own answers that stand and differed from the suggestion, with what was made of them when it was revealed."""
        rows = self._database.execute_sql(
            "SELECT o.idx, o.reviewer, o.label_id, o.findings, d.predicted_id, d.predicted_findings, o.hiding,"  # noqa: S608
            " d.label_id, d.findings FROM decision AS d JOIN decision AS o ON o.number = d.follows"
            f" WHERE d.verdict IN ('confirmed', 'corrected') AND {_NOT_TAKEN_BACK}"
            # A class that was merged since decides its items anew: what was said at the reveal is the first of them.
            " GROUP BY o.number HAVING d.number = min(d.number) ORDER BY d.number"
        )
        return [
            FirstAnswer(
                row[0],
                from_sql(row[1]),
                _answer(row[2], row[3]),
                _answer(row[4], row[5]),
                Exposure.HIDDEN,
                row[6],
                _answer(row[7], row[8]),
            )
            for row in rows
        ]


def _answer(label_id: int | None, findings: str | None) -> object:
    return label_id if findings is None else ids_from_sql(findings)
