"""What the pages say about a project: estimates with their samples, counts per class, items on each side of a line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.intervals import wilson
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import Item, ItemState
from hitl_desktop.domain.labels import Label
from hitl_desktop.language import mark, number, tr, trn
from hitl_desktop.learning.cards import in_words, load_card
from hitl_desktop.learning.enough_checks import NEEDED
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.masked_columns import masked_columns
from hitl_desktop.workflow.measuring import fair_sample, measured_each, measuring_sample
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.snapshot import Snapshot, per_class, take_snapshot
from hitl_desktop.workflow.suggesting import keeps_back

LEARNED_ELSEWHERE: Final = mark("It may have learned from some of these items elsewhere.")
"""Said beside the accuracy of a model that was made elsewhere: nobody here knows which items it has seen."""


class Calibrated(Enum):
    """What set the confidence of a version right."""

    ON_CHECKS = "on checks"
    ELSEWHERE = "elsewhere"
    NOT_YET = "not yet"


_OPENING: Final = 120
_IN_SHORT: Final = {
    Calibrated.ON_CHECKS: mark("calibrated"),
    Calibrated.ELSEWHERE: mark("calibrated elsewhere"),
    Calibrated.NOT_YET: mark("not yet calibrated"),
}


@dataclass(frozen=True, slots=True)
class Near:
    """An undecided item close to the threshold, with what the model says of it: a class, or a set of findings.

    `is_hidden`: that is not to be told, as the item may have to be answered without.
    """

    index: int
    name: str
    labels: tuple[Label, ...]
    confidence: float
    is_hidden: bool = False


def held_out(model: ModelVersion) -> Estimate | None:
    """How a bundled model did on the held-out part of the data it came from; None for a model trained here."""
    counts = held_out_counts(model.metrics)
    if counts is None:
        return None
    right, of = counts
    return Estimate(right, of, right / of, *wilson(right, of))


def held_out_counts(metrics: Mapping[str, Any]) -> tuple[int, int] | None:
    """(right, of) on held-out data, or None when the metrics of a card do not say it, or say what cannot be."""
    right, of = metrics.get("right"), metrics.get("held_out")
    if not isinstance(right, int) or not isinstance(of, int) or isinstance(right, bool) or isinstance(of, bool):
        return None
    return (right, of) if of > 0 and 0 <= right <= of else None


def measured_versions(project: Project, snapshot: Snapshot) -> list[tuple[ModelVersion, Estimate]]:
    """How each version does on the random checks made until today, oldest first; those that cannot be measured not.

    Random checks never train, so any version may be measured on all of them but those it learned from elsewhere.
    """
    models = project.store.models.all()
    measured = measured_each(project, measuring_sample(project, snapshot), models)
    return [(m, accuracy) for m in models if m.version in measured and (accuracy := measured[m.version].accuracy)]


def decided_per_class(project: Project) -> list[tuple[Label, int]]:
    """How many items a person decided as each class, or to have each finding, in class order."""
    return per_class(project, project.pool.label_ids[project.pool.in_states(ItemState.DECIDED)])


def card_of(project: Project, model: ModelVersion) -> dict[str, Any]:
    """What a version says of itself, in words: data, licence, purpose. Empty when its files are gone or damaged."""
    try:
        card = load_card(project.folder / model.folder).get("card", {})
    except KnownError:
        return {}
    return in_words(card) if isinstance(card, dict) else {}


def calibrated_by(model: ModelVersion, facts: Mapping[str, Any]) -> tuple[Calibrated, int]:
    """What set the confidence of a version right, and on how many checks of this project; `facts` as `load_card`."""
    if facts.get("calibration") is None:
        return Calibrated.NOT_YET, 0
    fitted_on = int(facts.get("card", {}).get("calibration_checks", 0)) if model.origin == "trained" else 0
    return (Calibrated.ON_CHECKS, fitted_on) if fitted_on else (Calibrated.ELSEWHERE, 0)


def calibration_words(model: ModelVersion, facts: Mapping[str, Any], checks: int) -> str:
    """The same in words. `checks` are those answered until now."""
    by, fitted_on = calibrated_by(model, facts)
    if by is Calibrated.ON_CHECKS:
        return trn("calibrated on {n} random check", "calibrated on {n} random checks", fitted_on)
    if by is Calibrated.ELSEWHERE:
        return tr("calibrated by its makers on other data")
    if checks >= NEEDED:
        return tr("not yet calibrated: the next training will be")
    return tr("not yet calibrated: {checks} of {needed} checks", checks=number(checks), needed=number(NEEDED))


def calibration_of(project: Project, version: int) -> str:
    """Those words for a version of a project."""
    model, facts = _version(project, version)
    return calibration_words(model, facts, len(fair_sample(project, take_snapshot(project), model)))


def calibration_in_short(project: Project, version: int) -> str:
    """The same in two words, for where there is no room: beside every suggestion."""
    if version not in project.calibrated:
        project.calibrated[version] = calibrated_by(*_version(project, version))[0]
    return tr(_IN_SHORT[project.calibrated[version]])  # type: ignore[index]


def _version(project: Project, version: int) -> tuple[ModelVersion, Mapping[str, Any]]:
    """A version, and what its card says; nothing when its files are gone or damaged."""
    model = next(m for m in project.store.models.all() if m.version == version)
    try:
        return model, load_card(project.folder / model.folder)
    except KnownError:
        return model, {}


def learned_elsewhere(model: ModelVersion, card: Mapping[str, Any]) -> bool:
    """True when a version, or the model it began from, was made elsewhere, perhaps of items that measure it here."""
    return model.origin != "trained" or card.get("started_from", "nothing") != "nothing"


def replaces_learned_elsewhere(started_from: str, project: Project, in_use: ModelVersion) -> bool:
    """True when a version whose card says it `started_from` nothing is to follow one that had learned elsewhere."""
    return started_from == "nothing" and learned_elsewhere(in_use, card_of(project, in_use))


def title_of(project: Project, model: ModelVersion) -> str:
    """What people call a version: the title on its card, else its name."""
    return str(card_of(project, model).get("title", "")) or model.name


def began_from(project: Project, card: dict[str, Any]) -> str:
    """What a trained version began from, by its title: a model of the box or a file; empty where a card is silent."""
    name = str(card.get("started_from", ""))
    first = next((m for m in project.store.models.all() if m.origin != "trained" and m.name == name), None)
    return title_of(project, first) if first else name


def has_files(project: Project, model: ModelVersion) -> bool:
    """True when a version can be put to use."""
    return (project.folder / model.folder).is_dir()


def near_items(project: Project, indexes: Sequence[int]) -> list[Near]:
    """These items, in their order, with what the model says of them."""
    pool, masked = project.pool, masked_columns(project.store)
    return [
        Near(
            item.index,
            _name(project, item, masked),
            project.suggested_labels(item.index),
            float(pool.confidence[item.index]),
            keeps_back(project, item),
        )
        for item in project.store.items.many(indexes)
    ]


def _name(project: Project, item: Item, masked: frozenset[str]) -> str:
    """What an item is called in a list: a picture by its name, a text by its beginning, other rows by their id, too, as
    a beginning of figures tells nobody which record it is. Nothing of a column that is hidden.
    """
    if not project.kind.from_rows:
        return item.name
    opening = project.kind.opening(project.store.items.text(item.index), _OPENING, masked)
    return opening if project.kind.is_text else f"{item.name} · {opening}"
