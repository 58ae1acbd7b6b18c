"""What the pages say about a project: estimates with their samples, counts per class, items on each side of a line."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.intervals import wilson
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.routing import is_proposed
from hitl_desktop.learning.cards import load_card
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.measuring import answers_of, measuring_sample
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.snapshot import Snapshot, per_class


@dataclass(frozen=True, slots=True)
class Near:
    """An undecided item close to the threshold, with what the model says of it: a class, or a set of findings."""

    index: int
    name: str
    labels: tuple[Label, ...]
    confidence: float


def held_out(model: ModelVersion) -> Estimate | None:
    """How a bundled model did on the held-out part of the data it came from; None for a model trained here."""
    metrics = model.metrics
    if not metrics.get("held_out"):
        return None
    right, of = int(metrics["right"]), int(metrics["held_out"])
    return Estimate(right, of, right / of, *wilson(right, of))


def measured_versions(project: Project, snapshot: Snapshot) -> list[tuple[ModelVersion, Estimate]]:
    """How each version does on all random checks made until today, oldest first; those that cannot be measured not.

    Random checks never train, so any version may be measured on all of them.
    """
    sample = measuring_sample(project, snapshot)
    found = []
    for model in project.store.models.all():
        answers = answers_of(project, model, sample)
        accuracy = sample.accuracy(answers) if answers else None
        if accuracy:
            found.append((model, accuracy))
    return found


def decided_per_class(project: Project) -> list[tuple[Label, int]]:
    """How many items are decided as each class, or to have each finding, in class order."""
    return per_class(project, project.pool.label_ids)


def card_of(project: Project, model: ModelVersion) -> dict[str, Any]:
    """What a version says of itself: data, licence, purpose. Empty when its files are gone or damaged."""
    try:
        card = load_card(project.folder / model.folder).get("card", {})
    except KnownError:
        return {}
    return card if isinstance(card, dict) else {}


def is_calibrated(project: Project) -> bool:
    """True when the confidence of the model in use was set right on random checks, or on data kept apart for that."""
    if project.model is None:
        return False
    try:
        return load_card(project.folder / project.model.folder).get("calibration") is not None
    except KnownError:
        return False


def title_of(project: Project, model: ModelVersion) -> str:
    """What people call a version: the title on its card, else its name."""
    return str(card_of(project, model).get("title", "")) or model.name


def began_from(project: Project, card: dict[str, Any]) -> str:
    """What a trained version began from, by its title; empty for one that came with the program."""
    name = str(card.get("started_from", ""))
    first = next((m for m in project.store.models.all() if m.origin == "bundled" and m.name == name), None)
    return title_of(project, first) if first else name


def has_files(project: Project, model: ModelVersion) -> bool:
    """True when a version can be put to use."""
    return (project.folder / model.folder).is_dir()


def confidence_bins(project: Project, threshold: float, bins: int = 20) -> list[tuple[int, int]]:
    """Undecided, scored items by confidence: for each of `bins` equal parts of 0–1, (below, at or above) the line."""
    values = _undecided_confidence(project)[1]
    proposed = is_proposed(values, threshold)
    places = np.minimum((values * bins).astype(np.int64), bins - 1)
    below = np.bincount(places[~proposed], minlength=bins)
    above = np.bincount(places[proposed], minlength=bins)
    return [(int(b), int(a)) for b, a in zip(below, above, strict=True)]


def near(project: Project, threshold: float, each: int) -> tuple[list[Near], list[Near]]:
    """The undecided items just below the threshold and just at or above it, closest first, at most `each` a side."""
    indexes, values = _undecided_confidence(project)
    proposed = is_proposed(values, threshold)
    order = np.argsort(values, kind="stable")
    below = indexes[order[~proposed[order]]][::-1][:each]
    above = indexes[order[proposed[order]]][:each]
    return _near(project, below), _near(project, above)


def _undecided_confidence(project: Project) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    indexes = project.pool.undecided()
    values = project.pool.confidence[indexes]
    scored = np.isfinite(values)
    return indexes[scored], values[scored]


def _near(project: Project, indexes: npt.NDArray[np.int64]) -> list[Near]:
    pool = project.pool
    is_text = project.kind.name == "text"
    return [
        Near(
            item.index,
            _opening(project.store.items.text(item.index)) if is_text else item.name,
            project.suggested_labels(item.index),
            float(pool.confidence[item.index]),
        )
        for item in project.store.items.many([int(i) for i in indexes])
    ]


def _opening(text: str, most: int = 120) -> str:
    """The beginning of a text, on one line."""
    return " ".join(text[: 2 * most].split())[:most]
