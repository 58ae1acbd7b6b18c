"""The task behind `simulate`: learning curves on the project's own features and hidden truth."""

import numpy as np

from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.learning.simulation import SimulationResult, run_simulation
from hitl_desktop.workflow.extraction import complete_cache, extractor_of, rows_of
from hitl_desktop.workflow.requests import SimulateRequest


def simulate(request: SimulateRequest, progress: Progress, cancelled: CancelCheck) -> SimulationResult:
    """Run the simulation over the items whose true class is known and whose content can be read."""
    unreadable = complete_cache(request.features, progress, cancelled)
    X, readable = rows_of(request.features, unreadable)
    truth = request.truth[np.asarray(readable, np.int64)]
    known = np.flatnonzero(truth >= 0)
    return run_simulation(
        X[known],
        truth[known],
        extractor_of(request.features.extractor).blocks,
        budget=request.budget,
        batch=request.batch,
        strategies=request.strategies,
        seeds=request.seeds,
        progress=progress,
        cancelled=cancelled,
    )
