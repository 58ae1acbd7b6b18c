"""What a query strategy is asked, and what a row of the table of strategies holds."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray

# CSR float32 or a dense float32 array; scipy's matrices carry no types.
Matrix: TypeAlias = Any
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Findings:
    """Several findings per item: what the model says of each candidate, `probabilities` (n, k), and which findings the
    decided items have, `decided` (m, k).
    """

    probabilities: FloatArray
    decided: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Query:
    """The candidates of one round, and what is known about them. Row i of each array is candidate i.

    `probabilities` (n, k) are the model's, None before there is one; `class_ids` (k,) name its columns, None when
    column j is class j. `embedding` (n, d) are the rows the model sees, None while they are not made yet.
    `decided` (m, d) and `decided_labels` (m,) are the rows and class ids decided so far, None when not at hand.
    `classes` is how many classes are expected; `batch` how many labels there will be before the next training.
    With several findings per item, `probabilities` are those of each item's most doubtful finding, and `findings` are
    all of them, None before there is a model. `losses` (n,) are what is expected to be lost on each candidate when the
    class that matters is missed, None where nobody has said what is at stake.
    """

    probabilities: FloatArray | None
    embedding: Matrix | None = None
    decided: Matrix | None = None
    decided_labels: Ids | None = None
    classes: int = 0
    batch: int = 10
    class_ids: Ids | None = None
    findings: Findings | None = None
    losses: FloatArray | None = None

    @property
    def candidates(self) -> int:
        """How many items there are to choose from."""
        if self.probabilities is not None:
            return len(self.probabilities)
        if self.embedding is not None:
            return int(self.embedding.shape[0])
        raise ValueError("A query needs probabilities or an embedding.")

    @property
    def model(self) -> FloatArray:
        """The probabilities (n, k). Raises ValueError before there is a model."""
        if self.probabilities is None:
            raise ValueError("This strategy needs a model.")
        return self.probabilities

    @property
    def rows(self) -> Matrix:
        """The embedding (n, d). Raises ValueError when there is none."""
        if self.embedding is None:
            raise ValueError("This strategy needs an embedding.")
        return self.embedding


class Reason(IntEnum):
    """Why a strategy asks about an item."""

    UNCERTAIN = 0
    """The model cannot tell."""
    TYPICAL = 1
    """It stands for many others."""
    DIVERSE = 2
    """It is unlike everything decided."""
    RARE = 3
    """It may be of a class with few decisions."""
    CHANCE = 4
    """Drawn at random."""
    LOSS = 5
    """Much is lost if it is missed."""


Utilities = Callable[[Query, np.random.Generator], FloatArray]


@dataclass(frozen=True, slots=True)
class QueryStrategy:
    """One row of the table: what people read (said with `tr`), what the strategy needs, why it asks, and the function.

    `utilities` gives one finite float32 per candidate, larger is asked sooner. Strategies that compose a batch put
    it above all others, in the order of choice; the others follow by margin, or by chance before a model.
    """

    name: str
    title: str
    needs_model: bool
    needs_embedding: bool
    reason: Reason
    utilities: Utilities


def batch_first(chosen: Ids, rest: FloatArray) -> FloatArray:
    """Utilities (n,): the candidates `chosen` above all others, in this order, the others by `rest` (n,), 0–1."""
    utilities = np.clip(rest, 0, 1).astype(np.float32)
    utilities[chosen] = 1 + np.arange(len(chosen), 0, -1)
    return utilities
