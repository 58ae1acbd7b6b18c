"""What the routing says of the automatic route, for audits and certificates: the one place that asks it."""

import hashlib

import numpy as np
import numpy.typing as npt

from hitl_desktop.workflow.project import Project


def gate(project: Project) -> npt.NDArray[np.bool_]:
    """The items that would be automatic if the model were sure enough of them: shape (n,)."""
    return np.ones(len(project.pool), bool)


def limit(project: Project) -> float:
    """The confidence from which the routing accepts without a person, 0–1."""
    return project.pool.threshold


def gate_digest(project: Project) -> str:  # noqa: ARG001 - one threshold lets every item through
    """SHA-256, hex, of everything that decides which items the gate lets through; limits left out."""
    return hashlib.sha256(b"every item").hexdigest()
