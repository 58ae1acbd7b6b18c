"""A task loads what it needs and no more: a table is looked at before anything large is there."""

import subprocess
import sys
from collections.abc import Iterable

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.tasks import TASKS, load
from tests.conftest import Retrain

LOADED = """
import sys
from hitl_desktop.workflow.tasks import load
for task in sys.argv[2:]:
    load(task)
print(*sorted(set(sys.argv[1].split(",")) & set(sys.modules)))
"""
RUN = """
import sys
from pathlib import Path
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.explain_request import explain_request
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.tasks import run_task

project = Project.open(Path(sys.argv[1]))
request = explain_request(project, 0, project.model.version)
score = project.score_request()
project.close()
print(len(run_task("explain", request, no_progress, never_cancelled).near))
print(run_task("score", score, no_progress, never_cancelled).unreadable)
print("sklearn" in sys.modules)
"""


def _said(script: str, *arguments: object) -> list[str]:
    run = subprocess.run([sys.executable, "-c", script, *map(str, arguments)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout.split("\n")[:-1]


def _loaded_for(tasks: Iterable[str], *heavy: str) -> str:
    return _said(LOADED, ",".join(heavy), *tasks)[0]


def test_a_table_is_looked_at_without_anything_large() -> None:
    assert _loaded_for(["look"], "numpy", "scipy", "sklearn", "PIL", "peewee") == ""


def test_no_task_needs_what_fits_models_before_it_fits_one() -> None:
    assert _loaded_for(TASKS, "scipy", "sklearn", "scipy.optimize", "onnxruntime") == "scipy"


def test_a_project_is_written_out_without_what_learns() -> None:
    assert _loaded_for(["export", "pack", "deidentify", "same_size"], "scipy", "sklearn") == ""


def test_explaining_and_scoring_do_not_load_what_fits(text_project: Project, retrain: Retrain) -> None:
    session = ReviewSession(text_project, "ann")
    for _ in range(12):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)
    retrain(text_project)
    folder = text_project.folder
    text_project.close()
    near, unreadable, has_learner = _said(RUN, folder)
    assert int(near) > 0
    assert (unreadable, has_learner) == ("{}", "False")


def test_a_task_that_does_not_exist_is_not_loaded() -> None:
    with pytest.raises(KeyError):
        load("no such task")
    assert callable(load("look"))
