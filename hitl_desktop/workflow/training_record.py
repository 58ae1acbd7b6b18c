"""The name of a set of training decisions, so that anyone can tell whether two versions learned from the same."""

import hashlib
import json
from collections.abc import Iterable


def training_hash(decisions: Iterable[tuple[str, str | list[str]]]) -> str:
    """SHA-256, in hex, of pairs (item digest, class name), whatever their order.

    Where several findings are decided per item, the second part is the list of their names, in class order.

    Each pair is one line, a JSON list of the two in ASCII, ended by a newline; the lines are sorted. The number of
    pairs is the number of lines, so it needs no place of its own.
    """
    lines = sorted(f"{json.dumps([digest, name])}\n" for digest, name in decisions)
    return hashlib.sha256("".join(lines).encode("ascii")).hexdigest()
