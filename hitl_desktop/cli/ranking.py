"""The order of asking for commands, which have no background: worked out at once, however long it takes."""

import sys

import numpy as np

from hitl_desktop.cli.running import run_here
from hitl_desktop.cli.showing import printable
from hitl_desktop.workflow.disk_errors import known_trouble
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.training_requests import ask_request


def rank_if_possible(project: Project) -> None:
    """The same after the project has been made, or has grown: that is done, and not undone by what the disk or the
    memory refuses now. It is told beside the answer; until the order is known, closeness or chance stands in for it.
    """
    try:
        rank(project)
    except Exception as error:
        known = known_trouble(error)
        if known is None:
            raise
        print(printable(f"The order of asking is not worked out yet. {' '.join(str(known).split())}"), file=sys.stderr)


def rank(project: Project) -> None:
    """Work out how much every item is worth asking, unless that is known."""
    if not project.is_prepared:
        queue = np.empty(0, np.int64)
        request = ask_request(project, Retraining(project).snapshot(), queue)
        run_here("ask", request, object)
        project.note_prepared()
