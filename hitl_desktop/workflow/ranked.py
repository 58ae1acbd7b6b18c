"""How much each item of a pool is worth asking, why, and the order that follows."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.findings import most_doubtful
from hitl_desktop.domain.predictions import FloatArray, margin_uncertainty
from hitl_desktop.learning.ranking import ASKED_FOR, rank_pool
from hitl_desktop.workflow.scores import read_ranked


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """`utilities` (n,), None where nothing tells the items apart; `reasons` (n,) are codes into `ASKED_FOR`; `ranking`
    (n,) are all items, those first that are most worth asking. `stands_in`: no task has looked at this pool yet.
    """

    utilities: FloatArray | None
    reasons: npt.NDArray[np.uint8]
    ranking: npt.NDArray[np.int64]
    stands_in: bool


@dataclass(frozen=True, slots=True, eq=False)
class RankQuestion:
    """What it follows from: the file where a task has laid it down, and until there is one what the model says.

    `probabilities` (m, k) with m ≤ `items`, or None. Everything here is only ever swapped whole, so it may be worked on
    in another thread.
    """

    file: Path
    items: int
    probabilities: FloatArray | None
    is_several: bool
    seed: int

    def same_as(self, other: "RankQuestion") -> bool:
        """True where the answer is the same, as long as nobody has written another file."""
        mine = (self.file, self.items, self.is_several, self.seed)
        theirs = (other.file, other.items, other.is_several, other.seed)
        return mine == theirs and self.probabilities is other.probabilities

    def answer(self) -> Ranked:
        """What a task has found out; until then closeness stands in for it, or chance. A file that is damaged, or of
        another pool, counts as none.
        """
        stored = read_ranked(self.file)
        if stored is not None and len(stored[0]) == self.items:
            utilities, reasons, ranking = stored
            return Ranked(utilities, reasons, self._order(utilities) if ranking is None else ranking, False)
        reason = Slot.START if self.probabilities is None else Slot.UNCERTAIN
        closeness: FloatArray | None = None
        if self.probabilities is not None:
            told = most_doubtful(self.probabilities) if self.is_several else self.probabilities
            closeness = margin_uncertainty(told)
        return Ranked(closeness, np.full(self.items, ASKED_FOR.index(reason), np.uint8), self._order(closeness), True)

    def _order(self, utilities: FloatArray | None) -> npt.NDArray[np.int64]:
        return rank_pool(utilities, self.items, self.seed)
