"""Files of numbers beside the database, written whole: class probabilities, utilities, fitted maps."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.workflow.number_files import load_named_numbers, load_numbers

Arrays = Mapping[str, npt.NDArray[np.generic]]


def write_scores(path: Path, scores: FloatArray) -> None:
    """Write an array (n, k) whole or not at all."""
    path.parent.mkdir(exist_ok=True)  # the folder may be deleted any time
    with _replacing(path) as file:
        np.save(file, scores, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())


def read_scores(path: Path) -> FloatArray | None:
    """Probabilities (n, k), memory-mapped; None when the file is not there or not whole (then score again)."""
    scores = load_numbers(path, is_mapped=True)
    return scores if scores is not None and scores.ndim == 2 and scores.dtype == np.float32 else None


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write named arrays whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    with _replacing(path) as file:
        np.savez(file, allow_pickle=False, **arrays)
        file.flush()
        os.fsync(file.fileno())


def read_arrays(path: Path) -> dict[str, npt.NDArray[np.generic]] | None:
    """Named arrays; None when the file is not there or not whole."""
    return load_named_numbers(path)


def write_utilities(
    path: Path,
    utilities: FloatArray,
    reasons: npt.NDArray[np.uint8],
    novelty: FloatArray | None = None,
    ranking: npt.NDArray[np.int64] | None = None,
) -> None:
    """Write how much each item is worth asking (n,), and why (n,); the chances of `learning/novelty.py` (n,); and the
    items in the order that follows (n,), as sorting a million of them takes too long for the window.
    """
    new = {} if novelty is None else {"novelty": novelty}
    if ranking is not None:
        new["ranking"] = ranking.astype(np.int32)
    write_arrays(path, {"utilities": utilities, "reasons": reasons, **new})


def read_novelty(path: Path) -> FloatArray | None:
    """The chance of each item to be so unlike anything decided (n,); None where too little was decided to tell."""
    found = (read_arrays(path) or {}).get("novelty")
    return None if found is None or found.ndim != 1 else np.asarray(found, np.float32)


def read_ranked(
    path: Path,
) -> tuple[FloatArray, npt.NDArray[np.uint8], npt.NDArray[np.int64] | None] | None:
    """As `read_utilities`, and the order that follows from them; None for that where it is not there, or is none."""
    stored = read_arrays(path)
    if stored is None or not {"utilities", "reasons"} <= stored.keys():
        return None
    utilities, reasons = stored["utilities"], stored["reasons"]
    if utilities.ndim != 1 or utilities.shape != reasons.shape:
        return None
    return np.asarray(utilities, np.float32), np.asarray(reasons, np.uint8), _order_in(stored, len(utilities))


def _order_in(stored: Arrays, items: int) -> npt.NDArray[np.int64] | None:
    """The ranking, if it has every item once."""
    ranking = stored.get("ranking")
    if ranking is None or ranking.shape != (items,) or ranking.dtype != np.int32:
        return None
    order = np.asarray(ranking, np.int64)
    if items and (order.min() < 0 or order.max() >= items):
        return None
    return order if bool((np.bincount(order, minlength=items) == 1).all()) else None


def write_array(path: Path, array: npt.NDArray[np.generic]) -> None:
    """Write one array that can be made again, whole or not at all as far as this program goes: nothing waits for the
    disk.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _replacing(path) as file:
        np.save(file, array, allow_pickle=False)


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` once all of it is written; what does not fit on the disk is not left."""
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except BaseException:
        remove(part)
        raise


def remove(*files: Path) -> None:
    """Take away files that can be made again; where the disk refuses, they stay."""
    for file in files:
        with suppress(OSError):
            file.unlink(missing_ok=True)


def read_array(path: Path, kind: npt.DTypeLike) -> npt.NDArray[Any] | None:
    """An array (n,) of this kind; None when the file is not there, not whole, or holds something else."""
    array = load_numbers(path)
    return array if array is not None and array.ndim == 1 and array.dtype == np.dtype(kind) else None
