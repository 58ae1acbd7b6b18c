"""Several findings per item, each there or not: sets of them as whole numbers, and what a model says of them.

A set is written as one number, its code: bit p is 1 when the finding at position p is there. So arrays that hold one
class per item hold a set as well, and two sets are compared like two classes. 0 is the empty set, −1 stands for none.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.sentences import say

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MOST_FINDINGS: Final = 62
"""As many as a code has room for."""
PRESENT: Final = 0.5
"""A finding is suggested from this probability on."""


def code_of(positions: Iterable[int]) -> int:
    """The code of a set of positions."""
    return sum(1 << position for position in set(positions))


def positions_of(code: int) -> tuple[int, ...]:
    """The positions in a set, ascending; none for −1."""
    return tuple(p for p in range(MOST_FINDINGS) if code > 0 and code >> p & 1)


def flags_of(codes: Codes, findings: int) -> Flags:
    """Codes (n,) → which findings are there (n, findings); −1 has none."""
    bits = np.maximum(codes, 0)[:, None] >> np.arange(findings, dtype=np.int64)
    return np.asarray(bits & 1, bool)


def codes_of(flags: Flags) -> Codes:
    """The inverse of `flags_of`: (n, findings) → (n,)."""
    worth = np.left_shift(np.int64(1), np.arange(flags.shape[1], dtype=np.int64))
    return np.asarray(flags.astype(np.int64) @ worth, np.int64)


def suggested_codes(probabilities: npt.NDArray[np.floating]) -> Codes:
    """The set of findings that a model suggests, probabilities (n, k) → (n,); −1 where an item is not scored.

    Each finding is judged by itself ("binary relevance"). Source: Tsoumakas and Katakis, "Multi-label classification:
    an overview", 2007.
    """
    with np.errstate(invalid="ignore"):
        codes = codes_of(probabilities >= PRESENT)
    codes[~np.isfinite(probabilities).all(axis=1)] = -1
    return codes


def most_doubtful(probabilities: FloatArray) -> FloatArray:
    """The one finding of each item that the model is least sure of: (n, k) → (n, 2), its probability not to be there
    and to be there; NaN where an item is not scored.

    What is made of distributions is made of this one: confidence is that of the least sure finding, and an item is as
    uncertain as its most uncertain finding. Source: Brinker, "On active learning in multi-label classification", 2006
    (the smallest margin over the labels stands for the item).
    """
    doubtful = np.abs(np.nan_to_num(probabilities, nan=PRESENT) - PRESENT).argmin(axis=1)
    there = probabilities[np.arange(len(probabilities)), doubtful]
    there = np.where(np.isfinite(probabilities).all(axis=1), there, np.nan)
    return np.stack([1 - there, there], axis=1).astype(np.float32)


def needs_difference(codes: Codes) -> KnownError | None:
    """The refusal when no finding was both there and not; None when one was."""
    if not len(codes):
        return KnownError(say("There are no decisions to learn from yet."), say("Decide some items first."))
    if len(np.unique(codes)) == 1:
        return KnownError(
            say(
                "All decisions so far say the same. Training needs a finding that some items have and others have not."
            ),
            say("Decide other items first."),
        )
    return None
