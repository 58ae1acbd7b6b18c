"""The order of asking comes from the task that ranked the pool, and only where it is one."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from hitl_desktop.learning.ranking import rank_pool
from hitl_desktop.workflow.scores import read_ranked, write_utilities

N = 40


@pytest.fixture
def utilities() -> npt.NDArray[np.float32]:
    return np.random.default_rng(3).random(N).astype(np.float32).round(1)


def test_the_order_is_kept_with_what_it_follows_from(tmp_path: Path, utilities: npt.NDArray[np.float32]) -> None:
    path, reasons = tmp_path / "v1.npz", np.zeros(N, np.uint8)
    ranking = rank_pool(utilities, N, 7)
    write_utilities(path, utilities, reasons, None, ranking)
    found = read_ranked(path)
    assert found is not None
    assert found[2] is not None
    assert found[2].tolist() == ranking.tolist()
    assert found[0].tolist() == utilities.tolist()


@pytest.mark.parametrize(
    "damaged",
    [
        lambda order: order[:-1],
        lambda order: np.zeros_like(order),
        lambda order: order + 1,
        lambda order: order - 5,
        lambda order: order.reshape(2, -1),
    ],
)
def test_what_is_no_order_is_not_used(tmp_path: Path, utilities: npt.NDArray[np.float32], damaged: object) -> None:
    path = tmp_path / "v1.npz"
    assert callable(damaged)
    write_utilities(path, utilities, np.zeros(N, np.uint8), None, damaged(rank_pool(utilities, N, 7)))
    found = read_ranked(path)
    assert found is not None
    assert found[2] is None
    assert read_ranked(path) is not None
