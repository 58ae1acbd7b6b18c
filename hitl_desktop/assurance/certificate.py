"""The certificate: how many of the automatic decisions can be wrong at most, proved from a blind random audit.

A model's answers with a confidence at or above a *limit* are to be accepted without a person. An audit drawn uniformly
from the items that could be (the *zone*) is answered by people who do not see the model's answer. A walk over a grid of
limits, from strict to loose, then proves for each that at most a share α of the items at or above it are wrong, until
the first limit for which it cannot. The chance that the last limit proved is wrong is at most δ, whatever the model and
whatever its scores mean:

- At one limit, the audited items at or above it are a simple random sample without replacement of all items there, so
  the wrong ones among them follow the hypergeometric distribution. If more than α are wrong, so few wrong ones as would
  prove the contrary come up with a chance of at most δ.
- The grid is made of scores alone and the walk stops at its first failure. Let τ be the first limit of the walk where
  more than α are wrong: a wrong certificate has to pass there, which happens with a chance of at most δ. So no share
  of δ has to be kept for each limit (fixed-sequence testing), and all limits that were proved hold together.
- Limits whose audit is too small for even an audit without an error to pass are skipped. That looks at counts only,
  which say nothing of right and wrong, so it costs nothing.

The claim is about all items at or above the limit, the audited ones among them.

Sources: Bauer, "Multiple testing in clinical trials", Statistics in Medicine 1991, and Angelopoulos, Bates, Candès,
Jordan and Lei, "Learn then test", 2021 (fixed-sequence testing); Buonaccorsi, "A note on confidence intervals for
proportions in finite populations", The American Statistician 1987 (the exact hypergeometric bound).
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.certificates import Outcome, Step, Walk

_NEAR: Final = 1e-6
"""A tail that floating point puts so close to δ, as a share of it, is settled with whole numbers."""
_ROUND: Final = 1e-9
"""A share times a count that is a whole number but for rounding is that number."""
_DIGITS: Final = 7
"""Limits that only more digits tell apart are scores as they are."""
ZONE_SHARE: Final = 0.6
"""The part of the items, the most confident, that an audit is drawn from. Larger zones leave fewer audits per limit."""
STEPS: Final = 20

Floats = npt.NDArray[np.floating[Any]]


def at_most(size: int, wrong: int, audited: int, found: int) -> float:
    """P(X ≤ `found`), X wrong ones among `audited` drawn without replacement of `size` items, `wrong` of them wrong."""
    lowest, highest = max(0, audited - (size - wrong)), min(audited, wrong)
    if found < lowest:
        return 0.0
    if found >= highest:
        return 1.0
    whole = _log_choose(size, audited)
    logs = [
        _log_choose(wrong, hits) + _log_choose(size - wrong, audited - hits) - whole
        for hits in range(lowest, found + 1)
    ]
    return min(1.0, math.fsum(map(math.exp, logs)))


def most_wrong(size: int, audited: int, found: int, delta: float) -> int:
    """U: the largest number of wrong ones among `size` items with which `found` or fewer among `audited` drawn ones
    still have a chance above `delta`. With confidence 1 − δ no more than U are wrong.

    Raises ValueError for counts that cannot be, or a δ outside 0–1 (both excluded).
    """
    if not 0 <= found <= audited <= size or not 0.0 < delta < 1.0:
        raise ValueError(f"{found} of {audited} of {size} at δ = {delta}")
    low, high = found, size - (audited - found)
    while low < high:  # the chance falls as more are wrong
        middle = (low + high + 1) // 2
        if _is_likelier(size, middle, audited, found, delta):
            low = middle
        else:
            high = middle - 1
    return low


def allowed(size: int, alpha: float) -> int:
    """How many of `size` items may be wrong at most so that the share is no more than α."""
    return math.floor(alpha * size + _ROUND)


def can_pass(size: int, audited: int, alpha: float, delta: float) -> bool:
    """True when an audit of this size without an error would prove α: what may be looked at before the answers."""
    return not _is_likelier(size, allowed(size, alpha) + 1, audited, 0, delta)


def spent(delta: float, release: int) -> float:
    """The part of δ that the `release`-th certificate of a project (from 1) is tested at: 6δ/(π²j²).

    Over any number of releases the parts add up to no more than δ.
    """
    if release < 1:
        raise ValueError(f"release {release}")
    return 6.0 * delta / (math.pi**2 * release**2)


def audits_needed(alpha: float, delta: float, wrong: int = 0, size: int | None = None) -> int | None:
    """The least audits that prove α with so many wrong ones among them, in a zone of `size` items (None: of any size).

    None when not even auditing all of the zone would.
    """
    if size is not None and wrong > allowed(size, alpha):
        return None
    low, high = wrong, wrong + 1  # never enough at `low`, for the search
    while not _proves(alpha, delta, high, wrong, size):
        low, high = high, 2 * high if size is None else min(2 * high, size)
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _proves(alpha, delta, middle, wrong, size) else (middle, high)
    return high


def is_attainable(size: int, alpha: float) -> bool:
    """False when one wrong item among `size` would be more than α already: then only checking nearly all would prove
    it, and nothing would be left to be accepted.
    """
    return allowed(size, alpha) >= 1


def grid(scores: Floats, *, share: float = ZONE_SHARE, steps: int = STEPS, given: float | None = None) -> list[float]:
    """Limits to walk, strict to loose, from scores (n,) alone; the last is where the zone begins. Empty without scores.

    The zone is the most confident `share` of the items, and goes down to the limit `given` where that is looser. Its
    items are cut into `steps` parts of about the same size, at limits with as few digits as tell them apart; `given`
    is one of the limits. NaN scores are left out. Items with the same score are never parted.
    """
    known = np.sort(scores[np.isfinite(scores)])[::-1]
    if not len(known):
        return []
    top, bottom = float(known[0]), float(known[max(1, round(share * len(known))) - 1])
    if given is not None and given > top:
        given = None
    if given is not None:
        bottom = min(bottom, given)
    inside = known[known >= bottom]
    places = np.unique(np.ceil(np.arange(1, steps + 1) * len(inside) / steps).astype(np.int64)) - 1
    limits = set(_short(np.unique(inside[places])))
    if given is not None:
        limits = {limit for limit in limits if limit > given or bottom < given} | {given}
    return sorted(limits, reverse=True)


def walk(
    scores: Floats,
    audited: npt.NDArray[np.int64],
    wrong: npt.NDArray[np.bool_],
    limits: Sequence[float],
    alpha: float,
    delta: float,
) -> Walk:
    """Walk the limits, strict to loose, with an audit that was drawn uniformly from {score ≥ the last limit}.

    `scores` (n,) are those of the snapshot; `audited` (m,) indexes into them, all that were drawn; `wrong` (m,) says
    where the model is wrong, or the audit has no answer. Raises ValueError for audited items outside the zone.
    """
    sizes = [int((scores >= limit).sum()) for limit in limits]
    return walk_counts(sizes, scores[audited], wrong, limits, alpha, delta)


def walk_counts(
    sizes: Sequence[int],
    audited: Floats,
    wrong: npt.NDArray[np.bool_],
    limits: Sequence[float],
    alpha: float,
    delta: float,
) -> Walk:
    """As `walk`, from how many items each limit has (`sizes`), and the scores of the `audited` ones (m,)."""
    if len(limits) and len(audited) and not (audited >= limits[-1]).all():
        raise ValueError("an audited item lies outside the zone")
    counts = [int((audited >= limit).sum()) for limit in limits]
    start = _start(sizes, counts, alpha, delta)
    steps: list[Step] = []
    for place, (limit, size, count) in enumerate(zip(limits, sizes, counts, strict=True)):
        found = int(wrong[audited >= limit].sum())
        bound = most_wrong(size, count, found, delta)
        if place < start:
            steps.append(Step(limit, size, count, found, bound, Outcome.SKIPPED))
            continue
        proved = bound <= allowed(size, alpha)
        steps.append(Step(limit, size, count, found, bound, Outcome.PROVED if proved else Outcome.STOPPED))
        if not proved:
            break
    return Walk(tuple(steps), alpha, delta)


def next_audit(
    sizes: Sequence[int], counts: Sequence[int], wrong: Sequence[int], alpha: float, delta: float
) -> tuple[int, int] | None:
    """A guess from an audit that proved too little: (audits of the zone, wrong ones among those that count) with which
    a fresh one would prove α at some limit, if the model errs as often as it did. None when it errs too often for any.

    Strict to loose, per limit: how many items it has, how many of those were audited, how many were wrong.
    """
    found: list[tuple[int, int]] = []
    for place, (size, count, errors) in enumerate(zip(sizes, counts, wrong, strict=True)):
        enough = audits_needed(alpha, delta, 0, size)
        # Where hardly any were audited, how often it errs is not known: only the loosest limit is guessed from then.
        if enough is None or (2 * count < enough and place < len(sizes) - 1):
            continue
        rate, hits = errors / count if count else 0.0, 0
        while rate < alpha:
            needed = audits_needed(alpha, delta, hits, size)
            if needed is None:
                break
            if rate * needed <= hits + 0.5:
                found.append((math.ceil(needed * sizes[-1] / size), hits))
                break
            hits += 1
    return min(found, default=None)


def _start(sizes: Sequence[int], counts: Sequence[int], alpha: float, delta: float) -> int:
    """Where the walk begins: at the strictest limit where an audit with one wrong answer could pass; where there is
    none, with none wrong.

    A start where nothing may be wrong is lost to one chance error, and with it all looser limits. Counts only.
    """
    for found in (1, 0):
        for place, (size, count) in enumerate(zip(sizes, counts, strict=True)):
            if count > found and not _is_likelier(size, allowed(size, alpha) + 1, count, found, delta):
                return place
    return len(sizes)


def _proves(alpha: float, delta: float, audited: int, wrong: int, size: int | None) -> bool:
    """True when so many wrong ones among so many audited ones prove α."""
    if size is None:
        logs = [
            math.log(math.comb(audited, hits)) + hits * math.log(alpha) + (audited - hits) * math.log1p(-alpha)
            for hits in range(wrong + 1)
        ]
        return math.fsum(map(math.exp, logs)) <= delta
    return audited >= size or not _is_likelier(size, allowed(size, alpha) + 1, audited, wrong, delta)


def _is_likelier(size: int, wrong: int, audited: int, found: int, delta: float) -> bool:
    """P(X ≤ found) > δ, exactly, for counts that can be; false for more wrong ones than there are items."""
    if wrong > size:
        return False
    chance = at_most(size, wrong, audited, found)
    if abs(chance - delta) > _NEAR * delta:
        return chance > delta
    hits = range(max(0, audited - (size - wrong)), min(found, audited, wrong) + 1)
    ways = sum(math.comb(wrong, hit) * math.comb(size - wrong, audited - hit) for hit in hits)
    return ways > Fraction(delta) * math.comb(size, audited)


def _log_choose(whole: int, part: int) -> float:
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)


def _short(values: Floats) -> list[float]:
    """The values rounded down to as few digits as keep them apart."""
    for digits in range(2, _DIGITS):
        scale = 10.0**digits
        rounded = np.unique(np.floor(values.astype(np.float64) * scale) / scale)
        if len(rounded) == len(values):
            return [float(value) for value in rounded]
    return [float(value) for value in values]
