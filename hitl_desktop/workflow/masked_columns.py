"""Columns of the records that are masked: kept in the project, shown nowhere, and left out of exports.

A column may give the answer away, or name a person. Masking it changes nothing in the data: it can be unmasked.
"""

from collections.abc import Mapping
from typing import Final

from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.store.store import Store

_FACT: Final = "masked_columns"


def masked_columns(store: Store) -> frozenset[str]:
    """The names of the columns that are masked in a project."""
    return frozenset(str(name) for name in store.fact(_FACT) or ())


def mask_column(store: Store, name: str, *, masked: bool) -> Changes:
    """Mask a column, or show it again. `NOTHING` when it is so already."""
    now = masked_columns(store)
    wanted = now | {name} if masked else now - {name}
    if wanted == now:
        return NOTHING
    with store.transaction():
        store.set_fact(_FACT, sorted(wanted))
    return Changes(settings=True)


def without_masked(fields: Mapping[str, str], masked: frozenset[str]) -> dict[str, str]:
    """The columns of a record that may leave the project."""
    return {name: value for name, value in fields.items() if name not in masked}
