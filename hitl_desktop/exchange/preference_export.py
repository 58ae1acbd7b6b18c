"""Preferences as trainers of language models read them: prompt, chosen, rejected, one pair a line.

Plain: `{"prompt": …, "chosen": …, "rejected": …}`. As conversations, the three are lists of messages with `role` and
`content` (what TRL calls the conversational preference format). A ranking gives every pair that it implies; ties and
items whose answers are all bad give none. What decided beyond that stands in further names, which trainers ignore.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from hitl_desktop.domain.answers import Comparison, of_text
from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.exchange.atomic_file import replacing
from hitl_desktop.exchange.records import ExportRow
from hitl_desktop.language import tr

_TURN: Final = re.compile(r"(?:^|\n\n)(Human|Assistant|User|System):\s*", re.IGNORECASE)
_ROLES: Final = {"human": "user", "user": "user", "assistant": "assistant", "system": "system"}
_DECIDED: Final = frozenset({"confirmed", "corrected"})


def write(rows: Iterable[ExportRow], out: Path, progress: Progress, cancelled: CancelCheck) -> int:
    """Write the plain form; returns how many pairs there are. An older file stays as it was when this is stopped."""
    return _write(rows, out, progress, cancelled, as_messages=False)


def write_messages(rows: Iterable[ExportRow], out: Path, progress: Progress, cancelled: CancelCheck) -> int:
    """Write the conversational form, as `write`."""
    return _write(rows, out, progress, cancelled, as_messages=True)


def _write(
    rows: Iterable[ExportRow], out: Path, progress: Progress, cancelled: CancelCheck, *, as_messages: bool
) -> int:
    count = 0
    with replacing(out, "ascii") as stream:
        for row in rows:
            if cancelled():
                raise Cancelled
            for pair in pairs_of(row):
                stream.write(json.dumps(_messages(pair) if as_messages else pair) + "\n")
                count += 1
    progress(count, count, tr("Writing the file"))
    return count


def pairs_of(row: ExportRow) -> Iterator[dict[str, Any]]:
    """The pairs of one item that a person decided: better and worse answers, best first. None of other items."""
    if row.verdict not in _DECIDED:
        return
    try:
        comparison = of_text(row.text)
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    for better, worse in _implied(row, comparison):
        yield {
            "prompt": comparison.prompt,
            "chosen": comparison.answers[better].text,
            "rejected": comparison.answers[worse].text,
            "id": row.path,
            "chosen_source": comparison.answers[better].source,
            "rejected_source": comparison.answers[worse].source,
            "reviewer": row.reviewer,
            "decided_at": row.decided_at,
        }


def _implied(row: ExportRow, comparison: Comparison) -> Iterator[tuple[int, int]]:
    groups = row.response.ranking
    if not groups and row.label.startswith("Answer "):
        best = int(row.label.removeprefix("Answer ")) - 1
        groups = ((best,), tuple(i for i in range(len(comparison.answers)) if i != best))
    for place, group in enumerate(groups):
        for better in group:
            for worse in (w for later in groups[place + 1 :] for w in later):
                if max(better, worse) < len(comparison.answers):
                    yield better, worse


def _messages(pair: dict[str, Any]) -> dict[str, Any]:
    last = [{"role": "assistant", "content": pair[side]} for side in ("chosen", "rejected")]
    return {**pair, "prompt": turns_of(pair["prompt"]), "chosen": [last[0]], "rejected": [last[1]]}


def turns_of(prompt: str) -> list[dict[str, str]]:
    """A prompt as messages: by its turns where it is written as a dialogue, else as one of the user."""
    found = list(_TURN.finditer(prompt))
    if not found or prompt[: found[0].start()].strip():
        return [{"role": "user", "content": prompt}]
    turns = []
    for place, match in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(prompt)
        said = prompt[match.end() : end].strip()
        if said:  # the last "Assistant:" only says whose turn it is
            turns.append({"role": _ROLES[match.group(1).lower()], "content": said})
    return turns or [{"role": "user", "content": prompt}]
