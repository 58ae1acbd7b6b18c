"""What a version says of the checks, kept beside its arrays."""

from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.workflow.check_scores import CHECK_SCORES, read_answers, write_check_scores
from hitl_desktop.workflow.scores import write_scores

SCORES = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [np.nan] * 3, [0.3, 0.4, 0.3]], np.float32)
NOWHERE = Path("nowhere.npy")


def test_they_come_back_in_the_order_asked_for(tmp_path: Path) -> None:
    write_check_scores(tmp_path, np.array([30, 5, 12, 8]), SCORES)
    found = read_answers(tmp_path, NOWHERE, np.array([5, 30, 12]), range(3))
    assert found is not None
    assert found.predicted.tolist() == [2, 0, -1]
    assert found.confidence == pytest.approx([0.8, 0.7, 0.0], abs=1e-3)
    assert found.probabilities[0] == pytest.approx([0.1, 0.1, 0.8], abs=1e-3)
    assert np.isnan(found.probabilities[2]).all()


def test_a_close_call_keeps_its_first_class_though_the_figures_become_equal(tmp_path: Path) -> None:
    close = np.array([[0.49995, 0.50005]], np.float32)
    assert close.astype(np.float16)[0, 0] == close.astype(np.float16)[0, 1]
    write_check_scores(tmp_path, np.array([0]), close)
    found = read_answers(tmp_path, NOWHERE, np.array([0]), range(2))
    assert found is not None
    assert found.predicted.tolist() == [1]


def test_an_item_that_is_missing_is_looked_for_in_the_scores_of_the_pool(tmp_path: Path) -> None:
    write_check_scores(tmp_path, np.array([1]), SCORES[1:2])
    rows = np.array([0, 1])
    assert read_answers(tmp_path, NOWHERE, rows, range(3)) is None
    write_scores(tmp_path / "v1.npy", SCORES)
    found = read_answers(tmp_path, tmp_path / "v1.npy", rows, range(3))
    assert found is not None
    assert found.predicted.tolist() == [0, 2]
    assert read_answers(tmp_path, tmp_path / "v1.npy", np.array([4]), range(3)) is None, "it came after the scoring"


def test_a_class_that_came_later_has_probability_zero(tmp_path: Path) -> None:
    write_check_scores(tmp_path, np.array([0, 1, 2, 3]), SCORES)
    found = read_answers(tmp_path, NOWHERE, np.array([0]), range(4))
    assert found is not None
    assert found.probabilities.shape == (1, 4)
    assert found.probabilities[0, 3] == 0
    assert read_answers(tmp_path, NOWHERE, np.array([0]), range(2)) is None, "columns without a class make no sense"


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / CHECK_SCORES).write_bytes(b"half")
    assert read_answers(tmp_path, NOWHERE, np.array([0]), range(3)) is None
    np.save(tmp_path / CHECK_SCORES, np.zeros(3), allow_pickle=False)
    assert read_answers(tmp_path, NOWHERE, np.array([0]), range(3)) is None


def test_what_is_kept_already_stays_when_the_rest_is_added(tmp_path: Path) -> None:
    write_check_scores(tmp_path, np.array([7]), np.array([[0.1, 0.6, 0.3]], np.float32))
    write_check_scores(tmp_path, np.array([9, 7]), SCORES[:2])
    found = read_answers(tmp_path, NOWHERE, np.array([7, 9]), range(3))
    assert found is not None
    assert found.predicted.tolist() == [1, 0]
    assert found.confidence == pytest.approx([0.6, 0.7], abs=1e-3)


def test_no_checks_have_no_answers_but_can_be_asked_for(tmp_path: Path) -> None:
    write_check_scores(tmp_path, np.array([3]), SCORES[:1])
    found = read_answers(tmp_path, NOWHERE, np.empty(0, np.int64), range(3))
    assert found is not None
    assert found.probabilities.shape == (0, 3)
