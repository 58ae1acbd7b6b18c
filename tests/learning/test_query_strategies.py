"""The contract of every query strategy and every uncertainty measure, old or new."""

import numpy as np
import numpy.typing as npt
import pytest

from hitl_desktop.domain.predictions import UNCERTAINTY_MEASURES
from hitl_desktop.learning.query_strategies import DEFAULT_STRATEGY, QUERY_STRATEGIES

INFORMED = [name for name in QUERY_STRATEGIES if name != "random"]


def some(n: int, k: int, seed: int = 0) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).dirichlet(np.full(k, 0.5), n).astype(np.float32)


def asked(name: str, probabilities: npt.NDArray[np.float32], seed: int = 1) -> npt.NDArray[np.float32]:
    return QUERY_STRATEGIES[name].utilities(probabilities, np.random.default_rng(seed))


@pytest.mark.parametrize("name", QUERY_STRATEGIES)
@pytest.mark.parametrize("k", [1, 2, 10, 77])
def test_a_strategy_gives_one_finite_number_per_item(name: str, k: int) -> None:
    for n in (0, 1, 50):
        utilities = asked(name, some(n, k))
        assert utilities.shape == (n,)
        assert utilities.dtype == np.float32
        assert np.isfinite(utilities).all()


@pytest.mark.parametrize("name", QUERY_STRATEGIES)
def test_a_strategy_is_seeded_and_leaves_its_input_alone(name: str) -> None:
    probabilities = some(50, 5)
    kept = probabilities.copy()
    assert np.array_equal(asked(name, probabilities), asked(name, probabilities))
    assert np.array_equal(probabilities, kept)
    assert np.array_equal(asked(name, probabilities), asked(name, probabilities, seed=2)) == (name != "random")


@pytest.mark.parametrize("name", INFORMED)
def test_a_strategy_does_not_look_at_the_order_of_items_or_classes(name: str) -> None:
    probabilities = some(50, 5)
    rng = np.random.default_rng(3)
    items, classes = rng.permutation(50), rng.permutation(5)
    assert np.allclose(asked(name, probabilities[items]), asked(name, probabilities)[items], atol=1e-6)
    assert np.allclose(asked(name, probabilities[:, classes]), asked(name, probabilities), atol=1e-6)


@pytest.mark.parametrize("name", INFORMED)
def test_a_strategy_asks_sooner_where_the_model_is_less_sure(name: str) -> None:
    ladder = np.array([[p, 1 - p] for p in (1.0, 0.9, 0.7, 0.55, 0.5)], np.float32)
    assert (np.diff(asked(name, ladder)) > 0).all()


def test_the_table_is_named_consistently() -> None:
    assert DEFAULT_STRATEGY in QUERY_STRATEGIES
    assert all(row.name == key and row.title for key, row in QUERY_STRATEGIES.items())


@pytest.mark.parametrize("name", UNCERTAINTY_MEASURES)
@pytest.mark.parametrize("k", [2, 3, 10, 77])
def test_an_uncertainty_runs_from_sure_to_even(name: str, k: int) -> None:
    measure = UNCERTAINTY_MEASURES[name]
    values = measure(some(200, k))
    assert values.shape == (200,)
    assert values.min() >= -1e-6
    assert values.max() <= 1 + 1e-6
    assert measure(np.eye(k, dtype=np.float32)) == pytest.approx(np.zeros(k), abs=1e-6)
    assert measure(np.full((1, k), 1 / k, np.float32)) == pytest.approx([1.0], abs=1e-5)


@pytest.mark.parametrize("name", UNCERTAINTY_MEASURES)
def test_one_class_is_never_uncertain(name: str) -> None:
    assert UNCERTAINTY_MEASURES[name](np.ones((3, 1), np.float32)).tolist() == [0, 0, 0]
