"""The pool in memory: a few arrays over all items, and the counts that always add up."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.findings import most_doubtful, suggested_codes
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.policy import (
    AUTOMATIC_ROUTES,
    ROUTES,
    Route,
    RoutingPolicy,
    limit,
    starting_policy,
)
from hitl_desktop.domain.policy_match import ItemFacts, Mask, Predicted, Routes, match
from hitl_desktop.domain.predictions import UNCERTAINTY_MEASURES, FloatArray, confidence
from hitl_desktop.domain.routing import Ledger

STATES = tuple(ItemState)
TO_DO = STATES.index(ItemState.TO_DO)
DECIDED = STATES.index(ItemState.DECIDED)
AUTOMATIC = STATES.index(ItemState.AUTOMATIC)
_CODE = {state: code for code, state in enumerate(STATES)}
_AUTOMATIC = [code for code, route in enumerate(ROUTES) if route in AUTOMATIC_ROUTES]


@dataclass(frozen=True, slots=True, eq=False)
class PoolScores:
    """What a model says of a pool: arrays of `Pool` that follow from `probabilities`, `uncertainty` by `measure`."""

    probabilities: FloatArray | None
    confidence: FloatArray
    uncertainty: FloatArray
    predicted: npt.NDArray[np.int64]
    measure: str


def scores_of(probabilities: FloatArray | None, items: int, measure: str, task: Task) -> PoolScores:
    """Work out what `probabilities` (m, k) say of a pool of `items` ≥ m, of which the rest is unscored."""
    found = PoolScores(
        probabilities,
        np.full(items, np.nan, np.float32),
        np.full(items, np.nan, np.float32),
        np.full(items, -1, np.int64),
        measure,
    )
    if probabilities is not None and probabilities.shape[1] > 0:
        m, several = len(probabilities), task is Task.SEVERAL
        told = most_doubtful(probabilities) if several else probabilities
        found.confidence[:m] = confidence(told)
        found.uncertainty[:m] = UNCERTAINTY_MEASURES[measure](told)
        found.predicted[:m] = suggested_codes(probabilities) if several else probabilities.argmax(axis=1)
        found.predicted[:m][~np.isfinite(found.confidence[:m])] = -1
    return found


class Pool:
    """State, decided class and prediction of every item, by item index.

    `states` (n,) uint8 codes into `STATES`; `label_ids` (n,) int64, −1 where undecided; `probabilities`
    (n, k) float32 or None before there is a model; `confidence` and `uncertainty` (n,) float32 with NaN
    where an item is not scored; `predicted` (n,) is the column of the first class, −1 where not scored.
    With the task "several", `label_ids` and `predicted` hold codes of sets of findings (`domain/findings.py`), and
    confidence and uncertainty are those of the most doubtful finding. `policy` routes the items by what the model says
    and by `facts`, what their records say; `routes` is where they go. An item is proposed while it is to do and on an
    automatic route. `novel` (m,) with m ≤ n are the items unlike anything decided, None where that is not known.
    """

    def __init__(
        self,
        states: npt.NDArray[np.uint8],
        label_ids: npt.NDArray[np.int64],
        threshold: float,
        measure: str,
        task: Task = Task.ONE,
    ) -> None:
        self.states = states
        self.label_ids = label_ids
        self.routes: Routes
        self._counts: npt.NDArray[np.int64]
        self._summed: tuple[bytes, Ledger] | None = None
        self.policy = starting_policy(threshold)
        self.facts = ItemFacts()
        self.novel: Mask | None = None
        self.moves = 0
        """How many standings were noted so far: whoever keeps what follows from the states sees that it is stale."""
        self.moved_last = -1
        """The item that the last of them was about."""
        self.measure = measure
        self.task = task
        self._adopt_scores(scores_of(None, len(states), measure, task))
        self._reroute()

    def __len__(self) -> int:
        return len(self.states)

    def state(self, index: int) -> ItemState:
        """Where one item stands."""
        return STATES[int(self.states[index])]

    def grow(
        self,
        states: npt.NDArray[np.uint8],
        label_ids: npt.NDArray[np.int64],
        facts: Callable[[], ItemFacts],
        kept: FloatArray | None = None,
    ) -> None:
        """Take in items after those there are: their states and decided classes (m,). They are not scored yet.

        `facts` are read once the arrays are longer: what the records of all items say. `kept`: a copy of the
        probabilities, to be used from now on.
        """
        self.states = np.concatenate([self.states, states])
        self.moves, self.moved_last = self.moves + 1, -1
        self.label_ids = np.concatenate([self.label_ids, label_ids])
        self.facts = facts()
        said, more = self.scores(), scores_of(None, len(states), self.measure, self.task)
        self._adopt_scores(
            PoolScores(
                said.probabilities if kept is None else kept,
                np.concatenate([said.confidence, more.confidence]),
                np.concatenate([said.uncertainty, more.uncertainty]),
                np.concatenate([said.predicted, more.predicted]),
                self.measure,
            )
        )
        self._reroute()

    def set_predictions(self, probabilities: FloatArray | None) -> None:
        """Swap in the predictions of another model, all at once. Shape (m, k) with m ≤ n; the rest is unscored."""
        self.take_scores(scores_of(probabilities, len(self), self.measure, self.task), self.novel)

    def scores(self) -> PoolScores:
        """What the model says of the items now."""
        return PoolScores(self.probabilities, self.confidence, self.uncertainty, self.predicted, self.measure)

    def take_scores(self, scores: PoolScores, novel: Mask | None) -> None:
        """The same with scores that were worked out before, for this pool and measure; `novel` as above."""
        self._adopt_scores(scores)
        self.novel = novel
        self._reroute()

    def set_measure(self, measure: str) -> None:
        """Change which uncertainty is used. Raises KeyError for one that does not exist."""
        self.measure = measure
        self.set_predictions(self.probabilities)

    @property
    def threshold(self) -> float:
        """The least confidence of an item on an automatic route; 1 where nothing is automatic."""
        return min(limit(self.policy), 1.0)

    def set_policy(self, policy: RoutingPolicy, facts: ItemFacts) -> None:
        """Route by another policy. Raises KeyError when `facts` lacks what it asks; nothing has changed then."""
        routes = match(policy, self.told(), facts)
        self.policy, self.facts = policy, facts
        self._adopt(routes)

    def told(self) -> Predicted:
        """What the model says of the items: arrays that are only ever swapped whole."""
        several = self.task is Task.SEVERAL
        return Predicted(self.confidence, self.predicted, self.probabilities, several, self.novel)

    def set_novel(self, novel: Mask | None) -> None:
        """Note which items are unlike anything decided; they are routed by it."""
        self.novel = novel
        self._reroute()

    def is_novel(self, index: int) -> bool:
        """True for an item that is unlike anything decided."""
        return self.novel is not None and index < len(self.novel) and bool(self.novel[index])

    def set_standing(self, index: int, state: ItemState, label_id: int | None) -> None:
        """Note a decision (`label_id`: or the code of a set); the counts follow in constant time."""
        self._counts[self.states[index], self.routes.route[index]] -= 1
        self.states[index] = _CODE[state]
        self.label_ids[index] = -1 if label_id is None else label_id
        self._counts[self.states[index], self.routes.route[index]] += 1
        self.moves += 1
        self.moved_last = index

    def recall(self, indexes: npt.NDArray[np.int64]) -> None:
        """Have these items wait for a person, whatever the policy says: their automatic decision was taken back."""
        recalled = np.zeros(len(self), bool) if self.facts.recalled is None else self.facts.recalled.copy()
        recalled[indexes] = True
        self.facts = replace(self.facts, recalled=recalled)
        moved = np.unique(indexes[self.routes.automatic[indexes]])
        np.subtract.at(self._counts, (self.states[moved], self.routes.route[moved]), 1)
        route = self.routes.route.copy()
        route[moved] = ROUTES.index(Route.REVIEW)
        self.routes = replace(self.routes, route=route)
        self._proposed = self.routes.automatic
        np.add.at(self._counts, (self.states[moved], route[moved]), 1)

    def ledger(self) -> Ledger:
        """The sum in the header."""
        counted = self._counts.tobytes()
        if self._summed is None or self._summed[0] != counted:
            self._summed = counted, self._sum()
        return self._summed[1]

    def _sum(self) -> Ledger:
        by_state = self._counts.sum(axis=1)
        proposed = int(self._counts[TO_DO, _AUTOMATIC].sum())
        return Ledger(
            items=len(self),
            decided=int(by_state[_CODE[ItemState.DECIDED]]),
            skipped=int(by_state[_CODE[ItemState.SKIPPED]]),
            unsure=int(by_state[_CODE[ItemState.UNSURE]]),
            flagged=int(by_state[_CODE[ItemState.FLAGGED]]),
            needs_review=int(by_state[TO_DO]) - proposed,
            proposed=proposed,
            automatic=int(by_state[_CODE[ItemState.AUTOMATIC]]),
        )

    def to_do_by_route(self) -> dict[Route, int]:
        """How many items nobody has dealt with are on each route."""
        return {route: int(count) for route, count in zip(ROUTES, self._counts[TO_DO], strict=True)}

    def is_proposed(self, index: int) -> bool:
        """True when an undecided item is on an automatic route."""
        return bool(self._proposed[index]) and self.states[index] == TO_DO

    def passing(self) -> npt.NDArray[np.bool_]:
        """Which items the model alone would be trusted with, decided or not. Shape (n,), not to be written to."""
        return self._proposed

    def copy(self) -> "Pool":
        """The pool as it stands now: decisions made from now on do not show in it."""
        twin = copy(self)
        twin.states, twin.label_ids, twin._counts = self.states.copy(), self.label_ids.copy(), self._counts.copy()
        return twin

    def route(self, index: int) -> Route:
        """Where the policy sends an item, decided or not."""
        return self.routes.route_of(index)

    def needing_review(self) -> npt.NDArray[np.int64]:
        """Indexes of items that wait for a person, in pool order."""
        return np.flatnonzero((self.states == TO_DO) & ~self._proposed)

    def undecided(self) -> npt.NDArray[np.int64]:
        """Indexes of all items nobody has dealt with, proposed or not, in pool order."""
        return np.flatnonzero(self.states == TO_DO)

    def unanswered(self) -> npt.NDArray[np.bool_]:
        """Which items no person has dealt with: those to do, and those decided automatically. Shape (n,)."""
        return np.asarray((self.states == TO_DO) | (self.states == AUTOMATIC))

    def in_states(self, *states: ItemState) -> npt.NDArray[np.int64]:
        """Indexes of the items in any of the states, in pool order."""
        return np.flatnonzero(np.isin(self.states, [_CODE[state] for state in states]))

    def _adopt_scores(self, scores: PoolScores) -> None:
        self.probabilities = scores.probabilities
        self.confidence, self.uncertainty, self.predicted = scores.confidence, scores.uncertainty, scores.predicted

    def _reroute(self) -> None:
        self._adopt(match(self.policy, self.told(), self.facts))

    def _adopt(self, routes: Routes) -> None:
        self.routes = routes
        self._proposed = routes.automatic
        codes = self.states.astype(np.int64) * len(ROUTES) + routes.route
        self._counts = np.bincount(codes, minlength=len(ROUTES) * len(STATES)).reshape(len(STATES), len(ROUTES))
