"""The items of a project that a version learned from elsewhere: what they say of it is no measurement.

Noted beside the version's arrays when it comes into the project, so that figures never read the whole model.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.learning.learned_items import places_of
from hitl_desktop.store.record_extras import put_beside
from hitl_desktop.workflow.number_files import as_bytes, load_numbers

if TYPE_CHECKING:  # the window reads what is known, and never loads what trains
    from hitl_desktop.learning.bundles import ModelBundle
    from hitl_desktop.store.store import Store

KNOWN_ITEMS: Final = "known.npy"

Rows = npt.NDArray[np.int64]


def note_known(folder: Path, bundle: "ModelBundle", digests: Sequence[str]) -> None:
    """Note in the folder of a version which items of the pool, by their digests, it learned from before it came.

    A model that does not say what it learned from gets no note.
    """
    if bundle.learned is not None:
        write_known(folder, places_of(digests, bundle.learned))


def write_known(folder: Path, rows: Rows) -> None:
    """Note item indexes (m,) in the folder of a version that is being made."""
    (folder / KNOWN_ITEMS).write_bytes(as_bytes(np.asarray(rows, np.int64)))


def note_more_known(store: "Store", version: int, rows: Rows) -> None:
    """Note other item indexes (m,) for a version of a project, on record."""
    put_beside(store, version, KNOWN_ITEMS, as_bytes(np.asarray(rows, np.int64)))


def read_known(folder: Path) -> Rows | None:
    """The item indexes, or None when the version does not say what it learned from."""
    found = load_numbers(folder / KNOWN_ITEMS)
    if found is None or found.ndim != 1 or found.dtype.kind not in "iu":
        return None
    return np.asarray(found, np.int64)
