"""Who decides in a project: what may be read of their profiles, and who sat down when. Appended to, never changed."""

from dataclasses import replace
from datetime import UTC, datetime

import peewee

from hitl_desktop.domain.decisions import Decision
from hitl_desktop.domain.reviewers import Reviewer, Sitting
from hitl_desktop.store.text_values import from_sql, to_sql

_COLUMNS = "uuid, name, role, has_password, public_key, is_disabled"


class ReviewerTable:
    """Rows of `reviewer` and `sitting`. What writes runs inside a transaction that the caller holds."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        self._database = database

    def note(self, reviewer: Reviewer) -> bool:
        """Keep how a profile is now, where that is not what is on record; True when it was new."""
        if self.get(reviewer.uuid) == reviewer:
            return False
        self._database.execute_sql(
            f"INSERT INTO reviewer(number, at_utc, {_COLUMNS})"  # noqa: S608 - our own names
            " VALUES ((SELECT coalesce(max(number), 0) + 1 FROM reviewer), ?, ?, ?, ?, ?, ?, ?)",
            (
                _now(),
                reviewer.uuid,
                to_sql(reviewer.name),
                to_sql(reviewer.role),
                int(reviewer.has_password),
                reviewer.public_key,
                int(reviewer.is_disabled),
            ),
        )
        return True

    def get(self, uuid: str) -> Reviewer | None:
        """A reviewer as they are on record last."""
        found = self._select("WHERE uuid = ? ORDER BY number DESC LIMIT 1", uuid)
        return found[0] if found else None

    def all(self) -> list[Reviewer]:
        """Everybody as they are on record last, in the order in which they came."""
        return self._select(
            "WHERE number IN (SELECT max(number) FROM reviewer GROUP BY uuid)"
            " ORDER BY (SELECT min(f.number) FROM reviewer AS f WHERE f.uuid = reviewer.uuid)"
        )

    def names(self, uuid: str) -> list[str]:
        """Every name that a reviewer has had here, the first one first."""
        rows = self._database.execute_sql("SELECT name FROM reviewer WHERE uuid = ? ORDER BY number", (uuid,))
        return list(dict.fromkeys(from_sql(row[0]) for row in rows))

    def keys_of(self, uuid: str) -> set[str]:
        """Every public key (hex) that a reviewer has had here."""
        rows = self._database.execute_sql("SELECT DISTINCT public_key FROM reviewer WHERE uuid = ?", (uuid,))
        return {row[0] for row in rows if row[0]}

    def sat_down(self, sitting: Sitting, after_decision: int) -> bool:
        """Keep who is at work from now on, unless that is on record as the last one already; True when it was new."""
        last = self._database.execute_sql(
            "SELECT reviewer_id, name, auth, after_decision FROM sitting ORDER BY number DESC LIMIT 1"
        ).fetchone()
        row = (sitting.reviewer_id, to_sql(sitting.name), sitting.auth.value, after_decision)
        if last == row:
            return False
        self._database.execute_sql(
            "INSERT INTO sitting(number, at_utc, reviewer_id, name, auth, after_decision)"
            " VALUES ((SELECT coalesce(max(number), 0) + 1 FROM sitting), ?, ?, ?, ?, ?)",
            (_now(), *row),
        )
        return True

    def _select(self, rest: str, *values: object) -> list[Reviewer]:
        rows = self._database.execute_sql(f"SELECT {_COLUMNS} FROM reviewer {rest}", values)  # noqa: S608 - our own
        return [
            Reviewer(uuid, from_sql(name), from_sql(role), bool(password), key, bool(disabled))
            for uuid, name, role, password, key, disabled in rows
        ]


def stamped(decision: Decision, number: int, sitting: Sitting | None) -> Decision:
    """The event with its number, and with what is known of its reviewer. Whoever writes it cannot forget, and cannot
    say otherwise. One copy for both: copying takes longer than anything else here.
    """
    is_theirs = sitting is not None and sitting.name == decision.reviewer
    reviewer_id, auth = (sitting.reviewer_id, sitting.auth.value) if sitting is not None and is_theirs else ("", "")
    return replace(decision, number=number, reviewer_id=reviewer_id, auth=auth)


class Seat:
    """Who sits at a project, put on record together with the first change they make."""

    def __init__(self, table: ReviewerTable) -> None:
        self._table = table
        self._now: Sitting | None = None
        self._due: tuple[Sitting, Reviewer | None, int] | None = None

    def take(self, sitting: Sitting, reviewer: Reviewer | None, after_decision: int) -> None:
        """Somebody sits down. One who has not signed in yet changes nothing, and is not put on record; one who sits
        there already has said what may be read of the profile.
        """
        if sitting == self._now and reviewer is None:
            return
        self._now = sitting
        self._due = None if sitting.is_locked or not sitting.name else (sitting, reviewer, after_decision)

    def note(self) -> None:
        """Write it, inside the transaction of the change."""
        if self._due is not None:
            sitting, reviewer, after = self._due
            if reviewer is not None:
                self._table.note(reviewer)
            self._table.sat_down(sitting, after)

    def noted(self, is_change: bool) -> None:
        """The transaction is durable."""
        if is_change:
            self._due = None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
