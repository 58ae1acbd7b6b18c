"""The head nearest to one that was there before that fits the decisions: for every kind of head that has one."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.findings import flags_of
from hitl_desktop.domain.sentences import say
from hitl_desktop.learning.heads import (
    Head,
    Ids,
    KernelHead,
    LinearHead,
    MlpHead,
    SeveralHead,
    TreesHead,
    adapt_head,
    adapt_kernel_head,
    adapt_mlp_head,
    adapt_trees_head,
)
from hitl_desktop.learning.heads.several import constant_part, for_any_column
from hitl_desktop.learning.representations import Matrix


def can_be_adapted(head: Head) -> bool:
    """False for a head that can only be trained as a whole: that of a reward model."""
    return isinstance(head, (LinearHead, KernelHead, MlpHead, TreesHead, SeveralHead))


def adapted(
    start: Head,
    rows: Matrix,
    labels: Ids,
    *,
    strength: float,
    weights: npt.NDArray[np.float64] | None = None,
    findings: Sequence[int] = (),
) -> Head:
    """The head nearest to `start` that fits the decisions: rows (m, d), class ids (m,), weights (m,) or all the same.

    Of a `SeveralHead` the labels are codes of sets of `findings` (label ids in class order), and each finding is
    adapted by itself. Raises KnownError for a head that can only be trained as a whole.
    """
    if isinstance(start, SeveralHead):
        return _each(start, rows, labels, strength, weights, findings)
    if isinstance(start, LinearHead):
        return adapt_head(start, rows, labels, strength=strength, weights=weights)
    if isinstance(start, KernelHead):
        return adapt_kernel_head(start, rows, labels, strength=strength, weights=weights)
    if isinstance(start, MlpHead):
        return adapt_mlp_head(start, rows, labels, strength=strength, weights=weights)
    if isinstance(start, TreesHead):
        return adapt_trees_head(start, rows, labels, strength=strength, weights=weights)
    raise KnownError(
        say("This model cannot be adapted to decisions."), say("Start without a model, or choose another one.")
    )


def _each(
    start: SeveralHead,
    rows: Matrix,
    codes: Ids,
    strength: float,
    weights: npt.NDArray[np.float64] | None,
    findings: Sequence[int],
) -> SeveralHead:
    """Every finding adapted by itself. One that `start` does not know begins at how often it was there, for any item.

    Where a finding is said from another probability on than one half, it still is.
    """
    flags = flags_of(codes, len(findings)).astype(np.int64)
    places = {finding: place for place, finding in enumerate(start.class_ids)}
    parts, shifts = [], np.zeros(len(findings), np.float32)
    for number, finding in enumerate(findings):
        own, place = flags[:, number], places.get(finding)
        before = constant_part(int(own.sum()), len(own)) if place is None else start.parts[place]
        before = for_any_column(before, rows) if isinstance(before, LinearHead) else before
        parts.append(adapted(before, rows, own, strength=strength, weights=weights))
        if place is not None and start.shifts is not None:
            shifts[number] = start.shifts[place]
    return SeveralHead(tuple(findings), tuple(parts), shifts if shifts.any() else None)
