"""The task behind `simulate`: learning curves on the project's own features and hidden truth."""

from dataclasses import replace

import numpy as np

from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.learning.simulation import SimulationResult, run_simulation
from hitl_desktop.workflow.extraction import features_of
from hitl_desktop.workflow.grouping import groups_of
from hitl_desktop.workflow.requests import SimulateRequest
from hitl_desktop.workflow.views import views_for


def simulate(request: SimulateRequest, progress: Progress, cancelled: CancelCheck) -> SimulationResult:
    """Run the simulation over the items whose true class is known and whose content can be read."""
    view = views_for(request.features.kind, request.features_choice, request.features.extractor)[0]
    features = features_of(replace(request.features, extractor=view), progress, cancelled)
    truth = request.truth[np.asarray(features.rows, np.int64)]
    known = np.flatnonzero(truth >= 0)
    return run_simulation(
        features.X[known],
        truth[known],
        features.blocks,
        budget=request.budget,
        batch=request.batch,
        strategies=request.strategies,
        seeds=request.seeds,
        start=request.start,
        groups=groups_of(
            request.features.folder,
            np.asarray(features.rows, np.int64)[known],
            request.group_column,
            by_prompt=bool(request.answers),
        ),
        progress=progress,
        cancelled=cancelled,
        findings=request.findings,
        answers=request.answers,
    )
