"""Asking how a batch compares with what was there before it: the request for the worker."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.batch_comparison import FEWEST
from hitl_desktop.domain.batches import Batch
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.pool import TO_DO
from hitl_desktop.workflow.measuring import known_to
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import FeatureRequest

ENOUGH: Final = 20
"""A batch of fewer items is compared together with the batches just before it, until there are so many."""


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """Compare the items `first` to `stop` with the first `before` of the pool.

    `scores` is the file of the model in use, version `model`, and `reference` (m,) are the items before that it did
    not learn from and nobody chose: the reserve, or all where it did not learn here. `columns` says of every class
    column which class it counts for now, `label_ids` are the classes of the columns.
    """

    features: FeatureRequest
    before: int
    first: int
    stop: int
    scores: Path | None
    model: int | None
    reference: npt.NDArray[np.int64]
    columns: tuple[int, ...]
    label_ids: tuple[int, ...]
    several: bool
    seed: int


def compare_request(project: Project, batch: Batch) -> CompareRequest | None:
    """What the worker needs to compare a batch; None when there are too few items on either side.

    Scores of items that a version learned from are too good, and those that a strategy chose are closer calls than
    most. So the scores of a version that was trained here are compared with those of the reserve, which is a random
    part of what was there. Where there is a certificate, a batch is compared with what that was audited on, so that
    many small steps do not lead away from it unseen.
    """
    first, before, stop = _sides(project, batch)
    if not is_comparable(project, batch):
        return None
    model = project.model
    reference = np.arange(before)
    if model is not None and model.origin == "trained":
        reference = project.measuring_items()
        reference = reference[reference < before]
    reference = reference[~np.isin(reference, known_to(project, model))]
    return CompareRequest(
        project.feature_request(),
        before,
        first,
        stop,
        None if model is None else project.scores_file(model.version),
        None if model is None else model.version,
        reference,
        tuple(project.columns_now),
        tuple(label.id for label in project.labels),
        project.task is Task.SEVERAL,
        project.seed,
    )


def is_comparable(project: Project, batch: Batch) -> bool:
    """False where there are too few items on either side to ever compare this batch."""
    first, before, stop = _sides(project, batch)
    return batch.items > 0 and stop - first >= FEWEST and before >= FEWEST


def not_compared(project: Project) -> list[Batch]:
    """The batches that can still be compared, and were not: the program ended, or something failed, before it was done.

    Once some of a batch are decided a version may have learned from them, and its scores of them would be too good.
    """
    done, states = project.store.batches.comparisons(), project.pool.states
    left = [batch for batch in project.store.batches.all() if batch.number not in done]
    untouched = [batch for batch in left if (states[batch.rows.start : batch.rows.stop] == TO_DO).all()]
    return [batch for batch in untouched if is_comparable(project, batch)]


def _sides(project: Project, batch: Batch) -> tuple[int, int, int]:
    """(first, before, stop): the items `first` to `stop` stand beside the first `before` of the pool."""
    first, stop = _together(project, batch), batch.first + batch.items
    certified = project.store.audits.certified()
    return first, first if certified is None else min(first, certified.audit.items), stop


def _together(project: Project, batch: Batch) -> int:
    """The first item of what is compared: of the batch, or of the small batches just before it."""
    first = batch.first
    for before in reversed(project.store.batches.all()[: batch.number - 1]):
        if batch.first + batch.items - first >= ENOUGH:
            break
        first = before.first
    return first
