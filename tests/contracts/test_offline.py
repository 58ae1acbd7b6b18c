"""A whole session without a window opens no socket."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SESSION = """
import socket, sys
from pathlib import Path

FORBIDDEN = {"socket.__new__", "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname"}

def watch(event, arguments):
    if event in FORBIDDEN:
        raise SystemExit("a socket was opened")

sys.addaudithook(watch)  # sees every socket, whoever makes it; it cannot be taken off again

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.exporting import export
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import NO_MODEL, LabelUse, NewProject
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.worker import InlineRunner, WorkerProcess

data, folder = Path(sys.argv[1]), Path(sys.argv[2])
runner = WorkerProcess() if sys.argv[3] == "worker" else InlineRunner()
request = NewProject(folder / "P.hitl", data, model=NO_MODEL, use_labels=LabelUse.TRUTH)
runner.run("create_project", request, no_progress, never_cancelled)
project = Project.open(folder / "P.hitl")
session = ReviewSession(project, "ann")
for _ in range(12):
    session.decide(Verdict.CORRECTED, session.item.truth_id)
retraining = Retraining(project)
snapshot = retraining.snapshot()
trained = runner.run("train", retraining.request(snapshot), no_progress, never_cancelled)
retraining.commit(snapshot, trained)
session.replan()
session.decide(Verdict.SKIPPED)
session.undo()
runner.run("score", project.score_request(), no_progress, never_cancelled)
print(export(project, folder / "out.csv", "csv", no_progress, never_cancelled))
project.close()
if sys.argv[3] == "worker":
    runner.close()
if sys.argv[3] == "open one":
    socket.socket()
"""


def run(data: Path, folder: Path, how: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", SESSION, str(data), str(folder), how]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)


@pytest.mark.parametrize("how", ["inline", "worker"])
def test_a_whole_session_opens_no_socket(how: str, text_table: Path, tmp_path: Path) -> None:
    """In one process, and between the window's process and its worker."""
    done = run(text_table, tmp_path, how)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["40"]


def test_the_watcher_would_see_one(text_table: Path, tmp_path: Path) -> None:
    done = run(text_table, tmp_path, "open one")
    assert done.returncode != 0
    assert "a socket was opened" in done.stderr
