"""The worker process: its answers, its end, and what survives it."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import NO_MODEL, ImportReport, NewProject, Trained
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.worker import InlineRunner, WorkerFailure, WorkerProcess
from tests.conftest import Retrain


@pytest.fixture(scope="module")
def shared_worker() -> Iterator[WorkerProcess]:
    worker = WorkerProcess()
    yield worker
    worker.close()


@pytest.fixture
def decided(image_project: Project, retrain: Retrain) -> Project:
    """A project with a model in use and new decisions to learn from."""
    session = ReviewSession(image_project, "ann")
    for place in range(24):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)
        if place == 11:
            retrain(image_project)
    return image_project


def test_killed_in_the_middle_of_a_training_the_model_stays_and_the_next_one_works(
    decided: Project, shared_worker: WorkerProcess, expected_log: Callable[[str], None]
) -> None:
    expected_log("ERROR .*worker died during train")
    retraining = Retraining(decided)
    snapshot = retraining.snapshot()
    killed: list[int] = []

    def kill(done: int, total: int, what: str) -> None:
        pid = shared_worker.pid
        if not killed and pid is not None:
            killed.append(pid)
            os.kill(pid, signal.SIGKILL)

    with pytest.raises(KnownError, match="stopped unexpectedly") as failure:
        shared_worker.run("train", retraining.request(snapshot), kill, never_cancelled)
    assert failure.value.remedy == "Try again."
    assert len(killed) == 1
    assert decided.model is not None
    assert decided.model.version == 1
    assert decided.is_scored
    trained = shared_worker.run("train", retraining.request(snapshot), no_progress, never_cancelled)
    assert isinstance(trained, Trained)
    assert retraining.commit(snapshot, trained)[1].version == 2
    Retraining(decided)
    assert sorted(p.name for p in (decided.folder / "models").iterdir()) == ["v1", "v2"]


def test_the_worker_and_this_process_give_the_same_result(
    shared_worker: WorkerProcess, image_folder: Path, tmp_path: Path
) -> None:
    reports = []
    for name, runner in (("A", shared_worker), ("B", InlineRunner())):
        request = NewProject(tmp_path / name / "P.hitl", image_folder, model=NO_MODEL)
        report = runner.run("create_project", request, no_progress, never_cancelled)
        assert isinstance(report, ImportReport)
        reports.append((report.items, report.classes, report.class_counts))
    assert reports[0] == reports[1]


def test_a_known_error_crosses_with_its_words(shared_worker: WorkerProcess, tmp_path: Path) -> None:
    request = NewProject(tmp_path / "P.hitl", tmp_path / "absent")
    with pytest.raises(KnownError) as failure:
        shared_worker.run("create_project", request, no_progress, never_cancelled)
    assert failure.value.message == f"There is nothing at {tmp_path / 'absent'}."
    assert failure.value.remedy == "Check the path."


def test_a_bug_in_a_task_crosses_with_its_trace_and_the_worker_lives_on(shared_worker: WorkerProcess) -> None:
    shared_worker.start()
    before = shared_worker.pid
    with pytest.raises(WorkerFailure, match="KeyError: 'no such task'"):
        shared_worker.run("no such task", None, no_progress, never_cancelled)
    assert shared_worker.pid == before


def test_cancelled_at_the_first_word_the_worker_stops_and_leaves_nothing(
    shared_worker: WorkerProcess, image_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(Cancelled):
        shared_worker.run(
            "create_project",
            NewProject(tmp_path / "P.hitl", image_folder, model=NO_MODEL),
            no_progress,
            lambda: True,
        )
    assert list(tmp_path.iterdir()) == []


def test_a_listener_that_fails_does_not_mix_up_the_answers(
    shared_worker: WorkerProcess, image_folder: Path, tmp_path: Path
) -> None:
    def broken(done: int, total: int, what: str) -> None:
        raise RuntimeError("the listener is broken")

    first = NewProject(tmp_path / "First.hitl", image_folder, model=NO_MODEL)
    second = NewProject(tmp_path / "Second.hitl", image_folder, model=NO_MODEL)
    with pytest.raises(RuntimeError, match="listener"):
        shared_worker.run("create_project", first, broken, never_cancelled)
    report = shared_worker.run("create_project", second, no_progress, never_cancelled)
    assert isinstance(report, ImportReport)
    assert report.folder == str(tmp_path / "Second.hitl")


def test_closing_ends_the_process() -> None:
    worker = WorkerProcess()
    worker.start()
    pid = worker.pid
    assert pid is not None
    worker.close()
    assert worker.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    worker.close()
