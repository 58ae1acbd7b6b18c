"""What was steered: appended to, never changed. The last plan is in force, and the last word on each example."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

import peewee

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import Sentence, sentence_of
from hitl_desktop.domain.steering import MOST_WEIGHT, USUAL, SteeringPlan, plan_of
from hitl_desktop.store.text_values import from_sql, to_sql

_COLUMNS = "number, at_utc, by, action, idx, weight, body, said, takes_back"


@dataclass(frozen=True, slots=True)
class SteeringEvent:
    """One step: a plan, or what the example `item_index` counts. `takes_back` is the step whose change it undoes."""

    number: int
    at_utc: str
    by: str
    said: Sentence
    plan: SteeringPlan | None = None
    item_index: int | None = None
    weight: float | None = None
    takes_back: int | None = None


class SteeringTable:
    """Rows of `steering_event`. What appends runs inside a transaction that the caller holds."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        self._database = database

    def append_plan(
        self, plan: SteeringPlan, at_utc: str, by: str, said: Sentence, takes_back: int | None = None
    ) -> None:
        """Put a plan in force."""
        body = to_sql(json.dumps(plan.plain(), ensure_ascii=True))
        self._append(at_utc, by, "plan", None, None, body, said, takes_back)

    def append_example(
        self, index: int, weight: float, at_utc: str, by: str, said: Sentence, takes_back: int | None = None
    ) -> None:
        """Have an item count so much from now on."""
        self._append(at_utc, by, "example", index, weight, None, said, takes_back)

    def all(self) -> list[SteeringEvent]:
        """Every step, oldest first."""
        return self._select("ORDER BY number")

    def last_plan(self) -> SteeringEvent | None:
        """The plan in force; None while there is none."""
        found = self._select("WHERE action = 'plan' ORDER BY number DESC LIMIT 1")
        return found[0] if found else None

    def examples(self) -> dict[int, float]:
        """What items count, by index: those that do not count the usual 1."""
        rows = self._database.execute_sql(
            "SELECT s.idx, s.weight FROM steering_event AS s WHERE s.number IN (SELECT max(number) FROM steering_event"
            " WHERE action = 'example' GROUP BY idx) ORDER BY s.idx"
        )
        return {int(index): float(weight) for index, weight in rows if weight != USUAL}

    def _append(
        self,
        at_utc: str,
        by: str,
        action: str,
        index: int | None,
        weight: float | None,
        body: object,
        said: Sentence,
        takes_back: int | None,
    ) -> None:
        last = self._database.execute_sql("SELECT coalesce(max(number), 0) FROM steering_event").fetchone()[0]
        self._database.execute_sql(
            f"INSERT INTO steering_event({_COLUMNS}, event_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (
                int(last) + 1, at_utc, to_sql(by), action, index, weight, body, said.text(), takes_back,
                str(uuid.uuid4()),
            ),
        )  # fmt: skip

    def _select(self, rest: str) -> list[SteeringEvent]:
        rows = self._database.execute_sql(f"SELECT {_COLUMNS} FROM steering_event {rest}")  # noqa: S608 - our own words
        return [
            SteeringEvent(
                int(number),
                at_utc,
                from_sql(by),
                sentence_of(said),
                plan_of(json.loads(from_sql(body))) if action == "plan" else None,
                index,
                weight,
                takes_back,
            )
            for number, at_utc, by, action, index, weight, body, said, takes_back in rows
        ]


def check_step(action: Any, weight: Any, body: Any) -> None:
    """What a file says of a step can be read again, and trained with. Raises ValueError, TypeError or LookupError."""
    if action != "plan":
        if not 0 <= weight <= MOST_WEIGHT:
            raise ValueError(weight)
        return
    try:
        plan_of(json.loads(from_sql(body))).checked()
    except KnownError as error:
        raise ValueError(error.message) from error
