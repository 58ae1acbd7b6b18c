"""What the head of a model is: transformed rows in, one logit per class out. Arrays only, never a pickle."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Protocol, Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.special import softmax

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.sentences import say
from hitl_desktop.learning.representations import Arrays, Matrix

Ids = npt.NDArray[np.int64]

_MANY_ROWS = 200


class Head(Protocol):
    """Turns transformed rows (n, d) into class probabilities; `class_ids` (k,) names the columns."""

    kind: ClassVar[str]

    @property
    def class_ids(self) -> tuple[int, ...]:
        """The project's class id of every column."""

    def logits(self, X: Matrix) -> FloatArray:
        """Rows (n, d) → logits (n, k), float32: their softmax is the probabilities (`SeveralHead`: the sigmoid)."""

    def probabilities(self, X: Matrix) -> FloatArray:
        """Rows (n, d) → class probabilities (n, k), each row adding to 1 (`SeveralHead`: each finding by itself)."""

    def with_class_ids(self, ids: tuple[int, ...]) -> Self:
        """The same head with other names for its columns."""

    def arrays(self) -> Arrays:
        """What `from_arrays` needs to make the same head again."""

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """The inverse of `arrays`. Raises ValueError or LookupError for arrays that do not belong together."""


def softmax_rows(logits: FloatArray) -> FloatArray:
    """Logits (n, k) → probabilities (n, k)."""
    return np.asarray(softmax(logits.astype(np.float64), axis=1), np.float32)


def needs_second_class(labels: Ids, name: str | None = None) -> KnownError | None:
    """The refusal when there is nothing to tell apart; None when there is."""
    distinct = np.unique(labels)
    if len(distinct) == 0:
        return KnownError(say("There are no decisions to learn from yet."), say("Decide some items first."))
    if len(distinct) == 1:
        return KnownError(
            say("All decisions so far say one class. Training needs a second class.")
            if name is None
            else say("All decisions so far say {name}. Training needs a second class.", name=name),
            say("Decide items of another class first."),
        )
    return None


def used_columns(X: Matrix) -> npt.NDArray[np.int64] | None:
    """For sparse rows, the columns worth a weight: those that occur, or with many rows those that occur twice.

    None for dense rows: all columns.
    """
    if not sp.issparse(X):
        return None
    frequency = np.bincount(X.indices, minlength=X.shape[1])
    return np.flatnonzero(frequency >= (2 if X.shape[0] > _MANY_ROWS else 1))


def occurring_columns(X: Matrix) -> npt.NDArray[np.int64] | None:
    """For sparse rows, every column that occurs; None for dense rows: all columns."""
    return np.unique(X.indices).astype(np.int64) if sp.issparse(X) else None


def one_hot(labels: Ids, class_ids: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Class ids (n,) → (n, k) with a 1 in the column of the class; rows of classes not in `class_ids` are zero."""
    return np.asarray(np.asarray(labels)[:, None] == np.asarray(class_ids)[None, :], np.float64)


def class_weights(labels: Ids, class_weight: str | None) -> npt.NDArray[np.float64] | None:
    """One weight per row (n,), mean 1: n / (k · rows of the class) for "balanced"; None for "none" or None."""
    if class_weight in (None, "none"):
        return None
    if class_weight != "balanced":
        raise KnownError(
            say("There are no class weights named {name}.", name=str(class_weight)), say("Use none or balanced.")
        )
    _, places, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return np.asarray(len(labels) / (len(counts) * counts[places]), np.float64)


def read_class_ids(arrays: Mapping[str, npt.NDArray[Any]], columns: int) -> tuple[int, ...]:
    """The class ids among the arrays of a head. Raises ValueError when they do not name `columns` columns."""
    ids = tuple(int(i) for i in arrays["class_ids"].astype(np.int64).ravel())
    if len(set(ids)) != columns or len(ids) != columns:
        raise ValueError("the class ids do not name the columns")
    return ids


@contextmanager
def without_advice() -> Iterator[None]:
    """Silence what scikit-learn says of many classes for few rows, and of a search that was cut short.

    Both are meant: the first decisions of a project look so, and what was found is judged on rows held out.
    """
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The number of unique classes", category=UserWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def compact(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Half precision where an array is large: its rounding is far below what the data can tell."""
    return values.astype(np.float16) if values.size > 50_000 and np.abs(values).max() < 1e4 else values
