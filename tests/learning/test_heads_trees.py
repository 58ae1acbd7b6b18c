"""Trees from a file: node numbers that lead nowhere or round in circles are refused before anything follows them."""

import numpy as np
import pytest

from hitl_desktop.learning.heads import TreesHead, adapt_trees_head


def arrays() -> dict[str, np.ndarray]:
    """One tree that asks column 1, and one that is a leaf."""
    return {
        "feature": np.array([1, -1, -1, -1]),
        "threshold": np.array([0.5, 0.0, 0.0, 0.0]),
        "left": np.array([1, 0, 0, 0]),
        "right": np.array([2, 0, 0, 0]),
        "value": np.array([0.0, -2.0, 3.0, 0.25]),
        "roots": np.array([0, 3]),
        "tree_class": np.array([1, 0]),
        "start": np.array([0.0, 1.0]),
        "width": np.array([2]),
        "scale": np.array([2.0]),
        "class_ids": np.array([4, 9]),
    }


def test_rows_fall_to_their_leaves() -> None:
    head = TreesHead.from_arrays(arrays())
    rows = np.array([[9.0, 0.5], [9.0, 0.6]], np.float32)
    assert head.logits(rows).tolist() == [[0.5, -2.0], [0.5, 8.0]], "at most the threshold goes left"
    with pytest.raises(ValueError, match="2 columns"):
        head.logits(np.zeros((1, 3), np.float32))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("left", [0, 0, 0, 0]),
        ("right", [4, 0, 0, 0]),
        ("left", [-1, 0, 0, 0]),
        ("feature", [2, -1, -1, -1]),
        ("roots", [0, 4]),
        ("roots", [-1, 3]),
        ("tree_class", [2, 0]),
        ("roots", [0]),
        ("value", [0.0]),
    ],
)
def test_nodes_that_point_nowhere_or_in_circles_are_refused(name: str, value: list[float]) -> None:
    with pytest.raises(ValueError, match=r"points nowhere|belong together"):
        TreesHead.from_arrays(arrays() | {name: np.array(value)})


def test_adapted_trees_are_scaled_and_shifted_and_nothing_else() -> None:
    head, rng = TreesHead.from_arrays(arrays()), np.random.default_rng(3)
    rows = rng.uniform(0, 1, (200, 2)).astype(np.float32)
    labels = np.where(rng.random(200) < 0.9, 4, 9).astype(np.int64)
    found = adapt_trees_head(head, rows, labels, strength=1.0)
    before, after = head.logits(rows), found.logits(rows)
    steps = np.polyfit(before[:, 1], after[:, 1], 1)
    assert np.allclose(np.polyval(steps, before[:, 1]), after[:, 1], atol=1e-4)
    assert found.scale < head.scale, "it was too sure"
    assert -np.log(found.probabilities(rows)[np.arange(200), (labels == 9).astype(int)]).mean() < 0.4
    assert np.array_equal(found.value, head.value)


def test_a_decision_that_trees_expect_changes_next_to_nothing() -> None:
    head = TreesHead.from_arrays(arrays())
    rows = np.array([[0.0, 0.9]], np.float32)
    found = adapt_trees_head(head, rows, np.array([9]), strength=1.0)
    assert np.allclose(found.logits(rows), head.logits(rows), atol=0.05)


def test_a_class_that_trees_do_not_know_is_added_as_a_rare_one() -> None:
    head = TreesHead.from_arrays(arrays())
    rows = np.array([[0.0, 0.9], [0.0, 0.1], [0.0, 0.9]], np.float32)
    found = adapt_trees_head(head, rows, np.array([9, 4, 7]), strength=1.0)
    assert found.class_ids == (4, 7, 9)
    assert found.probabilities(rows)[:, 1].max() < 0.5
    assert np.argmax(found.logits(rows[:1])) == 2
