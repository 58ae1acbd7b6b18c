"""Asking for the items nearest to one: the request for the worker, and its answer."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from hitl_desktop.learning.cards import load_card
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import FeatureRequest

COUNT: Final = 60


@dataclass(frozen=True, slots=True)
class AlikeRequest:
    """The `count` items nearest to item `index`, compared as the model in `bundle` sees them; None before there is
    one.
    """

    features: FeatureRequest
    bundle: Path | None
    index: int
    seed: int
    count: int = COUNT


@dataclass(frozen=True, slots=True)
class Alike:
    """The nearest items, the nearest first; the first `copies` of them are near copies."""

    index: int
    indexes: tuple[int, ...]
    copies: int


def alike_request(project: Project, index: int) -> AlikeRequest:
    """What the worker needs to know. Raises KnownError when the files of the model in use are damaged."""
    features = project.feature_request()
    if project.model is None:
        return AlikeRequest(features, None, index, project.seed)
    bundle = project.folder / project.model.folder
    extractor = str(load_card(bundle).get("extractor", features.extractor))
    return AlikeRequest(replace(features, extractor=extractor), bundle, index, project.seed)
