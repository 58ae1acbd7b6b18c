"""The log of decisions: appended to, never changed; the current state is folded from it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

import peewee

from hitl_desktop.domain.decisions import Decision, Exposure, Slot, Verdict, fold, live_in, standing_of
from hitl_desktop.domain.evidence import NO_EVIDENCE
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.responses import NO_RESPONSE
from hitl_desktop.domain.reviewers import Sitting
from hitl_desktop.store.decision_counts import IMPORTED, NOT_TAKEN_BACK, DecisionCounts
from hitl_desktop.store.items import ItemTable
from hitl_desktop.store.known import Known
from hitl_desktop.store.reviewers import stamped
from hitl_desktop.store.text_values import (
    evidence_from_sql,
    evidence_to_sql,
    from_sql,
    ids_from_sql,
    ids_to_sql,
    response_from_sql,
    response_to_sql,
    to_sql,
)

_FIELDS = tuple(f.name for f in fields(Decision))
_COLUMNS = tuple("idx" if name == "item_index" else name for name in _FIELDS)
# Written out once: these run with every key, and building them with the query builder takes longer than they do.
_SELECT = f"SELECT {', '.join(f'd.{name}' for name in _COLUMNS)} FROM decision AS d"  # noqa: S608 - our own names
_INSERT = f"INSERT INTO decision({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
_ONCE = f"{_INSERT} ON CONFLICT(event_id) DO NOTHING"
_FEW = 8
_FOLLOWED = ("training since", "recent", "last")
"""What is known of the log under these names is carried on with every decision."""
_NOT_TRAINING = (Slot.EXPLORE.value, Slot.IMPORTED_CHECK.value, Slot.WATCH.value)

_OF_BATCH = f"WHERE d.batch = ? AND d.batch <> '' AND d.number <= ? AND d.verdict <> 'retracted' AND {NOT_TAKEN_BACK}"


class DecisionLog(DecisionCounts):
    """Rows of `decision`. `append` must run inside a transaction that the caller holds."""

    def __init__(self, database: peewee.SqliteDatabase, items: ItemTable, known: Known) -> None:
        self._database = database
        self._items = items
        self._known_of = known
        self.sitting: Sitting | None = None
        """Who is at work: every event made in this name says which profile it was, and how that was known."""
        self._training_seen: dict[int, tuple[int, int]] = {}
        self._checks_seen: tuple[int, list[int]] = (0, [])
        self._table = peewee.Table("decision", _COLUMNS, _database=database)

    def count(self) -> int:
        """How many events the log has: the number of the last one."""
        return self._known_of.get("decisions", self._count)

    def _count(self) -> int:
        return int(self._database.execute_sql("SELECT coalesce(max(number), 0) FROM decision").fetchone()[0])

    def count_up_to(self, number: int) -> int:
        """How many events there are up to a number: fewer, where some could not be taken from the second record."""
        rows = self._database.execute_sql("SELECT count(*) FROM decision WHERE number <= ?", (number,))
        return int(rows.fetchone()[0])

    def append(self, decision: Decision) -> Decision:
        """Add one event and bring the item to the state that follows; returns it with its number.

        A decision whose `event_id` is already there is returned as stored: writing twice is harmless.
        """
        numbered = stamped(decision, self.count() + 1, self.sitting)
        events = [*self.of_item(numbered.item_index), numbered]
        if self._database.execute_sql(_ONCE, tuple(_row(numbered).values())).rowcount < 1:
            return self._select("WHERE d.event_id = ?", decision.event_id)[0]
        standing = standing_of(live_in(events))
        self._items.set_standing(numbered.item_index, standing.state, standing.label_id, standing.findings)
        self._follow(numbered, events)
        return numbered

    def _follow(self, made: Decision, events: list[Decision]) -> None:
        """Keep true what is known of the log, now that it has one event more; `events` are those of its item."""
        known = self._known_of
        known.put("decisions", made.number)
        known.put(("events", made.item_index), events)
        known.put(("event", made.number), made)
        is_undone, is_automatic = made.verdict is Verdict.RETRACTED, made.slot is Slot.AUTOMATIC
        trains = not is_automatic and made.follows is None and made.slot.value not in _NOT_TRAINING
        trains = trains and made.verdict in (Verdict.CONFIRMED, Verdict.CORRECTED)
        for name in _FOLLOWED:
            if (before := known.find(name)) is None:
                continue
            if is_undone:
                known.drop(name)
            elif name == "training since":
                known.put(name, {since: count + trains for since, count in before.items()})
            elif not is_automatic and (name == "recent" or made.slot.value not in IMPORTED):
                lists = {
                    asked: [made, *rows][: asked[1]] if asked[0] == made.reviewer else rows
                    for asked, rows in before.items()
                }
                known.put(name, lists)

    def append_many(self, decisions: Sequence[Decision]) -> None:
        """Add events of many items at once, in their order; each item comes to the state that follows from its log.

        As with `append`, those that are already there are left alone.
        """
        repeated = self._known({decision.event_id for decision in decisions})
        fresh = [decision for decision in decisions if decision.event_id not in repeated]
        self.append_as_numbered([stamped(d, number, self.sitting) for number, d in enumerate(fresh, self.count() + 1)])

    def append_as_numbered(self, decisions: Sequence[Decision]) -> None:
        """As `append_many` for events that have their numbers, all above those of the log."""
        rows = [tuple(_row(decision).values()) for decision in decisions]
        self._database.connection().executemany(_INSERT, rows)
        touched = {decision.item_index for decision in decisions}
        live = self.live_of_many(sorted(touched))
        self._items.set_standings({index: standing_of(live.get(index, [])) for index in sorted(touched)})

    def insert_many(self, decisions: Sequence[Decision]) -> None:
        """Add events at the end of the log, in their order; the items' states are the caller's to follow."""
        rows = []
        for number, decision in enumerate(decisions, self.count() + 1):
            row = _row(decision)
            row["number"] = number
            rows.append(tuple(row.values()))
        self._database.connection().executemany(_INSERT, rows)

    def append_imported(self, decisions: Iterable[Decision]) -> int:
        """Add the first events of a new project in bulk; each item gets at most one. Returns how many."""
        number = self.count()
        rows, standings = [], []
        for number, decision in enumerate(decisions, number + 1):  # noqa: B020 - counts on from the log's end
            rows.append(_row(replace(decision, number=number)))
            findings = ids_to_sql(decision.findings)
            standings.append((ItemState.DECIDED.value, decision.label_id, findings, decision.item_index))
        for start in range(0, len(rows), 400):
            self._table.insert(rows[start : start + 400]).execute()
        self._database.connection().executemany(
            "UPDATE item SET state = ?, label_id = ?, findings = ? WHERE idx = ?", standings
        )
        return len(rows)

    def all(self, after: int = 0) -> list[Decision]:
        """All events with a number above `after`, in order."""
        return self._select("WHERE d.number > ? ORDER BY d.number", after)

    def recent(self, limit: int) -> list[Decision]:
        """The last `limit` events, newest first."""
        return self._select("ORDER BY d.number DESC LIMIT ?", limit)

    def recent_of(self, reviewer: str, limit: int) -> list[Decision]:
        """The last `limit` decisions of a reviewer that were not taken back, newest first."""
        lists: dict[tuple[str, int], list[Decision]] = self._known_of.get("recent", dict)
        if (reviewer, limit) not in lists:
            lists[reviewer, limit] = self._recent_of(reviewer, limit)
        return list(lists[reviewer, limit])

    def _recent_of(self, reviewer: str, limit: int) -> list[Decision]:
        return self._select(
            f"WHERE d.reviewer = ? AND d.verdict <> 'retracted' AND d.slot <> 'automatic' AND {NOT_TAKEN_BACK}"
            " ORDER BY d.number DESC LIMIT ?",
            to_sql(reviewer),
            limit,
        )

    def of_item(self, index: int) -> list[Decision]:
        """All events of one item, in order."""
        return list(
            self._known_of.get(("events", index), lambda: self._select("WHERE d.idx = ? ORDER BY d.number", index))
        )

    def read_ahead(self, indexes: Sequence[int]) -> None:
        """Know the events of these items before they are asked for one by one."""
        events: dict[int, list[Decision]] = {int(index): [] for index in indexes}
        for event in self.of_items(indexes):
            events[event.item_index].append(event)
        for index, found in events.items():
            self._known_of.put(("events", index), found)

    def numbered(self, numbers: Sequence[int]) -> list[Decision]:
        """The events with these numbers, in their order."""
        return self._select(
            "WHERE d.number IN (SELECT value FROM json_each(?)) ORDER BY d.number",
            json.dumps([int(number) for number in numbers]),
        )

    def of_items(self, indexes: Sequence[int]) -> list[Decision]:
        """All events of several items, in order."""
        return self._select(
            "WHERE d.idx IN (SELECT value FROM json_each(?)) ORDER BY d.number",
            json.dumps([int(index) for index in indexes]),
        )

    def live(self, index: int) -> list[Decision]:
        """The decisions of one item that were not taken back, oldest first."""
        return live_in(self.of_item(index))

    def live_of_many(self, indexes: Sequence[int]) -> dict[int, list[Decision]]:
        """For each of the items that has any, its decisions that were not taken back, oldest first."""
        found = self._select(
            "WHERE d.idx IN (SELECT value FROM json_each(?)) AND d.verdict NOT IN ('retracted', 'repeated')"
            " AND NOT EXISTS (SELECT 1 FROM decision AS r WHERE r.retracts = d.number) ORDER BY d.number",
            json.dumps([int(i) for i in indexes]),
        )
        live: dict[int, list[Decision]] = {}
        for decision in found:
            live.setdefault(decision.item_index, []).append(decision)
        return live

    def between(self, first: int, last: int) -> list[Decision]:
        """The events from one number to another, both included."""
        known = [self._known_of.find(("event", number)) for number in range(first, min(last, first + _FEW) + 1)]
        if len(known) == last - first + 1 and None not in known:
            return known
        return self._select("WHERE d.number BETWEEN ? AND ? ORDER BY d.number", first, last)

    def live_in_batch(self, batch: str, last: int, most: int = -1) -> list[Decision]:
        """The decisions of one step up to the number `last` that were not taken back, oldest first; of more than `most`
        (−1: all), the last ones.
        """
        newest = self._select(f"{_OF_BATCH} ORDER BY d.number DESC LIMIT ?", batch, last, most)
        return newest[::-1]

    def answers_in_batch(self, batch: str, last: int) -> list[tuple[Verdict, int | None, tuple[int, ...] | None, int]]:
        """What they say, and how often: (verdict, label id, findings, events)."""
        rows = self._database.execute_sql(
            f"SELECT d.verdict, d.label_id, d.findings, count(*) FROM decision AS d {_OF_BATCH} GROUP BY 1, 2, 3",  # noqa: S608
            (batch, last),
        )
        return [(Verdict(verdict), label, ids_from_sql(found), int(count)) for verdict, label, found, count in rows]

    def last_live(self, reviewer: str) -> Decision | None:
        """What undo would take back: the reviewer's last own decision that still stands."""
        lists: dict[tuple[str, int], list[Decision]] = self._known_of.get("last", dict)
        if (reviewer, 1) not in lists:
            lists[reviewer, 1] = self._last_live(reviewer)
        return lists[reviewer, 1][0] if lists[reviewer, 1] else None

    def _last_live(self, reviewer: str) -> list[Decision]:
        return self._select(
            "WHERE d.reviewer = ? AND d.verdict <> 'retracted' AND d.slot NOT IN (?, ?, 'automatic')"
            " AND NOT EXISTS (SELECT 1 FROM decision AS r WHERE r.retracts = d.number)"
            " ORDER BY d.number DESC LIMIT 1",
            to_sql(reviewer),
            *IMPORTED,
        )

    def decided(self) -> list[tuple[int, int, str]]:
        """(item index, label id, slot) of every decided item, by the decision that stands."""
        return self._decided("label_id")

    def decided_findings(self) -> list[tuple[int, tuple[int, ...], str]]:
        """(item index, findings, slot) of every decided item of a project with several findings per item."""
        return [(index, ids_from_sql(findings) or (), slot) for index, findings, slot in self._decided("findings")]

    def _decided(self, answer: str) -> list[Any]:
        return list(
            self._database.execute_sql(
                f"SELECT i.idx, i.{answer}, (SELECT d.slot FROM decision AS d WHERE d.idx = i.idx"  # noqa: S608
                " AND d.verdict IN ('confirmed', 'corrected')"
                " AND NOT EXISTS (SELECT 1 FROM decision AS r WHERE r.retracts = d.number)"
                " ORDER BY d.number DESC LIMIT 1) FROM item AS i WHERE i.state = 'decided' ORDER BY i.idx"
            )
        )

    def imported_checks(self) -> list[int]:
        """Those of them that were kept apart to measure, whatever was decided on them since."""
        (seen, found), last = self._checks_seen, self.count()
        if last != seen:  # the log only grows: what is new in it is looked at
            sql = "SELECT idx FROM decision WHERE number > ? AND slot = ?"
            rows = self._database.execute_sql(sql, (seen, Slot.IMPORTED_CHECK.value))
            found = sorted({*found, *(int(row[0]) for row in rows)})
        if not self._database.in_transaction():  # what is read there may be undone
            self._checks_seen = last, found
        return list(found)

    def training_since(self, number: int) -> int:
        """Decisions after `number` that name a class, may train and were not taken back; as one with its reveal."""
        counts: dict[int, int] = self._known_of.get("training since", dict)
        if number not in counts:
            counts[number] = self._training_since(number)
        return counts[number]

    def _training_since(self, number: int) -> int:
        """Counted on from the last time, as the log only grows: less what has been taken back since."""
        last, (seen, before) = self.count(), self._training_seen.get(number, (number, 0))
        if last < seen:
            seen, before = number, 0
        trains = (
            "d.verdict IN ('confirmed', 'corrected') AND d.slot NOT IN (?, ?, ?, 'automatic') AND d.follows IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM decision AS r WHERE r.retracts = d.number"
        )
        more, gone = self._database.execute_sql(
            f"SELECT (SELECT count(*) FROM decision AS d WHERE d.number > ? AND {trains})),"  # noqa: S608 - our own words
            " (SELECT count(*) FROM decision AS d WHERE d.number IN (SELECT t.retracts FROM decision AS t"
            f" WHERE t.number > ? AND t.retracts BETWEEN ? AND ?) AND {trains} AND r.number <= ?))",
            (seen, *_NOT_TRAINING, seen, number + 1, seen, *_NOT_TRAINING, seen),
        ).fetchone()
        count = before + int(more) - int(gone)
        if not self._database.in_transaction():  # what is read there may be undone
            self._training_seen[number] = max(last, number), count
        return count

    def for_second_reader(self) -> list[int]:
        """The items that somebody answered under a rule that asks for a second reader, taken back or not."""
        sql = "SELECT DISTINCT idx FROM decision WHERE route = 'second_reader' ORDER BY idx"
        rows = self._database.execute_sql(sql)
        return [int(row[0]) for row in rows]

    def teaching(self) -> list[Decision]:
        """The decisions that stand and have marks that say what counts, by item (an index finds them)."""
        rows = self._database.execute_sql(
            "SELECT DISTINCT idx FROM decision INDEXED BY decision_teaching"
            " WHERE instr(evidence, '\"counts\": ') > 0 ORDER BY idx"
        )
        live = self.live_of_many([int(row[0]) for row in rows])
        return [own[-1] for _, own in sorted(live.items()) if own[-1].evidence.teaching]

    def decided_in_view(self) -> list[int]:
        """The decided items whose decision that stands was made with a suggestion in view."""
        rows = self._database.execute_sql(
            "SELECT d.idx FROM item AS i JOIN decision AS d ON d.number = (SELECT max(l.number) FROM decision AS l"
            " WHERE l.idx = i.idx AND l.verdict NOT IN ('retracted', 'repeated')"
            " AND NOT EXISTS (SELECT 1 FROM decision AS r WHERE r.retracts = l.number))"
            " WHERE i.state = 'decided' AND coalesce(d.predicted_id, d.predicted_findings) IS NOT NULL"
            " AND coalesce(d.exposure, '') <> 'hidden' AND d.slot NOT IN (?, ?) ORDER BY d.idx",
            IMPORTED,
        )
        return [int(row[0]) for row in rows]

    def states_from_events(self) -> dict[int, tuple[ItemState, int | None]]:
        """The state of every touched item as the fold over the whole log gives it: for checks."""
        return {index: (s.state, s.label_id) for index, s in fold(self.all()).items()}

    def _known(self, event_ids: Iterable[str]) -> set[str]:
        """Those of the ids that the log has."""
        rows = self._database.execute_sql(
            "SELECT event_id FROM decision WHERE event_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(event_ids)),),
        )
        return {row[0] for row in rows}

    def _select(self, rest: str, *values: object) -> list[Decision]:
        """The decisions that a fixed piece of SQL after FROM selects; `values` go in for its question marks."""
        return [_decision(row) for row in self._database.execute_sql(f"{_SELECT} {rest}", values)]


def _row(decision: Decision) -> dict[str, object]:
    # Not `astuple`, which copies every value as deep as it goes: this runs with every key.
    row: dict[str, object] = {column: getattr(decision, name) for column, name in zip(_COLUMNS, _FIELDS, strict=True)}
    row["note"] = to_sql(decision.note)
    row["reason"] = to_sql(decision.reason)
    row["reviewer"] = to_sql(decision.reviewer)
    row["verdict"] = decision.verdict.value
    row["slot"] = decision.slot.value
    row["findings"] = ids_to_sql(decision.findings)
    row["predicted_findings"] = ids_to_sql(decision.predicted_findings)
    row["evidence"] = evidence_to_sql(decision.evidence) if decision.evidence else None
    row["response"] = response_to_sql(decision.response) if decision.response else None
    return row


def _decision(row: Sequence[Any]) -> Decision:
    values: dict[str, Any] = dict(zip(_FIELDS, row, strict=True))
    values["verdict"] = Verdict(values["verdict"])
    values["slot"] = Slot(values["slot"])
    values["note"] = from_sql(values["note"])
    values["reason"] = from_sql(values["reason"])
    values["reviewer"] = from_sql(values["reviewer"])
    values["findings"] = ids_from_sql(values["findings"])
    values["predicted_findings"] = ids_from_sql(values["predicted_findings"])
    values["evidence"] = evidence_from_sql(values["evidence"]) or NO_EVIDENCE
    values["response"] = response_from_sql(values["response"]) or NO_RESPONSE
    if values["exposure"] is not None:
        values["exposure"] = Exposure(values["exposure"])
    return Decision(**values)
