"""The task behind the map: all items on a plane, those alike near each other."""

import numpy as np

from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.language import tr
from hitl_desktop.learning.projection import laid_out
from hitl_desktop.workflow.alike import rows_seen
from hitl_desktop.workflow.extraction import features_of
from hitl_desktop.workflow.map_request import MapRequest
from hitl_desktop.workflow.scores import write_arrays


def make_map(request: MapRequest, progress: Progress, cancelled: CancelCheck) -> int:
    """Lay out the pool and write the map; returns how many items could not be read. Raises Cancelled."""
    features = features_of(request.features, progress, cancelled)
    rows = rows_seen(request.features, request.bundle, request.seed, features, progress, cancelled)
    progress(0, 0, tr("Laying out the map"))
    found = laid_out(rows, request.seed, cancelled)
    count = request.features.items
    places, groups = np.full((count, 2), np.nan, np.float32), np.full(count, -1, np.int64)
    at = np.asarray(features.rows, np.int64)
    places[at], groups[at] = found.places, found.groups
    write_arrays(request.out, {"places": places, "groups": groups, "version": np.array([request.version])})
    return count - len(at)
