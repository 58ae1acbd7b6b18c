"""Which classes are meant by a few letters that somebody typed."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from hitl_desktop.domain.labels import Label

_BETWEEN: Final = re.compile(r"[\W_]+")


def fitting(labels: Sequence[Label], typed: str) -> list[Label]:
    """The classes that fit, the likeliest first, those alike in their own order; all of them for nothing typed.

    First come names that begin with what was typed, then names in which every typed word begins a word, in any
    order, then names that hold it somewhere. Case, accents and what stands between words (`_`, `-`, `/`) make no
    difference.
    """
    wanted = _plain(typed)
    parts = wanted.split()
    ranked: list[list[Label]] = [[], [], []]
    for label in labels:
        name = _plain(label.name)
        words = name.split()
        if name.startswith(wanted):
            ranked[0].append(label)
        elif all(any(word.startswith(part) for word in words) for part in parts):
            ranked[1].append(label)
        elif wanted.replace(" ", "") in name.replace(" ", ""):
            ranked[2].append(label)
    # What consists of signs alone is meant as it is.
    if not wanted and typed.strip():
        return [label for label in labels if typed.strip() in label.name]
    return [label for rank in ranked for label in rank]


def _plain(text: str) -> str:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return " ".join(_BETWEEN.sub(" ", bare).split())
