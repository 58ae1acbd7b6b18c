"""Collects what does not fit while a record is looked through: the first of them in words, all of them counted."""

from typing import Final

from hitl_desktop.domain.record_events import Fault, Part
from hitl_desktop.domain.sentences import Sentence, say

LISTED_AT_MOST: Final = 1000

_THINGS: Final[dict[str, Sentence]] = {
    "decision": say("Decision {row}"),
    "item": say("Item {row}"),
    "label": say("Class {row}"),
    "class_operation": say("Change of classes {row}"),
    "policy": say("Routing policy {row}"),
    "model": say("Model version {row}"),
    "activation": say("Activation {row} of a model"),
    "audit": say("Audit {row}"),
    "audit_item": say("Drawn items of audit {row}"),
    "audit_event": say("Event {row} of the audits"),
    "automation_event": say("Event {row} of the automatic"),
    "item_batch": say("Batch {row}"),
    "batch_comparison": say("Comparison {row} of batches"),
    "import_note": say("Note {row} of the import"),
    "item_file": say("Files of item {row}"),
    "project": say("Setting {row}"),
    "reviewer": say("Entry {row} of the reviewers"),
    "sitting": say("Sitting {row}"),
    "signature": say("Signature {row}"),
    "mask": say("Mask {row}"),
    "steering_event": say("Steering {row}"),
}


def thing(table: str, row: object) -> Sentence:
    """What people call a row."""
    known = _THINGS.get(table)
    if known is None:
        return say("Row {row} of {table}", row=str(row), table=table)
    return Sentence(known.message, (("row", str(row)),))


class Faults:
    """What was found so far."""

    def __init__(self) -> None:
        self.listed: list[Fault] = []
        self.count = 0

    def add(self, part: Part, event: int | None, at_utc: str, what: Sentence, times: int = 1) -> None:
        """One more, or several that one sentence tells of."""
        self.count += times
        if len(self.listed) < LISTED_AT_MOST:
            self.listed.append(Fault(part, event, at_utc, what))
