"""What is counted in the log of decisions: how many there are, of which sort, and where they begin."""

import peewee

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.store.text_values import to_sql

IMPORTED = (Slot.IMPORTED.value, Slot.IMPORTED_CHECK.value)
NOT_TAKEN_BACK = "NOT EXISTS (SELECT 1 FROM decision AS r WHERE r.retracts = d.number)"


class DecisionCounts:
    """Questions that only read, for `DecisionLog`."""

    _database: peewee.SqliteDatabase

    def imported(self) -> list[int]:
        """The items whose label came with the data, whatever was decided on them since."""
        found = self._database.execute_sql(
            "SELECT DISTINCT idx FROM decision WHERE slot IN (?, ?) ORDER BY idx", IMPORTED
        )
        return [int(row[0]) for row in found]

    def standing_verdicts(self) -> dict[str, int]:
        """Decided items by what the decision that stands was: confirmed, corrected, or imported with the data."""
        rows = self._database.execute_sql(
            "SELECT CASE WHEN d.slot IN (?, ?) THEN 'imported' ELSE d.verdict END AS said, count(*)"
            " FROM item AS i JOIN decision AS d ON d.number = (SELECT max(l.number) FROM decision AS l"
            " WHERE l.idx = i.idx AND l.verdict NOT IN ('retracted', 'repeated')"
            " AND NOT EXISTS (SELECT 1 FROM decision AS r WHERE r.retracts = l.number))"
            " WHERE i.state = 'decided' GROUP BY said",
            IMPORTED,
        )
        return {str(said): int(count) for said, count in rows}

    def made(self) -> int:
        """How many decisions stand or were replaced, less those taken back: what the order of asking counts on.

        An own answer and the one after the reveal count as one. Automatic decisions are nobody's and do not count, and
        hidden repeats have no place in that order.
        """
        count = "SELECT coalesce(sum(CASE WHEN verdict = 'retracted' THEN -1 ELSE 1 END), 0) FROM decision INDEXED BY"
        by_people, repeated = self._database.execute_sql(
            f"SELECT ({count} decision_by_people WHERE follows IS NULL AND slot <> 'automatic'),"
            f" ({count} decision_repeat WHERE slot = 'repeat')"
        ).fetchone()
        return int(by_people) - int(repeated)

    def made_since(self, at_utc: str, most: int) -> int:
        """How many decisions people made since then that stand or were replaced, among the last `most` events; labels
        that came with the data do not count, and an own answer and the one after the reveal count as one.
        """
        row = self._database.execute_sql(
            "SELECT count(*) FROM (SELECT * FROM decision ORDER BY number DESC LIMIT ?) AS d"  # noqa: S608 - our own
            " WHERE d.at_utc >= ? AND d.follows IS NULL AND d.verdict NOT IN ('retracted', 'automatic')"
            f" AND d.slot NOT IN (?, ?) AND {NOT_TAKEN_BACK}",
            (most, at_utc, *IMPORTED),
        ).fetchone()
        return int(row[0])

    def first_of(self, reviewer: str) -> int | None:
        """The number of a reviewer's first event; None before it."""
        row = self._database.execute_sql("SELECT min(number) FROM decision WHERE reviewer = ?", (to_sql(reviewer),))
        number = row.fetchone()[0]
        return None if number is None else int(number)
