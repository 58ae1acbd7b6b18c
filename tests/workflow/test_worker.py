"""The worker process: its answers, its end, and what survives it."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from hitl_desktop import language
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.items import Unreadable
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.sentences import sentence_of
from hitl_desktop.paths import resources
from hitl_desktop.workflow import tasks
from hitl_desktop.workflow import worker as worker_module
from hitl_desktop.workflow.first_look import FoundTable
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import NO_MODEL, ImportReport, NewProject, Trained
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.worker import InlineRunner, WorkerFailure, WorkerProcess, _serve
from tests.conftest import Retrain

CATALOGUES = resources() / "locale"


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


class _Held:
    """The way back of a worker that goes no further than its first word of progress."""

    def __init__(self, answers: Connection) -> None:
        self._answers = answers

    def send(self, words: tuple[str, ...]) -> None:
        self._answers.send(words)
        if words[0] == "progress":
            time.sleep(600)


def held_in_the_middle(orders: Connection, answers: Connection) -> None:
    _serve(orders, _Held(answers))  # type: ignore[arg-type]


def test_killed_in_the_middle_of_a_training_the_model_stays_and_the_next_one_works(
    decided: Project, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("ERROR .*worker died during train")
    worker = WorkerProcess()
    retraining = Retraining(decided)
    snapshot = retraining.snapshot()
    killed: list[int] = []

    def kill(done: int, total: int, what: str) -> None:
        pid = worker.pid
        if not killed and pid is not None:
            killed.append(pid)
            os.kill(pid, signal.SIGKILL)

    with monkeypatch.context() as patched:
        patched.setattr(worker_module, "_serve", held_in_the_middle)  # or it may be done before the signal comes
        with pytest.raises(KnownError, match="stopped unexpectedly") as failure:
            worker.run("train", retraining.request(snapshot), kill, never_cancelled)
    assert failure.value.remedy == "Try again."
    assert len(killed) == 1
    assert decided.model is not None
    assert decided.model.version == 1
    assert decided.is_scored
    with closing(worker):
        trained = worker.run("train", retraining.request(snapshot), no_progress, never_cancelled)
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


@pytest.fixture
def german() -> Iterator[None]:
    assert language.use("de", CATALOGUES).code == "de"
    yield
    language.use("en", CATALOGUES)


@pytest.mark.usefixtures("german")
def test_the_worker_speaks_the_language_of_the_window_and_what_it_keeps_speaks_any(
    shared_worker: WorkerProcess, image_folder: Path, tmp_path: Path
) -> None:
    table = tmp_path / "table.csv"
    table.write_text("id,text,label\n1,one two,a\n2,,b\n3,three four,b\n4,five six,A\n", "utf-8")
    told: list[str] = []
    images = NewProject(tmp_path / "Q.hitl", image_folder, model=NO_MODEL)
    shared_worker.run("create_project", images, lambda *seen: told.append(seen[2]), never_cancelled)
    assert "Bilder werden gelesen" in told
    request = NewProject(tmp_path / "P.hitl", table, kind="text", model=NO_MODEL)
    report = shared_worker.run("create_project", request, no_progress, never_cancelled)
    assert isinstance(report, ImportReport)
    with closing(Project.open(tmp_path / "P.hitl")) as project:
        (note,) = project.store.items.notes()
        kept = project.store.fact("import_notes")
    assert isinstance(note, Unreadable)
    assert (note.file, note.reason, str(report.notes[0])[:33]) == (
        "row 2 (2)",
        "Der Text ist leer.",
        "Ein Label scheint in 2 Schreibwei",
    )
    with pytest.raises(KnownError) as failure:
        shared_worker.run("create_project", replace(request, data=Path("/absent")), no_progress, never_cancelled)
    assert failure.value.message.startswith("P.hitl gibt es schon")
    language.use("en", CATALOGUES)
    assert (note.reason, str(sentence_of(kept[0]))[:35]) == (
        "The text is empty.",
        "One label seems to be spelled in 2 ",
    )
    assert failure.value.message == "P.hitl already exists."


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


def never_come_to_life(_orders: object, _answers: object) -> None:
    time.sleep(600)


def test_a_worker_that_does_not_come_to_life_is_ended_and_told(
    monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("ERROR .*did not come to life")
    worker = WorkerProcess(starting=1.0)
    with closing(worker):
        with monkeypatch.context() as patched:
            patched.setattr(worker_module, "_serve", never_come_to_life)
            with pytest.raises(KnownError, match="could not be started"):
                worker.run("score", None, no_progress, never_cancelled)
        assert worker.pid is None
        worker._starting = 60.0
        with pytest.raises(WorkerFailure):  # there is nothing to score: it has been asked
            worker.run("score", None, no_progress, never_cancelled)


def test_a_worker_whose_window_is_gone_ends_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # it would leave Ctrl+C to its parent
    theirs_in, orders = Pipe(duplex=False)
    answers, theirs_out = Pipe(duplex=False)
    with closing(theirs_in), closing(theirs_out), closing(orders):
        orders.send(("no such task", None, "en"))
        answers.close()
        _serve(theirs_in, theirs_out)


def test_what_will_be_wanted_is_loaded_ahead_and_an_error_in_that_is_for_the_task_to_tell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    loaded: list[str] = []

    def load(task: str) -> None:
        loaded.append(task)
        raise ImportError("a library is missing")

    monkeypatch.setattr(tasks, "load", load)
    theirs_in, orders = Pipe(duplex=False)
    answers, theirs_out = Pipe(duplex=False)
    with closing(theirs_in), closing(theirs_out), closing(answers):
        orders.send(("expect", "score"))
        orders.send(("score", None, "en"))
        orders.close()
        _serve(theirs_in, theirs_out)
        assert answers.recv() == ("alive",)
        sort, trace = answers.recv()
    assert loaded == ["score", "score"]
    assert (sort, "ImportError" in trace) == ("failed", True)


def test_a_worker_that_is_expected_is_the_one_that_works(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("text,label\none two,a\nthree four,b\n", "utf-8")
    with closing(WorkerProcess()) as worker:
        worker.expect("look")
        pid = worker.pid
        worker.expect("no such task")
        found = worker.run("look", table, no_progress, never_cancelled)
        assert isinstance(found, FoundTable)
        assert (found.count, worker.pid, pid is not None) == (2, pid, True)
