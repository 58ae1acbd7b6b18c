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
class Variants:
    """Rows (v, d) made of decided items, as marks of what should or should not count ask for.

    `hosts` (v,) are the places of the items that they are variants of, and whose classes they have; `donors` (v,) those
    of the items that the marks stand in, often the same. `weights` (v,) is how much each counts, beside what its host
    does. They teach; they are never held out, and go wherever either of their items is held out: a fold sees nothing
    of what it is tested on.
    """

    rows: Matrix
    hosts: Ids
    donors: Ids
    weights: npt.NDArray[np.float64]

    def part(self, rows: Ids) -> "Variants | None":
        """Those of which both items are among `rows` (n,) of the lesson, by their places there; None without any."""
        places = np.full(1 + max(rows.max(initial=-1), self.hosts.max(), self.donors.max()), -1, np.int64)
        places[rows] = np.arange(len(rows))
        hosts, donors = places[self.hosts], places[self.donors]
        kept = np.flatnonzero((hosts >= 0) & (donors >= 0))
        return Variants(self.rows[kept], hosts[kept], donors[kept], self.weights[kept]) if len(kept) else None


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a head learns from: transformed rows (n, d) and class ids (n,).

    `groups` (n,) names rows that belong together (a patient, a photo); `class_weight` is "none" or "balanced".
    `warm` is the head before, where a solver may begin. `cancelled` is asked between fits. `weights` (n,) says how much
    each row counts beside that, None: all the same; `weak` are rows that teach besides. `ranks` (n, answers) are the
    rankings of answers that were given, as `rankings.Ranks`, None where there are only classes. `variants` are rows
    made of some of these, which teach besides.
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
    variants: Variants | None = None

    def part(self, rows: Ids) -> "Lesson":
        """The same lesson with some of its rows, their variants, and all that is weak."""
        groups = None if self.groups is None else self.groups[rows]
        weights = None if self.weights is None else self.weights[rows]
        ranks = None if self.ranks is None else self.ranks[rows]
        return replace(
            self,
            rows=self.rows[rows],
            labels=self.labels[rows],
            groups=groups,
            weights=weights,
            ranks=ranks,
            variants=None if self.variants is None else self.variants.part(rows),
        )

    def row_weights(self) -> npt.NDArray[np.float64] | None:
        """How much each of the rows (n,) counts, by its class and by itself; None where all count the same."""
        balance = class_weights(self.labels, self.class_weight)
        if self.weights is None:
            return balance
        return self.weights if balance is None else balance * self.weights

    def taught(self) -> "Lesson":
        """The same lesson for a fit: variants and what is weak stand among its rows, and `weights` say all that counts.

        As it is where there is none of these. With variants there are `groups`, so that whoever holds rows out of a
        fit never parts a variant from its host.
        """
        if self.weak is None and self.variants is None:
            return self if self.weights is None else replace(self, class_weight="none", weights=self.row_weights())
        count, own = len(self.labels), self.row_weights()
        weights = np.ones(count) if own is None else own
        rows, labels, counts, groups = [self.rows], [self.labels], [weights], self.groups
        if self.variants is not None:
            made = self.variants
            groups = np.arange(count) if groups is None else groups
            groups = np.concatenate([groups, groups[made.hosts]])
            rows.append(made.rows)
            labels.append(self.labels[made.hosts])
            counts.append(weights[made.hosts] * made.weights)
        if self.weak is not None:
            weak = self.weak
            balance = class_weights(self.labels, self.class_weight)
            by_class = {} if balance is None else dict(zip(self.labels.tolist(), balance.tolist(), strict=True))
            each = min(1.0, weak.share * count / max(1, len(weak.labels)))
            rows.append(weak.rows)
            labels.append(weak.labels)
            counts.append(each * np.array([by_class.get(label, 1.0) for label in weak.labels.tolist()]))
            if groups is not None:
                groups = np.concatenate([groups, groups.max(initial=0) + 1 + np.arange(len(weak.labels))])
        return replace(
            self,
            rows=sp.vstack(rows, format="csr") if sp.issparse(self.rows) else np.vstack(rows),
            labels=np.concatenate(labels),
            groups=groups,
            class_weight="none",
            weights=np.concatenate(counts),
            weak=None,
            variants=None,
        )

    def besides(self, rows: Matrix) -> "Lesson":
        """The same lesson with other rows in all its places, in the order of `taught`: decided, variants, weak."""
        count, made = len(self.labels), 0 if self.variants is None else len(self.variants.hosts)
        variants = None if self.variants is None else replace(self.variants, rows=rows[count : count + made])
        weak = None if self.weak is None else replace(self.weak, rows=rows[count + made :])
        return replace(self, rows=rows[:count], variants=variants, weak=weak)

    def beside(self) -> dict[str, Any]:
        """What teaches beside the decisions as they are, for a card: weights, marks, and labels by rules."""
        found: dict[str, Any] = {} if self.weights is None else {"weighed": int((self.weights != 1).sum())}
        if self.variants is not None:
            found |= {"variants": len(self.variants.hosts), "marked_items": len(np.unique(self.variants.donors))}
        if self.weak is not None:
            found |= {"weak_labels": len(self.weak.labels), "weak_share": self.weak.share}
        return found


def weak_of(rows: Matrix | None, guessed: Ids | None, decided: Ids, share: float) -> Weak | None:
    """Rows (w, d) with class ids that rules guess (w,), of classes among those `decided`; None where none is left."""
    if rows is None or guessed is None:
        return None
    known = np.isin(guessed, decided)
    return Weak(rows[np.flatnonzero(known)], guessed[known], share) if known.any() else None
