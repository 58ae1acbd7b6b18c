"""What is at stake in a project: which class, which amount; and the amounts of the whole pool for the worker."""

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.costs import CostSettings
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.stakes import Stakes
from hitl_desktop.exchange.record_cells import number_in
from hitl_desktop.exchange.record_rows import AMOUNT, COMMA, YES
from hitl_desktop.exchange.row_kinds import Layout
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.project import Project

_FACT: Final = "stakes"
_COSTS: Final = "costs"
_PART: Final = 20_000


def stakes_of(store: Store) -> Stakes | None:
    """What is at stake; None where nobody has said which class matters."""
    return Stakes.of(store.fact(_FACT), CostSettings.of(store.fact(_COSTS) or {}))


def amount_column(store: Store) -> str | None:
    """The column of amounts of a project of records."""
    return Layout.of(store.fact("columns") or {}).first(AMOUNT)


def set_stakes(project: Project, label_id: int | None) -> Changes:
    """Say which class loses the amount when it is missed, None for none; the order of asking is worked out anew."""
    kept = None if label_id is None else Stakes(label_id, amount_column(project.store)).plain()
    with project.store.transaction():
        project.store.set_fact(_FACT, kept)
    project.forget_utilities()
    return Changes(settings=True, order=True)


def begin_with(store: Store, label_id: int) -> None:
    """What a new project of records has at stake."""
    store.set_fact(_FACT, Stakes(label_id, amount_column(store)).plain())


def expected_losses(
    folder: Path, stakes: Stakes, scores: FloatArray, label_ids: tuple[int, ...]
) -> npt.NDArray[np.float32] | None:
    """What is expected to be lost on every item (n,) when the class is not said: probability × what is lost.

    `scores` (n, k) have a column for each of `label_ids`; an item that is not scored has NaN. None where the class has
    no column.
    """
    if stakes.label not in label_ids:
        return None
    chances = np.asarray(scores[:, label_ids.index(stakes.label)], np.float64)
    return np.asarray(chances * (_amounts(folder, stakes.column, len(chances)) + stakes.missed), np.float32)


def _amounts(folder: Path, column: str | None, items: int) -> npt.NDArray[np.float64]:
    """The amounts at stake of the first items (n,): 0 for a cell that holds none, or less than nothing."""
    found = np.zeros(items)
    if column is None:
        return found
    store = Store.reader(folder)
    try:
        comma = Layout.of(store.fact("columns") or {}).options.get(COMMA + column) == YES
        for start in range(0, items, _PART):
            part = range(start, min(start + _PART, items))
            cells = store.records.cells(column, part)
            found[part.start : part.stop] = [max(0.0, number_in(cell, comma=comma) or 0.0) for cell in cells]
    finally:
        store.close()
    return found
