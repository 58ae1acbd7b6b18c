"""The file of class probabilities beside the database: written whole, read memory-mapped."""

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt


def write_scores(path: Path, scores: npt.NDArray[np.float32]) -> None:
    """Write an array (n, k) whole or not at all."""
    path.parent.mkdir(exist_ok=True)  # the folder may be deleted any time
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.save(file, scores, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read_scores(path: Path) -> npt.NDArray[np.float32] | None:
    """Probabilities (n, k), memory-mapped; None when the file is not there or not whole (then score again)."""
    try:
        scores: npt.NDArray[np.float32] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return scores if scores.ndim == 2 and scores.dtype == np.float32 else None
