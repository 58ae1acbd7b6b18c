"""Cells that name classes: several names in one cell, and names that only look like one."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from hitl_desktop.domain.lookalikes import as_seen
from hitl_desktop.domain.sentences import Sentence, listed, say, say_n
from hitl_desktop.exchange.ordering import natural_key, shown

SEPARATORS: Final = ";|"
"""What may stand between the names in one cell, and so in no name."""
_BETWEEN = re.compile(f"[{re.escape(SEPARATORS)}]")
_LEAST_SHARE: Final = 0.05
_LONGEST_NAME: Final = 60
_NAMED_GROUPS: Final = 20


def names_in(cell: str) -> tuple[str, ...] | None:
    """The names in a cell: "cat; dog", "cat|dog" or a JSON list; each once, without blanks around it.

    None for an empty cell, which does not say; () for an empty list, which says that nothing is there.
    """
    bare = cell.strip()
    if not bare:
        return None
    parts = _listed(bare)
    if parts is None:
        parts = _BETWEEN.split(bare)
    return tuple(dict.fromkeys(name for part in parts if (name := part.strip())))


def _listed(cell: str) -> list[str] | None:
    """The texts of a JSON list; None for anything else."""
    if not (cell.startswith("[") and cell.endswith("]")):
        return None
    try:
        values = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    return [str(v) for v in values] if all(isinstance(v, str | int) for v in values) else None


def holds_several(cells: Iterable[str]) -> bool:
    """True when a column looks as if its cells held several class names: some do, and the names come again."""
    found = [names for cell in cells if (names := names_in(cell)) is not None]
    several = sum(len(names) > 1 for names in found)
    mentioned = Counter(name for names in found for name in names)
    if several < max(2, _LEAST_SHARE * len(found)) or any(len(name) > _LONGEST_NAME for name in mentioned):
        return False
    return 2 * len(mentioned) <= mentioned.total()


def notes_on_spelling(counts: Mapping[str, int]) -> list[Sentence]:
    """A sentence for every class that seems to be spelled in several ways; `counts` are items by name."""
    notes = []
    for spellings in [group for group in _alike(counts) if len(group) > 1][:_NAMED_GROUPS]:
        named = listed(
            say("“{name}” ({count})", name=shown(s), count=str(counts[s])) for s in sorted(spellings, key=natural_key)
        )
        notes.append(
            say_n(
                "One label seems to be spelled in {n} way: {labels}. They are kept apart.",
                "One label seems to be spelled in {n} ways: {labels}. They are kept apart.",
                len(spellings),
                labels=named,
            )
        )
    return notes


def _alike(names: Iterable[str]) -> list[list[str]]:
    """The names in groups of those that the eye takes for one."""
    groups: list[list[str]] = []
    group_of: dict[tuple[str, str], list[str]] = {}
    for name in names:
        keys = (("plain", _plain(name)), ("seen", as_seen(name)))
        group = next((group_of[key] for key in keys if key in group_of), None)
        if group is None:
            groups.append(group := [])
        group.append(name)
        for key in keys:
            group_of.setdefault(key, group)
    return groups


def _plain(label: str) -> str:
    """The label without what the eye misses: case, kinds and number of blanks, composed or combining accents."""
    return " ".join(unicodedata.normalize("NFKC", label).casefold().split())
