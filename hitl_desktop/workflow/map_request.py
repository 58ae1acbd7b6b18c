"""Asking for the map of a project's items: the request for the worker, and what lies on disk."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.workflow.alike_request import alike_request
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import FeatureRequest
from hitl_desktop.workflow.scores import read_arrays


@dataclass(frozen=True, slots=True)
class MapRequest:
    """Lay out all items as the model in `bundle` sees them, None before there is one; written to `out`."""

    features: FeatureRequest
    bundle: Path | None
    seed: int
    version: int
    out: Path


@dataclass(frozen=True, slots=True)
class ItemMap:
    """Where every item lies. `places` (n, 2) float32, 0–1, NaN for an item that could not be read; `groups` (n,) the
    group of alike items, −1 for such an item; `version` is the model that it was made with, 0 for none.
    """

    places: FloatArray
    groups: npt.NDArray[np.int64]
    version: int


def map_file(project: Project) -> Path:
    """Where the map lies. It can be made again at any time."""
    return project.folder / "scores" / "map.npz"


def map_request(project: Project) -> MapRequest:
    """What the worker needs to know. Raises KnownError when the files of the model in use are damaged."""
    seen = alike_request(project, 0)
    version = project.model.version if project.model else 0
    return MapRequest(seen.features, seen.bundle, project.seed, version, map_file(project))


def read_map(project: Project) -> ItemMap | None:
    """The map there is; None without one, and where items came since that are not on it."""
    stored = read_arrays(map_file(project))
    if stored is None or not {"places", "groups", "version"} <= stored.keys():
        return None
    places, groups, version = stored["places"], stored["groups"], stored["version"]
    if places.shape != (len(project.pool), 2) or groups.shape != (len(project.pool),) or version.shape != (1,):
        return None
    return ItemMap(np.asarray(places, np.float32), np.asarray(groups, np.int64), int(version[0]))
