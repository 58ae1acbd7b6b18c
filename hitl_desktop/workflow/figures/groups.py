"""Whether the model is right as often in every group of items: any column of the records with a few values."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.group_gap import Gap, adjusted, gap
from hitl_desktop.assurance.intervals import wilson
from hitl_desktop.workflow.figures.measured import Checks
from hitl_desktop.workflow.figures.values import GroupRow, Groups
from hitl_desktop.workflow.masked_columns import masked_columns
from hitl_desktop.workflow.project import Project

FEWEST: Final = 2
MOST: Final = 20
"""A column makes groups when it has between so many values."""
LEAST_CHECKS: Final = 5
"""A group with fewer says nothing yet, and is not compared."""
_SEED: Final = 0x67726F75


def groups_of(project: Project, checks: Checks | None, column: str) -> tuple[Groups | None, tuple[str, ...]]:
    """Accuracy by the values of `column`, and the columns there are to choose from.

    "" means the column whose groups differ most clearly. Columns that are masked are not shown here either.
    """
    if checks is None:
        return None, ()
    records = project.store.items.fields_of(checks.sample.rows.tolist())
    columns = grouping_columns(records, masked_columns(project.store))
    tables = {name: _table(records, name, checks) for name in columns}
    rng = np.random.default_rng([project.seed, _SEED])
    gaps = {name: gap(right, sizes, rng) for name, (_, right, sizes) in tables.items()}
    told = [name for name in columns if gaps[name] is not None]
    if not told:
        return None, tuple(columns)
    at_once = dict(zip(told, adjusted(np.array([_p(gaps[name]) for name in told])).tolist(), strict=True))
    wanted = column if column in told else min(told, key=lambda name: (_p(gaps[name]), columns.index(name)))
    found = gaps[wanted]
    return None if found is None else _groups(wanted, tables[wanted], found, at_once[wanted], len(told)), tuple(columns)


def grouping_columns(records: Sequence[Mapping[str, str]], masked: frozenset[str]) -> list[str]:
    """The columns with few enough values to make groups, in the order of the records; an empty value is none."""
    names = dict.fromkeys(name for record in records for name in record if name not in masked)
    found = []
    for name in names:
        values: set[str] = set()
        for record in records:
            value = record.get(name, "").strip()
            if value:
                values.add(value)
            if len(values) > MOST:
                break
        if FEWEST <= len(values) <= MOST:
            found.append(name)
    return found


_Table = tuple[list[str], "np.ndarray[tuple[int], np.dtype[np.int64]]", "np.ndarray[tuple[int], np.dtype[np.int64]]"]


def _table(records: Sequence[Mapping[str, str]], column: str, checks: Checks) -> _Table:
    """The values of a column with enough checks, most of them first, with how many are right of how many."""
    of = [record.get(column, "").strip() for record in records]
    sizes = Counter(value for value in of if value)
    hits = Counter(value for value, right in zip(of, checks.right.tolist(), strict=True) if value and right)
    values = [value for value, n in sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0])) if n >= LEAST_CHECKS]
    return values, np.array([hits[v] for v in values], np.int64), np.array([sizes[v] for v in values], np.int64)


def _p(found: Gap | None) -> float:
    return 1.0 if found is None else found.p


def _groups(column: str, table: _Table, found: Gap, p_all: float, columns: int) -> Groups:
    values, right, sizes = table
    rows = tuple(
        GroupRow(value, Estimate(hits, size, hits / size, *wilson(hits, size)))
        for value, hits, size in zip(values, right.tolist(), sizes.tolist(), strict=True)
    )
    smaller = min(int(sizes[found.low]), int(sizes[found.high]))
    in_all = int(np.ceil(found.more * int(sizes.sum()) / smaller)) if found.more else 0
    return Groups(column, rows, found.low, found.high, found.value, found.p, p_all, columns, found.more, in_all)
