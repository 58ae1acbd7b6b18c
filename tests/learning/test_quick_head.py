"""Quick answers: a step that fits the decisions, stays near the full fit elsewhere, and looks at few columns."""

import numpy as np
import pytest
import scipy.sparse as sp

from hitl_desktop.learning.heads import LinearHead, adapt_head
from hitl_desktop.learning.quick_head import answers, fit_step, log_odds, quick_answers
from hitl_desktop.learning.quick_rows import QuickMap


def drawn(rows: int = 30, columns: int = 8, classes: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    x = rng.normal(0, 0.4, (rows, columns)).astype(np.float32)
    p = rng.dirichlet(np.ones(classes), rows).astype(np.float32)
    return x, p, rng.integers(0, classes, rows)


def test_without_a_step_the_full_fit_speaks() -> None:
    x, p, _ = drawn()
    still = np.zeros((x.shape[1] + 1, p.shape[1]), np.float32)
    assert quick_answers(p, x, still, several=False) == pytest.approx(p, abs=1e-3)
    assert quick_answers(p, x, still, several=True) == pytest.approx(p, abs=1e-3)


def test_it_finds_what_adapting_the_full_fit_finds() -> None:
    """The same question is asked of `adapt_head`, which takes its time and scipy."""
    x, _, labels = drawn()
    start = LinearHead(
        (0, 1, 2), np.random.default_rng(1).normal(0, 1, (8, 3)).astype(np.float32), np.zeros(3, np.float32)
    )
    full = start.probabilities(x)
    step = fit_step(x, log_odds(full, several=False), np.eye(3)[labels], several=False, strength=3.0)
    slow = adapt_head(start, x, labels, strength=3.0).probabilities(x)
    assert quick_answers(full, x, step, several=False) == pytest.approx(slow, abs=0.02)


@pytest.mark.parametrize("several", [False, True])
def test_decisions_move_what_is_like_them_and_anchors_stay(several: bool) -> None:
    x = np.array([[1, 0], [0.9, 0.1], [0, 1]], np.float32)
    p = np.array([[0.6, 0.4], [0.6, 0.4], [0.6, 0.4]], np.float32)
    target = np.array([[0, 1], [0.6, 0.4]])
    step = fit_step(x[[0, 2]], log_odds(p[[0, 2]], several=several), target, several=several, strength=30.0)
    moved = quick_answers(p, x, step, several=several)
    assert moved[0, 1] > 0.7, "what was decided"
    assert moved[1, 1] > 0.6, "what is like it"
    assert moved[2] == pytest.approx(p[2], abs=0.1), "what was told to stay"


def test_weights_say_how_much_a_decision_counts() -> None:
    x, p, labels = drawn(rows=2)
    labels = (p.argmax(axis=1) + 1) % 3
    moved = []
    for first in (0.1, 1.0, 5.0):
        step = fit_step(x, log_odds(p, several=False), np.eye(3)[labels], several=False, weights=np.array([first, 1.0]))
        moved.append(float(quick_answers(p, x, step, several=False)[0, labels[0]]))
    assert moved[0] < moved[1] < moved[2]


def test_what_is_not_scored_stays_so_and_nothing_is_nothing() -> None:
    x, p, _ = drawn()
    p[3] = np.nan
    step = np.ones((9, 3), np.float32)
    found = quick_answers(p, x, step, several=False)
    assert np.isnan(found[3]).all()
    assert np.isfinite(np.delete(found, 3, axis=0)).all()
    assert quick_answers(p[:0], x[:0], step, several=False).shape == (0, 3)


def test_logits_and_probabilities_are_inverse() -> None:
    _, p, _ = drawn()
    assert answers(log_odds(p, several=False), several=False) == pytest.approx(p, abs=1e-3)
    assert np.isfinite(log_odds(np.array([[0.0, 1.0]], np.float32), several=True)).all()


def test_quick_rows_keep_inner_products() -> None:
    rng = np.random.default_rng(2)
    dense = rng.normal(size=(300, 4)) @ rng.normal(size=(4, 200)) / 60
    quick = QuickMap.fit(dense.astype(np.float32), 0).transform(dense.astype(np.float32)).astype(np.float64)
    assert quick.shape[1] < dense.shape[1]
    assert quick @ quick.T == pytest.approx(dense @ dense.T, abs=0.05)
    counts = sp.random(300, 4000, density=0.02, random_state=3, format="csr", dtype=np.float32)
    counts = sp.csr_matrix(counts.multiply(1 / np.sqrt(counts.multiply(counts).sum(axis=1))))
    hashed = QuickMap.fit(counts, 0).transform(counts).astype(np.float64)
    error = hashed @ hashed.T - (counts @ counts.T).toarray()
    assert abs(error.mean()) < 0.01, "right on average"
    assert error.std() < 0.15


def test_a_map_can_be_kept() -> None:
    rows = sp.random(50, 500, density=0.05, random_state=1, format="csr", dtype=np.float32)
    made = QuickMap.fit(rows, 4)
    again = QuickMap.from_arrays(made.arrays())
    assert (again.transform(rows) == made.transform(rows)).all()
    with pytest.raises(ValueError, match="basis"):
        QuickMap.from_arrays(made.arrays() | {"filled": np.arange(9999)})
