"""The versions of the routing policy: appended to, never changed; the last one is in force."""

import json
import uuid
from dataclasses import dataclass, replace

import peewee

from hitl_desktop.domain.policy import RoutingPolicy, policy_of
from hitl_desktop.store.text_values import from_sql, to_sql


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version as it is on record: when, by whom and why. `takes_back` is the version whose change it undoes."""

    policy: RoutingPolicy
    at_utc: str
    by: str
    reason: str = ""
    takes_back: int | None = None

    @property
    def number(self) -> int:
        """The version."""
        return self.policy.version


class PolicyTable:
    """Rows of `policy`. `append` runs inside a transaction that the caller holds."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        self._database = database

    def append(self, version: PolicyVersion) -> PolicyVersion:
        """Put a policy in force; returns it with its number."""
        last = self._database.execute_sql("SELECT coalesce(max(number), 0) FROM policy").fetchone()[0]
        numbered = replace(version, policy=replace(version.policy, version=int(last) + 1))
        self._database.execute_sql(
            "INSERT INTO policy(number, event_id, at_utc, by, reason, takes_back, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                numbered.number,
                str(uuid.uuid4()),
                numbered.at_utc,
                to_sql(numbered.by),
                to_sql(numbered.reason),
                numbered.takes_back,
                to_sql(json.dumps(numbered.policy.plain(), ensure_ascii=True)),
            ),
        )
        return numbered

    def all(self) -> list[PolicyVersion]:
        """Every version, oldest first; the last one is in force. Empty for a project that has only its first one."""
        return self._select("ORDER BY number")

    def last(self) -> PolicyVersion | None:
        """The version in force."""
        found = self._select("ORDER BY number DESC LIMIT 1")
        return found[0] if found else None

    def get(self, number: int) -> PolicyVersion | None:
        """One version; None for a number that is none."""
        found = self._select("WHERE number = ?", number)
        return found[0] if found else None

    def _select(self, rest: str, *values: object) -> list[PolicyVersion]:
        rows = self._database.execute_sql(
            f"SELECT number, at_utc, by, reason, takes_back, body FROM policy {rest}",  # noqa: S608 - our own words
            values,
        )
        return [
            PolicyVersion(
                replace(policy_of(json.loads(from_sql(body))), version=int(number)),
                at_utc,
                from_sql(by),
                from_sql(reason),
                takes_back,
            )
            for number, at_utc, by, reason, takes_back, body in rows
        ]
