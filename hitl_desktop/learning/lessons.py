"""What a head learns from: decisions, how much each counts, and what rules say beside them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from hitl_desktop.domain.protocols import CancelCheck, never_cancelled
from hitl_desktop.learning.heads import Head, Ids
from hitl_desktop.learning.heads.head import class_weights
from hitl_desktop.learning.representations import Matrix


@dataclass(frozen=True, slots=True)
class Weak:
    """Rows (m, d) that nobody decided, and class ids (m,) that rules guess for them.

    All together they count as much as `share` of the decisions, and none more than a decision. They teach; they are
    never held out, and nothing is judged on them.
    """

    rows: Matrix
    labels: Ids
    share: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a head learns from: transformed rows (n, d) and class ids (n,).

    `groups` (n,) names rows that belong together (a patient, a photo); `class_weight` is "none" or "balanced".
    `warm` is the head before, where a solver may begin. `cancelled` is asked between fits. `weights` (n,) says how much
    each row counts beside that, None: all the same; `weak` are rows that teach besides. `ranks` (n, answers) are the
    rankings of answers that were given, as `rankings.Ranks`, None where there are only classes.
    """

    rows: Matrix
    labels: Ids
    groups: Ids | None = None
    class_weight: str = "none"
    seed: int = 0
    warm: Head | None = None
    cancelled: CancelCheck = never_cancelled
    weights: npt.NDArray[np.float64] | None = None
    weak: Weak | None = None
    ranks: npt.NDArray[np.int8] | None = None

    def part(self, rows: Ids) -> "Lesson":
        """The same lesson with some of its rows, and all that is weak."""
        groups = None if self.groups is None else self.groups[rows]
        weights = None if self.weights is None else self.weights[rows]
        ranks = None if self.ranks is None else self.ranks[rows]
        return replace(
            self, rows=self.rows[rows], labels=self.labels[rows], groups=groups, weights=weights, ranks=ranks
        )

    def row_weights(self) -> npt.NDArray[np.float64] | None:
        """How much each of the rows (n,) counts, by its class and by itself; None where all count the same."""
        balance = class_weights(self.labels, self.class_weight)
        if self.weights is None:
            return balance
        return self.weights if balance is None else balance * self.weights

    def taught(self) -> "Lesson":
        """The same lesson for a fit: what is weak stands among its rows, and `weights` say all that counts.

        As it is where there is neither.
        """
        if self.weak is None:
            return self if self.weights is None else replace(self, class_weight="none", weights=self.row_weights())
        weak, count = self.weak, len(self.labels)
        balance = class_weights(self.labels, self.class_weight)
        by_class = {} if balance is None else dict(zip(self.labels.tolist(), balance.tolist(), strict=True))
        each = min(1.0, weak.share * count / max(1, len(weak.labels)))
        guessed = each * np.array([by_class.get(label, 1.0) for label in weak.labels.tolist()])
        decided = self.row_weights()
        stacked = sp.vstack([self.rows, weak.rows], format="csr") if sp.issparse(self.rows) else None
        groups = self.groups
        if groups is not None:
            groups = np.concatenate([groups, groups.max(initial=0) + 1 + np.arange(len(weak.labels))])
        return replace(
            self,
            rows=np.vstack([self.rows, weak.rows]) if stacked is None else stacked,
            labels=np.concatenate([self.labels, weak.labels]),
            groups=groups,
            class_weight="none",
            weights=np.concatenate([np.ones(count) if decided is None else decided, guessed]),
            weak=None,
        )

    def beside(self) -> dict[str, Any]:
        """What teaches beside the decisions as they are, for a card: weights, and labels by rules."""
        found: dict[str, Any] = {} if self.weights is None else {"weighed": int((self.weights != 1).sum())}
        if self.weak is not None:
            found |= {"weak_labels": len(self.weak.labels), "weak_share": self.weak.share}
        return found


def weak_of(rows: Matrix | None, guessed: Ids | None, decided: Ids, share: float) -> Weak | None:
    """Rows (w, d) with class ids that rules guess (w,), of classes among those `decided`; None where none is left."""
    if rows is None or guessed is None:
        return None
    known = np.isin(guessed, decided)
    return Weak(rows[np.flatnonzero(known)], guessed[known], share) if known.any() else None
