"""What is watched while decisions are made automatically: each figure against its limit, with the evidence needed.

A monitor that is out of its limit stops the automatic; a false alarm costs a look, a missed one wrong decisions. Every
figure is looked at again and again, so over a long time false alarms are more frequent than `LEVEL` says of one look.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

LEVEL: Final = 0.05
"""A rate is out of its limit when one so large had at most this chance were the true rate at the limit."""
LEAST_OVERRIDES: Final = 3
"""Fewer changed decisions than these stop nothing: people look at the doubtful ones first."""
SPIKE: Final = 2.0
"""Reviews that take so many times as long as before are a sign that the items have changed."""
RECENT: Final = 20
"""The last reviews, whose time is compared with those before."""
LEAST_BEFORE: Final = 40
MOST_BEFORE: Final = 400


class MonitorKind(StrEnum):
    """What is watched."""

    WATCH_ERROR = "watch_error"
    OVERRIDES = "overrides"
    REVIEW_TIME = "review_time"
    DRIFT = "drift"


class MonitorState(StrEnum):
    """Where a figure stands."""

    NOT_YET = "not_yet"
    """There is too little to tell."""
    WITHIN = "within"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Monitor:
    """One figure: `value` against `limit`, both shares (0–1), or for the review time how many times as long as before.

    `count` of `of` for a rate; of the review time `of` are the earlier reviews it is compared with. `chance` is that of
    a count so large or larger at the limit, None where nothing was tested.
    """

    kind: MonitorKind
    state: MonitorState
    value: float
    limit: float
    count: int = 0
    of: int = 0
    chance: float | None = None


def watch_error(wrong: int, of: int, alpha: float) -> Monitor:
    """Automatic ones that were drawn to be decided blind, and how many of those the model had wrong.

    Exact one-sided binomial test of the rate being at most `alpha` (0–1, both excluded).
    """
    chance = at_least(wrong, of, alpha) if of else None
    return _rate(MonitorKind.WATCH_ERROR, wrong, of, alpha, chance, is_out=chance is not None and chance <= LEVEL)


def override_rate(changed: int, of: int, alpha: float) -> Monitor:
    """Automatic decisions that a person changed or took back, of all that were made.

    Not all wrong ones are found, so these are a lower bound of them: when so many would be unlikely with `alpha` wrong,
    more than `alpha` are. Tested as `watch_error`, from `LEAST_OVERRIDES` on.
    """
    chance = at_least(changed, of, alpha) if of else None
    is_out = chance is not None and chance <= LEVEL and changed >= LEAST_OVERRIDES
    return _rate(MonitorKind.OVERRIDES, changed, of, alpha, chance, is_out=is_out)


def review_time(seconds: Sequence[float]) -> Monitor:
    """How many times as long the last reviews took as those before, by their medians. `seconds` in order of time."""
    times = np.asarray(seconds, np.float64)
    recent, before = times[-RECENT:], times[:-RECENT][-MOST_BEFORE:]
    if len(before) < LEAST_BEFORE or not float(np.median(before)) > 0:
        return Monitor(MonitorKind.REVIEW_TIME, MonitorState.NOT_YET, 0.0, SPIKE, of=len(before))
    times_as_long = float(np.median(recent) / np.median(before))
    where = MonitorState.OUT if times_as_long > SPIKE else MonitorState.WITHIN
    return Monitor(MonitorKind.REVIEW_TIME, where, times_as_long, SPIKE, of=len(before))


def drift(is_found: bool | None) -> Monitor:
    """Whether the last items that came differ from those before; None where that was not compared."""
    where = {None: MonitorState.NOT_YET, True: MonitorState.OUT, False: MonitorState.WITHIN}[is_found]
    return Monitor(MonitorKind.DRIFT, where, float(bool(is_found)), 0.0)


def at_least(count: int, of: int, rate: float) -> float:
    """The chance of `count` or more of `of`, each with the chance `rate`: the upper tail of the binomial distribution.

    Raises ValueError for a rate outside 0–1, or more than there are.
    """
    if not 0.0 < rate < 1.0 or not 0 <= count <= of:
        raise ValueError(f"{count} of {of} at {rate}")
    if count == 0:
        return 1.0
    k = np.arange(count, of + 1)
    # The terms fall off so fast that those after a few hundred do not matter to a test.
    k = k[:2000] if count > of * rate else k
    logs = np.array([_log_choose(of, int(i)) for i in k]) + k * math.log(rate) + (of - k) * math.log1p(-rate)
    return float(min(1.0, np.exp(logs).sum()))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _rate(kind: MonitorKind, count: int, of: int, limit: float, chance: float | None, *, is_out: bool) -> Monitor:
    where = MonitorState.OUT if is_out else MonitorState.WITHIN if of else MonitorState.NOT_YET
    return Monitor(kind, where, count / of if of else 0.0, limit, count, of, chance)
