"""A decision as a row of the log, and back."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from hitl_desktop.domain.decisions import Decision, Exposure, Slot, Verdict
from hitl_desktop.domain.evidence import NO_EVIDENCE
from hitl_desktop.domain.responses import NO_RESPONSE
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
COLUMNS = tuple("idx" if name == "item_index" else name for name in _FIELDS)
# Written out once: these run with every key, and building them with the query builder takes longer than they do.
SELECT = f"SELECT {', '.join(f'd.{name}' for name in COLUMNS)} FROM decision AS d"  # noqa: S608 - our own names
INSERT = f"INSERT INTO decision({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
ONCE = f"{INSERT} ON CONFLICT(event_id) DO NOTHING"


def row_of(decision: Decision) -> dict[str, object]:
    """The values of a decision by column, as they are stored."""
    # Not `astuple`, which copies every value as deep as it goes: this runs with every key.
    row: dict[str, object] = {column: getattr(decision, name) for column, name in zip(COLUMNS, _FIELDS, strict=True)}
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


def decision_of(row: Sequence[Any]) -> Decision:
    """The decision in a row that `SELECT` gave."""
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
