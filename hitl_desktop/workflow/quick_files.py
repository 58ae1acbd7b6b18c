"""The files of quick rows: made in the worker with every version, read by the window (`quick`)."""

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.learning.quick_rows import QuickMap
from hitl_desktop.learning.representations import Matrix
from hitl_desktop.workflow.extraction import Features
from hitl_desktop.workflow.number_files import load_numbers
from hitl_desktop.workflow.quick_paths import map_beside, quick_rows_file
from hitl_desktop.workflow.scores import read_arrays, write_array, write_arrays

MOST_ITEMS: Final = 300_000
"""Beyond, quick rows would take more of the disk than they are worth: 115 MB at this many."""


def write_quick_rows(path: Path, features: Features, rows: Matrix, seed: int) -> None:
    """Write the quick rows of the whole pool, and the map beside them; nothing for a pool that is too large.

    `rows` (len(features.rows), d) are what the model sees of the items that can be read; the others get zeros.
    """
    if not features.rows or features.items > MOST_ITEMS:
        return
    map_ = QuickMap.fit(rows, seed)
    write_arrays(map_beside(path), map_.arrays())
    write_array(path, _whole(map_, features, rows, features.items))


def add_quick_rows(scores: Path, fresh: Features, rows: Matrix, kept: int) -> None:
    """Write the quick rows of a pool that has grown: those of its first `kept` items stay, and the others are mapped
    alike. Nothing where those are not there.
    """
    before = quick_rows_file(scores, kept)
    known, stored = load_numbers(before, is_mapped=True), read_arrays(map_beside(before))
    if known is None or stored is None or len(known) != kept or fresh.items > MOST_ITEMS:
        return
    try:
        map_ = QuickMap.from_arrays(stored)
        whole = _whole(map_, fresh, rows, fresh.items)
        whole[:kept] = known
    except (LookupError, ValueError):  # of something else: none until the next version
        return
    path = quick_rows_file(scores, fresh.items)
    write_arrays(map_beside(path), stored)
    write_array(path, whole)


def _whole(map_: QuickMap, features: Features, rows: Matrix, items: int) -> npt.NDArray[np.float16]:
    mapped = map_.transform(rows)
    found = np.zeros((items, mapped.shape[1]), np.float16)
    found[np.asarray(features.rows, np.int64)] = mapped
    return found
