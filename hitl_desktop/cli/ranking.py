"""The order of asking for commands, which have no background: worked out at once, however long it takes."""

import numpy as np

from hitl_desktop.cli.running import run_here
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.training_requests import ask_request


def rank(project: Project) -> None:
    """Work out how much every item is worth asking, unless that is known."""
    if not project.is_prepared:
        queue = np.empty(0, np.int64)
        request = ask_request(project, Retraining(project).snapshot(), queue)
        run_here("ask", request, object)
        project.note_prepared()
