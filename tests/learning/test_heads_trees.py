"""Trees from a file: node numbers that lead nowhere or round in circles are refused before anything follows them."""

import numpy as np
import pytest

from hitl_desktop.learning.heads import TreesHead


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
