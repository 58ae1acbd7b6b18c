"""The pool in memory: a few arrays over all items, and the counts that always add up."""

from copy import copy

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.findings import most_doubtful, suggested_codes
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.predictions import UNCERTAINTY_MEASURES, FloatArray, confidence
from hitl_desktop.domain.routing import Ledger, Split, is_proposed

STATES = tuple(ItemState)
TO_DO = STATES.index(ItemState.TO_DO)
_CODE = {state: code for code, state in enumerate(STATES)}


class Pool:
    """State, decided class and prediction of every item, by item index.

    `states` (n,) uint8 codes into `STATES`; `label_ids` (n,) int64, −1 where undecided; `probabilities`
    (n, k) float32 or None before there is a model; `confidence` and `uncertainty` (n,) float32 with NaN
    where an item is not scored; `predicted` (n,) is the column of the first class, −1 where not scored.
    With the task "several", `label_ids` and `predicted` hold codes of sets of findings (`domain/findings.py`), and
    confidence and uncertainty are those of the most doubtful finding.
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
        self.threshold = threshold
        self.measure = measure
        self.task = task
        self.probabilities: FloatArray | None = None
        self._clear_predictions()
        self._recount()

    def __len__(self) -> int:
        return len(self.states)

    def state(self, index: int) -> ItemState:
        """Where one item stands."""
        return STATES[int(self.states[index])]

    def set_predictions(self, probabilities: FloatArray | None) -> None:
        """Swap in the predictions of another model, all at once. Shape (m, k) with m ≤ n; the rest is unscored."""
        self._clear_predictions()
        self.probabilities = probabilities
        if probabilities is not None and probabilities.shape[1] > 0:
            m = len(probabilities)
            several = self.task is Task.SEVERAL
            told = most_doubtful(probabilities) if several else probabilities
            self.confidence[:m] = confidence(told)
            self.uncertainty[:m] = UNCERTAINTY_MEASURES[self.measure](told)
            self.predicted[:m] = suggested_codes(probabilities) if several else probabilities.argmax(axis=1)
            self.predicted[:m][~np.isfinite(self.confidence[:m])] = -1
        self._recount()

    def set_measure(self, measure: str) -> None:
        """Change which uncertainty is used. Raises KeyError for one that does not exist."""
        self.measure = measure
        self.set_predictions(self.probabilities)

    def set_threshold(self, threshold: float) -> None:
        """Move the line between what needs a person and what is proposed."""
        self.threshold = threshold
        self._recount()

    def set_standing(self, index: int, state: ItemState, label_id: int | None) -> None:
        """Note a decision (`label_id`: or the code of a set); the counts follow in constant time."""
        self._counts[self.states[index], int(self._proposed[index])] -= 1
        self.states[index] = _CODE[state]
        self.label_ids[index] = -1 if label_id is None else label_id
        self._counts[self.states[index], int(self._proposed[index])] += 1

    def ledger(self) -> Ledger:
        """The sum in the header."""
        by_state = self._counts.sum(axis=1)
        return Ledger(
            items=len(self),
            decided=int(by_state[_CODE[ItemState.DECIDED]]),
            skipped=int(by_state[_CODE[ItemState.SKIPPED]]),
            unsure=int(by_state[_CODE[ItemState.UNSURE]]),
            flagged=int(by_state[_CODE[ItemState.FLAGGED]]),
            needs_review=int(self._counts[TO_DO, 0]),
            proposed=int(self._counts[TO_DO, 1]),
        )

    def split_at(self, threshold: float) -> Split:
        """What another threshold would give, without setting it."""
        to_do = self.states == TO_DO
        proposed = int((to_do & is_proposed(self.confidence, threshold)).sum())
        return Split(threshold, int(to_do.sum()) - proposed, proposed)

    def is_proposed(self, index: int) -> bool:
        """True when an undecided item is on the proposed side."""
        return bool(self._proposed[index]) and self.states[index] == TO_DO

    def passing(self) -> npt.NDArray[np.bool_]:
        """Which items the model alone would be trusted with, decided or not. Shape (n,), not to be written to."""
        return self._proposed

    def copy(self) -> "Pool":
        """The pool as it stands now: decisions made from now on do not show in it."""
        twin = copy(self)
        twin.states, twin.label_ids, twin._counts = self.states.copy(), self.label_ids.copy(), self._counts.copy()
        return twin

    def needing_review(self) -> npt.NDArray[np.int64]:
        """Indexes of items that wait for a person, in pool order."""
        return np.flatnonzero((self.states == TO_DO) & ~self._proposed)

    def undecided(self) -> npt.NDArray[np.int64]:
        """Indexes of all items nobody has dealt with, proposed or not, in pool order."""
        return np.flatnonzero(self.states == TO_DO)

    def in_states(self, *states: ItemState) -> npt.NDArray[np.int64]:
        """Indexes of the items in any of the states, in pool order."""
        return np.flatnonzero(np.isin(self.states, [_CODE[state] for state in states]))

    def _clear_predictions(self) -> None:
        n = len(self.states)
        self.confidence = np.full(n, np.nan, np.float32)
        self.uncertainty = np.full(n, np.nan, np.float32)
        self.predicted = np.full(n, -1, np.int64)

    def _recount(self) -> None:
        self._proposed = is_proposed(self.confidence, self.threshold)
        codes = self.states.astype(np.int64) * 2 + self._proposed
        self._counts = np.bincount(codes, minlength=2 * len(STATES)).reshape(len(STATES), 2)
