"""The task behind `simulate`: learning curves on the project's own features and hidden truth."""

import numpy as np

from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.learning.simulation import SimulationResult, run_simulation
from hitl_desktop.workflow.extraction import extractor_of, features_of
from hitl_desktop.workflow.requests import SimulateRequest


def simulate(request: SimulateRequest, progress: Progress, cancelled: CancelCheck) -> SimulationResult:
    """Run the simulation over the items whose true class is known and whose content can be read."""
    features = features_of(request.features, progress, cancelled)
    truth = request.truth[np.asarray(features.rows, np.int64)]
    known = np.flatnonzero(truth >= 0)
    return run_simulation(
        features.X[known],
        truth[known],
        extractor_of(request.features.extractor).blocks,
        budget=request.budget,
        batch=request.batch,
        strategies=request.strategies,
        seeds=request.seeds,
        progress=progress,
        cancelled=cancelled,
        findings=request.findings,
    )
