"""Asking why the model thinks so: the request for the worker, and the decided items it names, as people know them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.explanations import Comparison
from hitl_desktop.domain.items import Item, ItemState
from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.language import number, tr
from hitl_desktop.workflow.masked_columns import masked_columns
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import FeatureRequest

MOST_DECIDED: Final = 20_000
"""Among so many decided items, the last in the pool, the nearest are looked for."""
_SNIPPET: Final = 160


@dataclass(frozen=True, slots=True)
class ExplainRequest:
    """Explain item `index` under the model in `bundle`, version `version`.

    `comparison` None: the two likeliest answers, or the most doubtful finding. `decided` are the indexes of the items
    among which the nearest are looked for. `counts_as` has for each class id the id that it counts as now (merged or
    retired classes: `domain/class_changes.py`), None for none.
    """

    features: FeatureRequest
    bundle: Path
    version: int
    index: int
    several: bool
    decided: Sequence[int]
    counts_as: Mapping[int, int | None]
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True)
class NearItem:
    """A decided item near the one on screen. `at_utc` and `reviewer` are empty for labels that came with the data."""

    item: Item
    labels: tuple[Label, ...]
    reviewer: str
    at_utc: str
    came_with_data: bool
    snippet: str
    path: Path | None


def explain_request(
    project: Project, index: int, version: int | None = None, comparison: Comparison | None = None
) -> ExplainRequest:
    """What the worker needs to explain an item under a version of the model, None for the one in use.

    Raises KnownError before there is a model, and when the version is gone.
    """
    if project.model is None:
        raise KnownError(tr("There is no model yet, so there is nothing to explain."), tr("Decide some items first."))
    model = next((m for m in project.store.models.all() if m.version == version), None)
    model = project.model if version is None else model
    if model is None:
        raise KnownError(tr("Version {version} of the model is no longer there.", version=number(version or 0)))
    decided = project.pool.in_states(ItemState.DECIDED)
    decided = decided[decided != index][-MOST_DECIDED:]
    return ExplainRequest(
        project.feature_request(),
        project.folder / model.folder,
        model.version,
        index,
        project.task is Task.SEVERAL,
        decided,
        {label.id: project.label_now(label.id) for label in project.labels},
        comparison,
    )


def near_items(project: Project, indexes: Sequence[int]) -> list[NearItem]:
    """Decided items with their label, who decided, and when; those whose decision was taken back are left out."""
    found, masked = [], masked_columns(project.store)
    is_text = project.kind.from_rows
    for item in project.store.items.many(indexes):
        live = project.store.decisions.live(item.index)
        if item.state is not ItemState.DECIDED or not live:
            continue
        last = live[-1]
        came = last.slot in (Slot.IMPORTED, Slot.IMPORTED_CHECK)
        snippet = project.kind.opening(project.store.items.text(item.index), _SNIPPET, masked) if is_text else ""
        path: Any = None if is_text or not project.data_is_there else project.item_file(item)
        reviewer, at = ("", "") if came else (last.reviewer, last.at_utc)
        found.append(NearItem(item, project.decided_labels(item), reviewer, at, came, snippet, path))
    return found
