"""Which items a list shows, and in which order: pure functions of the pool and of what the store found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.findings import code_of
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.domain.policy import AUTOMATIC_ROUTES, Route
from hitl_desktop.domain.policy_conditions import ON_MODEL
from hitl_desktop.domain.policy_match import CODE
from hitl_desktop.domain.pool import STATES, TO_DO, Pool
from hitl_desktop.domain.steering import SteeredFacet

Mask = npt.NDArray[np.bool_]
Indexes = npt.NDArray[np.int64]


_UNTOLD: Final = 255


class RouteFacet(StrEnum):
    """Where the policy sends an item that nobody has dealt with: to a person or not, and by which of the routes."""

    NEEDS_YOU = "needs_you"
    PROPOSED = "proposed"
    REVIEW = "review"
    ACCEPT = "accept"
    REMOVE = "remove"
    ESCALATE = "escalate"
    SECOND_READER = "second_reader"


class SortOrder(StrEnum):
    """How a list is ordered. Items that have no such number come last, in pool order."""

    ASKING = "asking"
    """What is asked next comes first; items that are not in the queue follow in pool order."""
    LEAST_SURE = "least_sure"
    MOST_SURE = "most_sure"
    UNCERTAIN = "uncertain"
    """By the measure of uncertainty in use, the most uncertain first."""
    NAME = "name"
    LAST_DECIDED = "last_decided"
    """The last decision first."""


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What an item must be to be listed; what says nothing lets everything through.

    `states` and `routes` name what is let through. `classes` are label ids: the item is decided as one of them, or,
    while it is not decided, suggested to be one; of several findings it has any of them. `least` and `most` bound the
    confidence (0–1, both included). `reviewer` made the decision that stands. `has_note`: that decision has a note,
    or none. `words` are all in the item's text, name, id, note or fields. `everything` lists the whole pool where
    nothing else is asked: without it an empty filter means the plain queue. `novel`: unlike anything decided.
    `steered`: it counts more or is ignored for training, or the rules speak against its class.
    """

    states: frozenset[ItemState] = frozenset()
    routes: frozenset[RouteFacet] = frozenset()
    classes: frozenset[int] = frozenset()
    least: float = 0.0
    most: float = 1.0
    reviewer: str = ""
    has_note: bool | None = None
    words: str = ""
    everything: bool = False
    novel: bool = False
    steered: frozenset[SteeredFacet] = frozenset()

    @property
    def bounds_confidence(self) -> bool:
        """True when the confidence matters: unscored items are then left out."""
        return self.least > 0.0 or self.most < 1.0

    @property
    def asks_store(self) -> bool:
        """True when the pool in memory cannot answer it alone."""
        is_told = bool(self.words.strip()) or bool(self.reviewer) or self.has_note is not None
        return is_told or self.asks_rules

    @property
    def asks_rules(self) -> bool:
        """True when what the rules for classes say has to be known of every item."""
        return SteeredFacet.RULED_OTHERWISE in self.steered

    @property
    def is_empty(self) -> bool:
        """True when it asks nothing of an item."""
        is_open = not (self.states or self.routes or self.classes or self.novel or self.steered)
        return is_open and not self.bounds_confidence and not self.asks_store


@dataclass(frozen=True, slots=True)
class PoolColumns:
    """The pool for a filter, as it stands or, once `settled`, as it stood then; arrays as in `Pool`, shapes (n,).

    `positions` are those of the classes by label id. `proposed`: on an automatic route. `routes` uint8 codes as in
    `Routes.route`, 255 where it is not to be told. `hidden` are items of which it is not to be told what the model
    says until they are decided, None for none: they are then in no class and have no confidence, so that no list gives
    it away.
    """

    states: npt.NDArray[np.uint8]
    label_ids: Indexes
    predicted: Indexes
    confidence: npt.NDArray[np.float32]
    uncertainty: npt.NDArray[np.float32]
    proposed: Mask
    routes: npt.NDArray[np.uint8]
    task: Task
    positions: Mapping[int, int]
    hidden: Mask | None = None
    novel: Mask | None = None

    @classmethod
    def of(
        cls, pool: Pool, labels: Iterable[Label], *, hidden: Mask | None = None, indexes: Indexes | None = None
    ) -> "PoolColumns":
        """The columns of a pool, of all items or of some in this order."""
        at = slice(None) if indexes is None else indexes
        return cls(
            pool.states[at],
            pool.label_ids[at],
            pool.predicted[at],
            pool.confidence[at],
            pool.uncertainty[at],
            pool.routes.automatic[at],
            _told_routes(pool, hidden)[at],
            pool.task,
            {label.id: label.position for label in labels},
            None if hidden is None else hidden[at],
            _novel_of(pool, at),
        )

    def settled(self) -> "PoolColumns":
        """The same with copies of what changes in place; predictions and routes are only ever swapped whole. To be made
        by the thread that works with them: copying a million items takes the window up to 13 ms.
        """
        return replace(self, states=self.states.copy(), label_ids=self.label_ids.copy())

    def __len__(self) -> int:
        return len(self.states)


def _novel_of(pool: Pool, at: slice | Indexes) -> Mask | None:
    """Which items are unlike anything decided; those that came since that was looked at are not."""
    if pool.novel is None:
        return None
    novel = np.zeros(len(pool), bool)
    novel[: len(pool.novel)] = pool.novel
    return novel[at]


def pool_mask(pool: PoolColumns, wanted: ItemFilter) -> Mask:
    """Which items the filter lets through, as far as the pool knows. Shape (n,)."""
    mask = np.ones(len(pool), bool)
    if wanted.states:
        mask &= np.isin(pool.states, [STATES.index(state) for state in wanted.states])
    if wanted.routes:
        mask &= (pool.states == TO_DO) & _on_routes(pool, wanted.routes)
    if wanted.classes:
        mask &= in_classes(pool, wanted.classes)
    if wanted.novel:
        mask &= np.zeros(len(pool), bool) if pool.novel is None else pool.novel
    if wanted.bounds_confidence:
        with np.errstate(invalid="ignore"):
            mask &= (pool.confidence >= np.float32(wanted.least)) & (pool.confidence <= np.float32(wanted.most))
        if pool.hidden is not None:
            mask &= ~pool.hidden | (pool.label_ids >= 0)
    return mask


@dataclass(frozen=True, slots=True)
class Steered:
    """What steering says of the items: indexes of those that matter and that are ignored, and `said`, the class id that
    the rules speak for (n,), −1 for none; None where that was not looked up.
    """

    matters: Indexes
    ignored: Indexes
    said: Indexes | None = None


def steered_mask(pool: PoolColumns, items: Indexes, wanted: frozenset[SteeredFacet], steered: Steered) -> Mask:
    """Which rows of the pool, being `items` (n,), steering says one of these of. Of what is hidden, no rule is told to
    speak against the model. Shape (n,).
    """
    mask = np.zeros(len(pool), bool)
    if SteeredFacet.MATTERS in wanted:
        mask |= np.isin(items, steered.matters)
    if SteeredFacet.IGNORED in wanted:
        mask |= np.isin(items, steered.ignored)
    if SteeredFacet.RULED_OTHERWISE in wanted and steered.said is not None and pool.task is Task.ONE:
        said = np.full(len(pool), -1, np.int64)
        known = items < len(steered.said)
        said[known] = steered.said[items[known]]
        mask |= (said >= 0) & (_classes(pool) >= 0) & (said != _classes(pool))
    return mask


def _classes(pool: PoolColumns) -> Indexes:
    """The class id of each row, decided or suggested; −1 where there is none, or none to be told. Shape (n,)."""
    ids = np.full(max(pool.positions.values(), default=-1) + 1, -1, np.int64)
    for label_id, position in pool.positions.items():
        ids[position] = label_id
    known = (pool.label_ids < 0) & (pool.predicted >= 0) & (pool.predicted < len(ids))
    if pool.hidden is not None:
        known &= ~pool.hidden
    found = pool.label_ids.copy()
    found[known] = ids[pool.predicted[known]]
    return found


def _on_routes(pool: PoolColumns, wanted: frozenset[RouteFacet]) -> Mask:
    codes = [CODE[Route(facet)] for facet in wanted - {RouteFacet.NEEDS_YOU, RouteFacet.PROPOSED}]
    mask = np.isin(pool.routes, codes)
    if RouteFacet.PROPOSED in wanted:
        mask |= pool.proposed
    if RouteFacet.NEEDS_YOU in wanted:
        mask |= ~pool.proposed
    return np.asarray(mask, bool)


def _told_routes(pool: Pool, hidden: Mask | None) -> npt.NDArray[np.uint8]:
    """The routes; of hidden items only where the rule does not tell what the model says of them."""
    if hidden is None:
        return pool.routes.route
    tells = [rule.is_automatic or any(isinstance(c, ON_MODEL) for c in rule.conditions) for rule in pool.policy.rules]
    # What comes through all rules is told as far as it goes to a person: it is where most items go.
    tells.append(pool.policy.otherwise in AUTOMATIC_ROUTES)
    return np.where(hidden & np.asarray(tells)[pool.routes.rule], np.uint8(_UNTOLD), pool.routes.route)


def in_classes(pool: PoolColumns, classes: frozenset[int]) -> Mask:
    """Which items are decided as one of the classes (label ids) or, undecided, suggested to be one. Shape (n,)."""
    known = pool.label_ids >= 0
    suggested = ~known & (pool.predicted >= 0)
    if pool.hidden is not None:
        suggested &= ~pool.hidden
    positions = [pool.positions[label_id] for label_id in classes if label_id in pool.positions]
    if pool.task is Task.SEVERAL:
        code = code_of(positions)
        return np.asarray((known & (pool.label_ids & code != 0)) | (suggested & (pool.predicted & code != 0)))
    decided = np.isin(pool.label_ids, list(classes))
    return np.asarray((known & decided) | (suggested & np.isin(pool.predicted, positions)))


@dataclass(frozen=True, slots=True)
class SortKeys:
    """What the orders need that the pool does not hold; each shape (n,) or shorter, None where it is not needed.

    `asking` are items in the order of asking. `last_decisions` is the number of each item's last event, 0 for none.
    `names` is the place of each item among all names.
    """

    asking: npt.NDArray[np.int64] | None = None
    last_decisions: Indexes | None = None
    names: Indexes | None = None


def in_order(mask: Mask, order: SortOrder, pool: PoolColumns, keys: SortKeys) -> Indexes:
    """The indexes of the items in `mask`, in the order wanted. Shape (m,)."""
    if order is SortOrder.ASKING:
        return _asked_first(mask, keys.asking)
    chosen = np.flatnonzero(mask)
    if order is SortOrder.NAME:
        return chosen if keys.names is None else chosen[np.argsort(keys.names[chosen], kind="stable")]
    if order is SortOrder.LAST_DECIDED:
        if keys.last_decisions is None:
            return chosen
        return np.asarray(chosen[np.argsort(-keys.last_decisions[chosen], kind="stable")], np.int64)
    values = (pool.uncertainty if order is SortOrder.UNCERTAIN else pool.confidence)[chosen]
    if pool.hidden is not None:
        is_told = ~pool.hidden[chosen] | (pool.label_ids[chosen] >= 0)
        values = np.where(is_told, values, np.float32(np.nan))
    # NaN sorts to the end of an ascending order, and so do negated ones.
    return np.asarray(chosen[np.argsort(values if order is SortOrder.LEAST_SURE else -values, kind="stable")], np.int64)


def _asked_first(mask: Mask, asking: Indexes | None) -> Indexes:
    if asking is None or not len(asking):
        return np.flatnonzero(mask)
    rest = mask.copy()
    rest[asking] = False
    return np.concatenate([asking[mask[asking]], np.flatnonzero(rest)]).astype(np.int64)
