"""What a version says of the checks that calibrated it, as it would if they had not."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.findings import flags_of
from hitl_desktop.learning.bundles import ModelBundle
from hitl_desktop.learning.calibration import NEEDED, cross_fitted, cross_fitted_each
from hitl_desktop.learning.heads import SeveralHead
from hitl_desktop.learning.representations import Matrix
from hitl_desktop.workflow.check_scores import write_check_scores


def keep_calibrated_checks(
    folder: Path,
    bundle: ModelBundle,
    checks: npt.NDArray[np.int64],
    rows: Matrix,
    labels: npt.NDArray[np.int64],
    label_ids: Sequence[int],
    *,
    seed: int,
) -> None:
    """Keep cross-fitted probabilities of the checks in the folder of a bundle that was calibrated on them.

    `checks` (n,) are item indexes, `rows` (n, d) their transformed rows, `labels` (n,) class ids, or codes of sets of
    findings. Each check goes
    through a calibration fitted without it, so the same checks may measure how far confidence can be believed, and
    compare versions. Does nothing for a bundle that so few checks did not calibrate.
    """
    if bundle.calibration is None or len(labels) < NEEDED:
        return
    ids = list(bundle.head.class_ids)
    if isinstance(bundle.head, SeveralHead):
        fitted = cross_fitted_each(bundle.head.logits(rows), flags_of(labels, len(ids)), seed=seed)
        write_check_scores(folder, checks, fitted, several=True)
        return
    columns = np.array([ids.index(i) if i in ids else -1 for i in labels.tolist()], np.int64)
    scores = np.zeros((len(labels), len(label_ids)), np.float32)
    scores[:, [label_ids.index(i) for i in ids]] = cross_fitted(bundle.head.logits(rows), columns, seed=seed)
    write_check_scores(folder, checks, scores)
