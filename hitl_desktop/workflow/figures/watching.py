"""The watch list: what has a limit, how far it is from it, and whether somebody has to look."""

import logging
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Final

import numpy as np

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.following import difference
from hitl_desktop.assurance.review_time import trimmed_mean
from hitl_desktop.domain.batch_comparison import DIFFERS_BELOW, BatchComparison
from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.decisions import Exposure
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.event_table import EXPOSURES, EventTable
from hitl_desktop.domain.sentences import say
from hitl_desktop.language import decimal, mark, number, percent, tr, trn
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.figures.measured import VersionPoint
from hitl_desktop.workflow.figures.values import Groups, Watch, WatchState
from hitl_desktop.workflow.figures.work import is_first_seen, is_made, seconds_of

_log = logging.getLogger(__name__)

WATCHED: Final[dict[str, str]] = {
    "gap": mark("Gap between groups"),
    "intervention": mark("Intervention rate falling"),
    "override": mark("You change the suggestion"),
    "review_time": mark("Review time steady"),
    "repeats": mark("Agreement with yourself"),
    "drift": mark("New items look like old ones"),
}
LIMITS: Final[dict[str, float]] = {
    "gap": 0.05,
    "intervention": 0.0,
    "override": 0.30,
    "review_time": 1.5,
    "repeats": 0.95,
    "drift": DIFFERS_BELOW,
}
"""What each is held against where nobody chose: p values, points of change, shares and a ratio."""
RANGES: Final[dict[str, tuple[float, float]]] = {
    "gap": (0.001, 0.5),
    "intervention": (-0.5, 0.5),
    "override": (0.01, 1.0),
    "review_time": (1.05, 10.0),
    "repeats": (0.5, 1.0),
    "drift": (0.0001, 0.2),
}
_FACT: Final = "watch_limits"
_RECENT: Final = 200
_FEWEST: Final = 20
_LATELY: Final = 50
_NOTHING_LEFT: Final = 0.05


def limits_of(store: Store) -> dict[str, float]:
    """The limits in force."""
    kept = store.fact(_FACT) or {}
    return {name: float(kept.get(name, usual)) for name, usual in LIMITS.items()}


def set_limits(store: Store, wanted: Mapping[str, float]) -> Changes:
    """Hold what is watched against other limits. Raises KnownError for one that cannot be."""
    for name, limit in wanted.items():
        low, high = RANGES[name]
        if not low <= limit <= high:
            raise KnownError(
                say("This limit lies between {low} and {high}.", low=f"{low:g}", high=f"{high:g}"),
            )
    now = limits_of(store) | dict(wanted)
    if now == limits_of(store):
        return NOTHING
    with store.transaction():
        store.set_fact(_FACT, now)
    return Changes(settings=True)


def watch_list(
    events: EventTable,
    versions: list[VersionPoint],
    groups: Groups | None,
    limits: Mapping[str, float],
    batch: BatchComparison | None = None,
) -> list[Watch]:
    """Every row; those that cannot be told yet say so. Repeats and the last `batch` of new items are watched only where
    there are any.
    """
    found = [
        _gap(groups, limits["gap"]),
        _intervention(versions, limits["intervention"]),
        _override(events, limits["override"]),
        _review_time(events, limits["review_time"]),
    ]
    return found + _repeats(events, limits["repeats"]) + _drift(batch, limits["drift"])


def log_alerts(found: Iterable[Watch], before: frozenset[str] = frozenset()) -> frozenset[str]:
    """Write what has newly left its limits to the log, without names; returns the ids of all that are outside."""
    outside = {watch.id: watch for watch in found if watch.state is WatchState.LOOK}
    for name, watch in outside.items():
        if name not in before:
            _log.info("Watch list: %s", watch.log_words)
    return frozenset(outside)


def plain_alerts(found: Iterable[Watch]) -> list[dict[str, Any]]:
    """The watch list as JSON can hold it."""
    return [
        {"id": w.id, "state": w.state.value, "value": w.value, "limit": w.limit, "words": w.log_words} for w in found
    ]


def _unknown(name: str, limit: float, limit_words: str, why: str) -> Watch:
    return Watch(name, WatchState.UNKNOWN, None, limit, why, limit_words, f"{name}: too little to tell")


def _gap(groups: Groups | None, limit: float) -> Watch:
    limit_words = tr("limit p = {p}", p=decimal(limit, 2))
    if groups is None:
        return _unknown("gap", limit, limit_words, tr("no groups to compare yet"))
    state = WatchState.LOOK if groups.p_all < limit else WatchState.OK
    words = tr(
        "{group}, {points} points, p = {p}",
        group=groups.rows[groups.low].value,
        points=decimal(100 * groups.gap, 1),
        p=p_words(groups.p_all),
    )
    log = f"the gap between groups has p = {groups.p_all:.3g}, limit {limit:g}"
    return Watch("gap", state, groups.p_all, limit, words, limit_words, log)


def p_words(p: float) -> str:
    """A p value as people read it."""
    return tr("< {p}", p=decimal(0.001, 3)) if p < 0.001 else decimal(p, 3 if p < 0.1 else 2)


def _intervention(versions: list[VersionPoint], limit: float) -> Watch:
    limit_words = tr("must fall")
    known = [point for point in versions if point.needs_you is not None]
    now = next((place for place, point in enumerate(known) if point.is_in_use), 0)
    if now == 0:
        return _unknown("intervention", limit, limit_words, tr("needs two versions of the model"))
    before, after = known[now - 1].needs_you, known[now].needs_you
    if before is None or after is None:
        return _unknown("intervention", limit, limit_words, tr("needs two versions of the model"))
    change = after.share - before.share
    steps = [later.share - earlier.share for earlier, later in pairwise(_shares(known[: now + 1]))]
    # One step without a fall may be chance: two in a row, or a clear rise, are not. And where next to nothing needs a
    # person any more, there is nothing left to fall.
    is_stuck = (len(steps) > 1 and min(steps[-2:]) >= limit) or difference(after, before).low > limit
    state = WatchState.LOOK if is_stuck and after.share > _NOTHING_LEFT else WatchState.OK
    words = tr(
        "{before} → {after} with v{version}",
        before=percent(before.share, 1),
        after=percent(after.share, 1),
        version=str(known[now].version),
    )
    if change > 0 and not is_stuck:
        words = tr("{change}, may be chance", change=words)
    log = f"the intervention rate went from {before.share:.1%} to {after.share:.1%}, limit {limit:+.1%}"
    return Watch("intervention", state, change, limit, words, limit_words, log)


def _shares(points: list[VersionPoint]) -> list[Estimate]:
    return [point.needs_you for point in points if point.needs_you is not None]


def _override(events: EventTable, limit: float) -> Watch:
    limit_words = tr("limit {share}", share=percent(limit))
    seen = np.flatnonzero(is_first_seen(events))[-_RECENT:]
    if len(seen) < _FEWEST:
        return _unknown("override", limit, limit_words, tr("needs {n} suggestions seen", n=number(_FEWEST)))
    changed = int((~events.agrees[seen]).sum())
    share = changed / len(seen)
    words = trn(
        "{changed} of the last {n}, {share}",
        "{changed} of the last {n}, {share}",
        len(seen),
        changed=number(changed),
        share=percent(share, 1),
    )
    state = WatchState.LOOK if share > limit else WatchState.OK
    log = f"{changed} of the last {len(seen)} suggestions were changed ({share:.1%}), limit {limit:.0%}"
    return Watch("override", state, share, limit, words, limit_words, log)


def _review_time(events: EventTable, limit: float) -> Watch:
    limit_words = tr("at most {n} times", n=decimal(limit, 1))
    seconds = seconds_of(events)[is_made(events)]
    seconds = seconds[np.isfinite(seconds)]
    before, lately = trimmed_mean(seconds[:-_LATELY]), trimmed_mean(seconds[-_LATELY:])
    if before is None or lately is None or len(seconds) < _LATELY + _FEWEST:
        needed = number(_LATELY + _FEWEST)
        return _unknown("review_time", limit, limit_words, tr("needs {n} decisions", n=needed))
    ratio = lately.value / before.value if before.value > 0 else 1.0
    # A rise has to be more than the spread of the times explains.
    state = WatchState.LOOK if ratio > limit and lately.low > before.high else WatchState.OK
    words = tr("{before} s → {after} s lately", before=decimal(before.value, 1), after=decimal(lately.value, 1))
    log = f"the last {_LATELY} decisions took {ratio:.2f} times as long as those before, limit {limit:g}"
    return Watch("review_time", state, ratio, limit, words, limit_words, log)


def _repeats(events: EventTable, limit: float) -> list[Watch]:
    """Items that one person answered twice without being shown either the suggestion or a reason to change."""
    same, all_of_them = repeats(events)
    if not all_of_them:
        return []
    share = same / all_of_them
    state = WatchState.LOOK if share < limit and all_of_them >= _FEWEST else WatchState.OK
    words = trn("{same} of {n} answered twice", "{same} of {n} answered twice", all_of_them, same=number(same))
    log = f"{same} of {all_of_them} repeated items were answered the same, limit {limit:.0%}"
    limit_words = tr("at least {share}", share=percent(limit))
    return [Watch("repeats", state, share, limit, words, limit_words, log)]


def _drift(batch: BatchComparison | None, limit: float) -> list[Watch]:
    if batch is None or batch.p is None:
        return []
    state = WatchState.LOOK if batch.p < limit else WatchState.OK
    words = trn("last batch of {n} item, p = {p}", "last batch of {n} items, p = {p}", batch.items, p=p_words(batch.p))
    log = f"the last batch of {batch.items} items compares with p = {batch.p:.3g}, limit {limit:g}"
    return [Watch("drift", state, batch.p, limit, words, tr("limit p = {p}", p=decimal(limit, 2)), log)]


def repeats(events: EventTable) -> tuple[int, int]:
    """How many pairs of answers of one person to one item are the same, and how many pairs there are.

    A pair is an answer that stands and the next one by the same person, both given without the suggestion in view. What
    was changed with a reason, taken back, decided many at once or led by the suggestion is no repeat.
    """
    own = events.stands & is_made(events) & events.is_answer & ~events.amends & (events.label >= 0)
    own &= events.exposure == EXPOSURES.index(Exposure.HIDDEN)
    places = np.flatnonzero(own)
    order = places[np.lexsort((places, events.reviewer[places], events.item[places]))]
    first, second = order[:-1], order[1:]
    pair = (events.item[first] == events.item[second]) & (events.reviewer[first] == events.reviewer[second])
    same = events.label[first[pair]] == events.label[second[pair]]
    return int(same.sum()), int(pair.sum())
