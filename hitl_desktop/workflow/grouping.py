"""Which decided items belong together, so that no fold of a cross-validation is tested on what it was trained on."""

from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.answers import of_text
from hitl_desktop.domain.items import Item
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.learning_choices import BY_FOLDER


def groups_of(
    folder: Path, rows: npt.NDArray[np.int64], column: str, *, by_prompt: bool = False
) -> npt.NDArray[np.int64] | None:
    """A group number for each of the items `rows` (m,): equal where `column` says the same; None without a column.

    An item that says nothing is a group by itself. Comparisons of answers to one prompt belong together: `by_prompt`,
    where no column is named.
    """
    if not column and not by_prompt:
        return None
    store = Store.reader(folder)
    try:
        if column:
            said = [_said(item, column) for item in store.items.many(rows.tolist())]
        else:
            said = [of_text(text).prompt for text in store.items.texts_of(rows.tolist())]
    finally:
        store.close()
    numbers: dict[str, int] = {}
    return np.array(
        [numbers.setdefault(word or f"\0{place}", len(numbers)) for place, word in enumerate(said)], np.int64
    )


def _said(item: Item, column: str) -> str:
    return str(PurePosixPath(item.path).parent) if column == BY_FOLDER else str(item.fields.get(column, ""))
