"""Checks that calibrated a version measure it as if they had not."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from hitl_desktop.learning.bundles import ModelBundle
from hitl_desktop.learning.calibration import NEEDED, Temperature, fit_calibration
from hitl_desktop.workflow.calibrated_checks import keep_calibrated_checks
from hitl_desktop.workflow.check_scores import CHECK_SCORES, read_answers

LABEL_IDS = (1, 2, 3)
FITTED = Temperature(2.0)


def bundle(calibration: Temperature | None = FITTED) -> ModelBundle:
    """A model of the classes 3 and 1 whose rows are its logits."""
    head = SimpleNamespace(class_ids=(3, 1), logits=lambda rows: rows)
    return cast(ModelBundle, SimpleNamespace(head=head, calibration=calibration))


def drawn(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(0, 3, (n, 2)).astype(np.float32), rng.choice([1, 3], n)


def test_no_check_went_through_a_calibration_that_saw_it(tmp_path: Path) -> None:
    """Changing the label of one check must not change what is kept for it, only what is kept for others."""
    rows, labels = drawn(200)
    other = labels.copy()
    other[17] = 4 - other[17]
    kept = []
    for name, told in (("a", labels), ("b", other)):
        folder = tmp_path / name
        folder.mkdir()
        keep_calibrated_checks(folder, bundle(), np.arange(200), rows, told, LABEL_IDS, seed=0)
        found = read_answers(folder, folder / "none.npy", np.arange(200), range(3))
        assert found is not None
        kept.append(found.probabilities)
    assert np.array_equal(kept[0][17], kept[1][17])
    assert not np.array_equal(kept[0], kept[1])


def test_columns_are_those_of_the_project(tmp_path: Path) -> None:
    rows, labels = drawn(100)
    keep_calibrated_checks(tmp_path, bundle(), np.arange(100), rows, labels, LABEL_IDS, seed=0)
    found = read_answers(tmp_path, tmp_path / "none.npy", np.arange(100), range(3))
    assert found is not None
    assert (found.probabilities[:, 1] == 0).all(), "the model does not know class 2"
    assert found.probabilities.sum(axis=1) == pytest.approx(np.ones(100), abs=2e-3)
    fitted = fit_calibration(rows, (labels == 1).astype(np.int64))
    assert fitted is not None
    assert np.corrcoef(found.probabilities[:, 0], fitted.apply(rows)[:, 1])[0, 1] > 0.9


@pytest.mark.parametrize(("n", "calibration"), [(NEEDED - 1, FITTED), (NEEDED, None)])
def test_a_version_that_they_did_not_calibrate_has_nothing_kept(
    tmp_path: Path, n: int, calibration: Temperature | None
) -> None:
    rows, labels = drawn(n)
    keep_calibrated_checks(tmp_path, bundle(calibration), np.arange(n), rows, labels, LABEL_IDS, seed=0)
    assert not (tmp_path / CHECK_SCORES).exists()
