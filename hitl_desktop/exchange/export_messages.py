"""Conversations that were decided, as training data: messages in the common layout, with the corrected reply."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from hitl_desktop.domain.conversations import Role, of_text
from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.exchange.atomic_file import replacing
from hitl_desktop.exchange.records import ExportRow
from hitl_desktop.language import tr

_REPORT_EVERY: Final = 500
_ROLES: Final = {Role.CUSTOMER: "user", Role.AGENT: "assistant", Role.SYSTEM: "system", Role.TOOL: "tool"}


def write(rows: Iterable[ExportRow], out: Path, progress: Progress, cancelled: CancelCheck) -> int:
    """Write one JSON object per decided conversation and return how many: what trainers of chat models read.

    `messages` are the turns with role and content. Where a reply was written, they end with the turn that decided (a
    turn of the agent that decided is what the reply stands in place of; without one, with the customer's last turn),
    and the reply follows as the assistant's, `corrected` being true. `label` is the outcome, `turn` the number of the
    turn that decided, from 1. Items that nobody decided are left out: nothing that a model claims becomes training
    data. Raises Cancelled and KnownError like the other exports; the file is ASCII.
    """
    count = 0
    with replacing(out, "ascii") as stream:
        for row in rows:
            values = example(row)
            if values is None:
                continue
            count += 1
            stream.write(json.dumps(values) + "\n")
            if count % _REPORT_EVERY == 0:
                progress(count, 0, tr("Writing the file"))
            if cancelled():
                raise Cancelled
    progress(count, count, tr("Writing the file"))
    return count


def example(row: ExportRow) -> dict[str, Any] | None:
    """The training example that one row makes; None where nobody decided."""
    if row.state != "decided":
        return None
    turns = of_text(row.text)
    decided, reply = row.response.turn, row.response.reply.strip()
    if decided is not None and decided >= len(turns):
        decided = None
    shown = list(turns)
    if reply:
        if decided is None:
            ends = [place for place, said in enumerate(turns) if said.role is Role.CUSTOMER]
            shown = shown[: ends[-1] + 1] if ends else shown
        else:
            shown = shown[: decided + (turns[decided].role is not Role.AGENT)]
    messages = [{"role": _ROLES[said.role], "content": said.text} for said in shown]
    if reply:
        messages.append({"role": "assistant", "content": reply})
    return {
        "id": row.id,
        "messages": messages,
        "label": list(row.findings) if row.findings is not None else row.label,
        "turn": None if decided is None else decided + 1,
        "corrected": bool(reply),
        "reviewer": row.reviewer,
        "decided_at": row.decided_at,
    }
