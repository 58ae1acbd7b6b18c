"""Other libraries' ways to ask, as askers of the simulation: same probabilities, same embedding, same random start."""

import importlib.util
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.asking import strategy_now
from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES, Query
from hitl_desktop.learning.query_strategies.query import batch_first
from hitl_desktop.learning.simulation import Asker

PACKAGES = {"scikit-activeml": "skactiveml", "modAL": "modAL", "small-text": "small_text"}
Selection = Callable[[Query, np.random.Generator], npt.NDArray[np.int64]]


def missing() -> list[str]:
    """The libraries that are not installed here."""
    return [name for name, module in PACKAGES.items() if importlib.util.find_spec(module) is None]


def askers(large: bool) -> dict[str, Asker]:
    """Ways to ask by what people read, of the libraries that are installed; for `large` data without the slowest."""
    found: dict[str, Asker] = {}
    absent = missing()
    if "modAL" not in absent:
        found["modAL: margin"] = started(_by_chance, _modal_margin)
    if "small-text" not in absent:
        found["small-text: k-means start, BreakingTies"] = started(_small_text_k_means, _small_text_margin)
    if "scikit-activeml" not in absent:
        found["scikit-activeml: TypiClust start, margin"] = started(_skactiveml_typiclust, _skactiveml_margin)
        if not large:
            found["scikit-activeml: BADGE"] = started(_by_chance, _skactiveml_badge)
    return found


def plain(strategy: str) -> Asker:
    """One of our strategies after a random start, without class balance and spacing: what the libraries do."""
    return started(_by_chance, lambda query, rng: _top(QUERY_STRATEGIES[strategy].utilities(query, rng), query.batch))


def started(start: Selection, then: Selection) -> Asker:
    """An asker that uses `start` for as long as the program would use its own, and `then` after it."""

    def ask(query: Query, rng: np.random.Generator) -> FloatArray:
        begins = strategy_now("margin", "random", query).name == "random"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            chosen = (start if begins else then)(query, rng)
        return batch_first(np.asarray(chosen, np.int64), np.zeros(query.candidates, np.float32))

    return ask


def _top(utilities: FloatArray, count: int) -> npt.NDArray[np.int64]:
    return np.argsort(-utilities, kind="stable")[:count]


def _by_chance(query: Query, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    return rng.choice(query.candidates, min(query.batch, query.candidates), replace=False)


class Fixed:
    """A classifier whose probabilities are already known."""

    def __init__(self, probabilities: FloatArray) -> None:
        self._probabilities = probabilities

    def predict_proba(self, X: Any) -> FloatArray:
        return self._probabilities


def _modal_margin(query: Query, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    from modAL.uncertainty import margin_sampling

    chosen, _ = margin_sampling(Fixed(query.model), query.rows, n_instances=query.batch)
    return np.asarray(chosen, np.int64)


def _small_text_margin(query: Query, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    from small_text.query_strategies import BreakingTies

    everything = np.arange(query.candidates)
    none = np.empty(0, np.int64)
    return BreakingTies().query(Fixed(query.model), query.rows, everything, none, none, n=query.batch)


def _small_text_k_means(query: Query, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    from small_text.query_strategies import EmbeddingKMeans

    np.random.seed(int(rng.integers(2**31)))  # noqa: NPY002 - the library draws from the global state
    everything = np.arange(query.candidates)
    none = np.empty(0, np.int64)
    return EmbeddingKMeans().sample(None, None, everything, none, none, query.batch, query.rows)


def _whole(query: Query) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float64]]:
    """Rows and labels of candidates (unknown) and decided items together, as scikit-activeml wants them."""
    decided = np.empty((0, query.rows.shape[1]), np.float32) if query.decided is None else query.decided
    labels = np.full(query.candidates + len(decided), np.nan)
    if query.decided_labels is not None:
        labels[query.candidates :] = query.decided_labels
    return np.concatenate([query.rows, decided]), labels


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


def _skactiveml_typiclust(query: Query, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    from skactiveml.pool import TypiClust

    X, labels = _whole(query)
    return TypiClust(random_state=_seed(rng)).query(X, labels, batch_size=query.batch)


def _known_classifier(query: Query) -> Any:
    from skactiveml.base import SkactivemlClassifier

    class Known(SkactivemlClassifier):  # type: ignore[misc]
        def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
            return self

        def predict_proba(self, X: Any) -> FloatArray:
            return query.model

    return Known(classes=list(range(query.model.shape[1])))


def _skactiveml_margin(query: Query, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    from skactiveml.pool import UncertaintySampling

    X, labels = _whole(query)
    strategy = UncertaintySampling(method="margin_sampling", random_state=_seed(rng))
    return strategy.query(X, labels, _known_classifier(query), fit_clf=False, batch_size=query.batch)


def _skactiveml_badge(query: Query, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    from skactiveml.pool import Badge

    X, labels = _whole(query)
    strategy = Badge(random_state=_seed(rng))
    return strategy.query(X, labels, _known_classifier(query), fit_clf=False, batch_size=query.batch)
