"""What a version says of the items that measure, kept for good beside its arrays.

The scores of the whole pool are dropped once a version is old; these few stay, so that every version can be measured
on every check that is ever made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.class_changes import folded, is_plain
from hitl_desktop.domain.findings import most_doubtful, suggested_codes
from hitl_desktop.store.record_extras import put_beside
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.number_files import as_bytes, load_numbers
from hitl_desktop.workflow.scores import read_scores

CHECK_SCORES: Final = "checks.npy"

CheckScores = tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]
"""Items (m,), and what one version says of them (m, k)."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a version says of n items.

    `predicted` (n,) are class columns, −1 where an item could not be read; `confidence` (n,) is the probability of
    that class, 0 where there is none; `probabilities` (n, k) are NaN there. With several findings per item, `predicted`
    are codes of sets and `confidence` is that of the most doubtful finding.
    """

    predicted: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float64]
    probabilities: npt.NDArray[np.float64]


def write_check_scores(
    folder: Path, rows: npt.NDArray[np.int64], scores: npt.NDArray[np.float32], *, several: bool = False
) -> None:
    """Keep the `scores` (n, k) of the items `rows` (n,) in the folder of a bundle. NaN rows are not readable.

    Items that are kept already stay as they are: the training puts those in first that calibrated the version, with
    the probabilities of a calibration that did not see them.
    Probabilities are stored as float16, which could level a close call, so the first class is stored beside them.
    """
    (folder / CHECK_SCORES).write_bytes(as_bytes(_with(folder, rows, scores, several)))


def _with(
    folder: Path, rows: npt.NDArray[np.int64], scores: npt.NDArray[np.float32], several: bool
) -> npt.NDArray[Any]:
    """What is kept in the folder, and these, ascending."""
    kept = np.zeros(len(rows), _layout(scores.shape[1]))
    kept["row"] = rows
    kept["predicted"] = _suggested(scores, several)
    kept["probabilities"] = scores
    before = _read(folder, scores.shape[1])
    if before is not None and before.dtype == kept.dtype:
        kept = np.concatenate([before, kept[~np.isin(rows, before["row"])]])
    return np.sort(kept, order="row")


def rows_kept(folder: Path) -> npt.NDArray[np.int64]:
    """The items whose scores are kept in the folder of a bundle, ascending."""
    kept = _read(folder, np.iinfo(np.int64).max)
    return np.empty(0, np.int64) if kept is None else np.asarray(kept["row"], np.int64)


def add_check_scores(
    store: Store, version: int, rows: npt.NDArray[np.int64], scores: npt.NDArray[np.float32], *, several: bool = False
) -> None:
    """Keep the `scores` (m, k) of items that came after the version of a project, beside those that are kept already,
    on record.

    A version says nothing of classes that came after it, so its columns are the first of those.
    """
    folder = store.folder / "models" / f"v{version}"
    before = _read(folder, scores.shape[1])
    columns = scores.shape[1] if before is None else before["probabilities"].shape[1]
    put_beside(store, version, CHECK_SCORES, as_bytes(_with(folder, rows, scores[:, :columns], several)))


def read_answers(
    folder: Path, scores: Path, rows: npt.NDArray[np.int64], columns: Sequence[int], *, several: bool = False
) -> Answers | None:
    """What a version says of `rows` (n,): from the folder of its bundle, else from the `scores` of the whole pool; or
    from there what is not in the folder.

    None when they do not have all of them. Classes that came after the version have probability 0; `columns` says of
    every class column of the project what it counts as now (`domain/class_changes.py`).
    """
    found = _from_bundle(folder, rows, len(columns), several) or _from_pool(scores, rows, len(columns), several)
    found = found or _from_both(folder, scores, rows, len(columns), several)
    return found if found is None or is_plain(columns) else _in_classes_now(found, columns, several)


def _from_bundle(folder: Path, rows: npt.NDArray[np.int64], classes: int, several: bool) -> Answers | None:
    kept = _read(folder, classes)
    if kept is None:
        return None
    places = np.searchsorted(kept["row"], rows)
    if (places >= len(kept)).any() or (kept["row"][places] != rows).any():
        return None
    found = kept[places]
    return _answers(found["predicted"].astype(np.int64), found["probabilities"], classes, several)


def _read(folder: Path, classes: int) -> npt.NDArray[Any] | None:
    """The file, memory-mapped; None when it is not there, damaged, or has more classes than there are."""
    kept = load_numbers(folder / CHECK_SCORES, is_mapped=True)
    if (
        kept is None
        or kept.dtype.names != ("row", "predicted", "probabilities")
        or kept["probabilities"].shape[1] > classes
    ):
        return None
    return kept


def _from_pool(path: Path, rows: npt.NDArray[np.int64], classes: int, several: bool) -> Answers | None:
    scores = read_scores(path)
    if scores is None or scores.shape[1] > classes or (len(rows) and int(rows.max()) >= len(scores)):
        return None
    found = scores[rows]
    return _answers(_suggested(found, several), found, classes, several)


def _from_both(folder: Path, path: Path, rows: npt.NDArray[np.int64], classes: int, several: bool) -> Answers | None:
    is_kept = np.isin(rows, rows_kept(folder))
    kept = _from_bundle(folder, rows[is_kept], classes, several)
    others = _from_pool(path, rows[~is_kept], classes, several)
    if kept is None or others is None:
        return None
    predicted, confidence = np.empty(len(rows), np.int64), np.empty(len(rows))
    probabilities = np.empty((len(rows), classes))
    for mask, part in ((is_kept, kept), (~is_kept, others)):
        predicted[mask], confidence[mask], probabilities[mask] = part.predicted, part.confidence, part.probabilities
    return Answers(predicted, confidence, probabilities)


def _in_classes_now(answers: Answers, columns: Sequence[int], several: bool) -> Answers:
    probabilities = folded(answers.probabilities, columns, several=several)
    return _answers(_suggested(probabilities.astype(np.float32), several), probabilities, len(columns), several)


def _answers(predicted: npt.NDArray[np.int64], found: npt.NDArray[Any], classes: int, several: bool) -> Answers:
    probabilities = np.zeros((len(found), classes))
    probabilities[:, : found.shape[1]] = found
    probabilities[predicted < 0] = np.nan
    if several:
        stated = most_doubtful(probabilities.astype(np.float32)).max(axis=1).astype(np.float64)
    else:
        stated = probabilities[np.arange(len(found)), np.maximum(predicted, 0)]
    return Answers(predicted, np.where(predicted < 0, 0.0, stated), probabilities)


def _suggested(scores: npt.NDArray[np.float32], several: bool) -> npt.NDArray[np.int64]:
    if several:
        return suggested_codes(scores)
    readable = np.isfinite(scores).all(axis=1)
    return np.where(readable, np.nan_to_num(scores).argmax(axis=1), -1)


def _layout(classes: int) -> np.dtype[Any]:
    return np.dtype([("row", np.int64), ("predicted", np.int64), ("probabilities", np.float16, (classes,))])
