"""Automatic decisions in the log, and what was done to the automatic: both are only ever appended to."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import peewee

from hitl_desktop.domain.automation import AutomationAction, AutomationEvent, Scope
from hitl_desktop.domain.decisions import Decision
from hitl_desktop.domain.sentences import sentence_of
from hitl_desktop.store.decisions import DecisionLog
from hitl_desktop.store.item_search import joined_numbers
from hitl_desktop.store.known import Known
from hitl_desktop.store.text_values import from_sql, ids_to_sql, to_sql

Indexes = npt.NDArray[np.int64]

_EVENT: Final = (
    "number, at_utc, by, action, reason, model_version, policy_version, rule, items, upto FROM automation_event"
)
_STANDING: Final = (
    "decision AS d WHERE d.slot = 'automatic' AND d.verdict = 'automatic'"
    " AND NOT EXISTS (SELECT 1 FROM decision AS r WHERE r.retracts = d.number)"
)


class AutomationTable:
    """Rows of `automation_event`, and those of `decision` that nobody made. Changes run inside a transaction that the
    caller holds.
    """

    def __init__(self, database: peewee.SqliteDatabase, log: DecisionLog, known: Known) -> None:
        self._database = database
        self._known = known
        self._log = log

    # ---- what was done to the automatic ----------------------------------------------------------------------------

    def append(self, event: AutomationEvent) -> int:
        """Add an event; returns its number, whatever it had."""
        last = self._database.execute_sql("SELECT coalesce(max(number), 0) FROM automation_event").fetchone()[0]
        scope = event.scope
        self._database.execute_sql(
            f"INSERT INTO automation_event({_EVENT.split(' FROM ')[0]}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (
                int(last) + 1,
                event.at_utc,
                to_sql(event.by),
                event.action.value,
                to_sql(event.reason.text()),
                scope.model_version,
                scope.policy_version,
                scope.rule,
                event.items,
                event.upto,
            ),
        )
        return int(last) + 1

    def events(self) -> list[AutomationEvent]:
        """All of them, oldest first. They are few: one for each time that somebody stepped in."""
        return list(self._known.get("automation events", self._events))

    def _events(self) -> list[AutomationEvent]:
        return [
            AutomationEvent(
                int(number),
                at_utc,
                from_sql(by),
                AutomationAction(action),
                sentence_of(from_sql(reason)),
                Scope(model, policy, rule),
                items,
                upto,
            )
            for number, at_utc, by, action, reason, model, policy, rule, items, upto in self._database.execute_sql(
                f"SELECT {_EVENT} ORDER BY number"
            )
        ]

    # ---- automatic decisions ---------------------------------------------------------------------------------------

    def decide(self, decisions: Sequence[Decision]) -> None:
        """Add automatic decisions on items that nobody has dealt with: each item is in its new state at once."""
        self._log.insert_many(decisions)
        self._database.connection().executemany(
            "UPDATE item SET state = 'automatic', label_id = ?, findings = ? WHERE idx = ?",
            [(d.label_id, ids_to_sql(d.findings), d.item_index) for d in decisions],
        )

    def standing(self, scope: Scope, upto: int, limit: int) -> list[Decision]:
        """The first `limit` automatic decisions in the scope, up to a number, that were not taken back, oldest first.

        Those that a person decided over since are among them.
        """
        where, values = _within(scope)
        rows = self._database.execute_sql(
            f"SELECT d.number FROM {_STANDING} AND d.number <= ? {where} ORDER BY d.number LIMIT ?",  # noqa: S608
            (upto, *values, limit),
        )
        return self._log.numbered([int(row[0]) for row in rows])

    def count_in(self, scope: Scope) -> int:
        """How many items stand as an automatic decision in the scope has put them."""
        where, values = _within(scope)
        row = self._database.execute_sql(
            f"SELECT count(DISTINCT d.idx) FROM {_STANDING} {where}"  # noqa: S608 - our own words
            " AND (SELECT state FROM item WHERE item.idx = d.idx) = 'automatic'",
            values,
        ).fetchone()
        return int(row[0])

    def counts(self) -> list[tuple[Scope, int]]:
        """How many items stand as each rule of each policy, with each model, has decided them."""
        rows = self._database.execute_sql(
            f"SELECT d.model_version, d.policy_version, d.rule, count(DISTINCT d.idx) FROM {_STANDING}"  # noqa: S608
            " AND (SELECT state FROM item WHERE item.idx = d.idx) = 'automatic' GROUP BY 1, 2, 3"
        )
        return [(Scope(model, policy, rule), int(count)) for model, policy, rule, count in rows]

    def latest(self, limit: int) -> list[Decision]:
        """The last automatic decisions that were not taken back, newest first."""
        rows = self._database.execute_sql(
            f"SELECT d.number FROM {_STANDING} ORDER BY d.number DESC LIMIT ?",  # noqa: S608 - our own words
            (limit,),
        )
        return self._log.numbered([int(row[0]) for row in rows])[::-1]

    def last_taken_back(self) -> int:
        """The number of the last event that took back an automatic decision, 0 for none."""
        row = self._database.execute_sql(
            "SELECT max(number) FROM decision WHERE slot = 'automatic' AND verdict = 'retracted'"
        ).fetchone()
        return int(row[0] or 0)

    def taken_back(self, model_version: int) -> Indexes:
        """Items whose automatic decision was taken back by itself, or in a recall of this version's decisions."""
        row = self._database.execute_sql(
            "SELECT group_concat(idx) FROM (SELECT DISTINCT idx FROM decision WHERE slot = 'automatic'"
            " AND verdict = 'retracted' AND (batch = '' OR model_version = ?))",
            (model_version,),
        ).fetchone()
        return joined_numbers(row[0])

    # ---- what people did about them --------------------------------------------------------------------------------

    def changed(self, since: int) -> int:
        """Items whose automatic decision a person changed or took back after the event `since`, and it stands so."""
        row = self._database.execute_sql(
            "SELECT count(DISTINCT idx) FROM ("
            "SELECT d.idx FROM decision AS d INDEXED BY decision_by_people WHERE d.number > ? AND d.slot <> 'automatic'"
            " AND d.verdict <> 'retracted' AND NOT EXISTS (SELECT 1 FROM decision AS r WHERE r.retracts = d.number)"
            " AND EXISTS (SELECT 1 FROM decision AS a WHERE a.idx = d.idx AND a.number < d.number"
            " AND a.verdict = 'automatic' AND a.label_id IS NOT d.label_id OR a.idx = d.idx AND a.number < d.number"
            " AND a.verdict = 'automatic' AND a.findings IS NOT d.findings)"
            " UNION ALL SELECT d.idx FROM decision AS d WHERE d.slot = 'automatic' AND d.verdict = 'retracted'"
            " AND d.number > ? AND d.batch = '')",
            (since, since),
        ).fetchone()
        return int(row[0])

    def watched(self, since: int) -> tuple[int, int]:
        """Of the items that would have been decided automatically and were decided blind after the event `since`: how
        many the model had wrong, or had no answer, and how many there are.
        """
        row = self._database.execute_sql(
            "SELECT coalesce(sum(NOT (d.verdict = 'confirmed')), 0), count(*)"
            " FROM decision AS d INDEXED BY decision_by_people WHERE d.number > ? AND d.slot <> 'automatic'"
            " AND d.slot = 'watch' AND d.verdict <> 'retracted' AND d.number = (SELECT max(l.number) FROM decision AS l"
            " WHERE l.idx = d.idx AND l.slot = 'watch' AND l.verdict <> 'retracted'"
            " AND NOT EXISTS (SELECT 1 FROM decision AS r WHERE r.retracts = l.number))",
            (since,),
        ).fetchone()
        return int(row[0]), int(row[1])

    def review_seconds(self, limit: int) -> list[float]:
        """The active time of people's last decisions, in order of time."""
        rows = self._database.execute_sql(
            "SELECT d.seconds FROM decision AS d INDEXED BY decision_by_people WHERE d.slot <> 'automatic'"
            " AND d.verdict <> 'retracted' AND d.seconds IS NOT NULL ORDER BY d.number DESC LIMIT ?",
            (limit,),
        )
        return [float(row[0]) for row in rows][::-1]

    def reviews_since(self, since: int) -> int:
        """How many decisions with their time people have made after the event `since`."""
        row = self._database.execute_sql(
            "SELECT count(*) FROM decision AS d INDEXED BY decision_by_people WHERE d.number > ?"
            " AND d.slot <> 'automatic' AND d.verdict <> 'retracted' AND d.seconds IS NOT NULL",
            (since,),
        ).fetchone()
        return int(row[0])

    def begun(self) -> list[int]:
        """Items with a note or marks that are not saved with a decision yet: somebody is at them."""
        return [int(row[0]) for row in self._database.execute_sql("SELECT idx FROM draft")]


def _within(scope: Scope) -> tuple[str, tuple[int, ...]]:
    """The scope as a condition on `d`."""
    asked = {
        "model_version": scope.model_version,
        "policy_version": scope.policy_version,
        "rule": scope.rule,
    }
    known = {name: value for name, value in asked.items() if value is not None}
    return "".join(f" AND d.{name} = ?" for name in known), tuple(known.values())
