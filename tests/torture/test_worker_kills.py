"""Work that is cancelled, killed, stopped or out of memory at any moment: the model in use and the decisions stay."""

import hashlib
import os
import shutil
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import no_progress
from hitl_desktop.learning.bundles import load_bundle
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse, Trained
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.worker import WorkerFailure, WorkerProcess
from tests.conftest import Retrain
from tests.torture.sizes import is_long, size

HARMS = size("WORKERS", 3)
ITEMS = 60
MOST_SECONDS = 2.0
PATIENCE = 60.0
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="LIMITS OF ANOTHER PROCESS ARE SET ON LINUX ONLY")


def starve(pid: int) -> None:
    """From now on nothing more can be allocated."""
    import resource

    _, hard = resource.prlimit(pid, resource.RLIMIT_AS)
    resource.prlimit(pid, resource.RLIMIT_AS, (1, hard))


def feed(pid: int) -> None:
    """The limit is lifted."""
    import resource

    _, hard = resource.prlimit(pid, resource.RLIMIT_AS)
    resource.prlimit(pid, resource.RLIMIT_AS, (hard, hard))


def sleep_a_while(pid: int) -> None:
    """As a machine that is suspended: the process stops, and goes on."""
    os.kill(pid, signal.SIGSTOP)
    time.sleep(0.3)
    os.kill(pid, signal.SIGCONT)


WAYS: dict[str, Callable[[int], None] | None] = {
    "cancelled": None,
    "killed": lambda pid: os.kill(pid, signal.SIGKILL),
    "no memory": starve,
    "stopped": sleep_a_while,
}


def digest_of(project: Project) -> str:
    """What is in the files of the model in use."""
    assert project.model is not None
    folder = project.folder / project.model.folder
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.iterdir()))).hexdigest()


class Workplace:
    """A project, its worker, and what must hold between two pieces of work."""

    def __init__(self, project: Project) -> None:
        self.worker = WorkerProcess()
        self.ends: Counter[str] = Counter()
        self.slowest = 0.0
        self.usual = {"train": 1.0, "score": 0.5}
        self.decided = project.store.decisions.count()
        self.open(project)

    def open(self, project: Project) -> None:
        self.project, self.session = project, ReviewSession(project, "ann")

    def decide(self) -> None:
        """As a person goes on while the worker works."""
        if self.session.item is None:
            self.session.undo()
        else:
            self.session.decide(Verdict.CORRECTED, self.session.item.truth_id)
        self.decided += 1

    def work(self, task: str, way: str, moment: float) -> object:
        """One piece of work that is harmed at a moment: a share of what it usually takes. Returns its answer."""
        retraining = Retraining(self.project)
        snapshot = retraining.snapshot()
        request = retraining.request(snapshot) if task == "train" else self.project.score_request()
        self.worker.start()
        pid, harm = self.worker.pid, WAYS[way]
        assert pid is not None
        at = time.monotonic() + moment * self.usual[task]
        timer = threading.Timer(moment * self.usual[task], self.harm, [harm, pid]) if harm else None
        if timer:
            timer.start()
        answer = None
        try:
            # A task that was left without memory may wait for ever; somebody who waits for it cancels it.
            patience = PATIENCE if harm else 0.0
            answer = self.worker.run(task, request, no_progress, lambda: time.monotonic() > at + patience)
            self.ends["done"] += 1
        except (Cancelled, KnownError, WorkerFailure) as error:
            self.ends[f"{way}: {type(error).__name__}"] += 1
        if timer:
            timer.cancel()
            timer.join()
        else:
            self.slowest = max(self.slowest, time.monotonic() - at)
        if way == "no memory" and self.worker.pid == pid:
            feed(pid)
        if task == "train" and isinstance(answer, Trained):
            retraining.commit(snapshot, answer)
            return None
        return answer

    @staticmethod
    def harm(harm: Callable[[int], None], pid: int) -> None:
        with suppress(ProcessLookupError):
            harm(pid)

    def close(self) -> None:
        self.worker.close()
        self.project.close()


def test_whatever_becomes_of_the_work_the_model_and_the_decisions_stay(
    tmp_path: Path,
    make_table: Callable[..., Path],
    make_project: Callable[..., object],
    retrain: Retrain,
    watched_log: object,
) -> None:
    watched_log.emit = lambda _record: None  # type: ignore[attr-defined]  # that the worker died is logged
    make_project(tmp_path / "P.hitl", make_table(tmp_path / "t.csv", rows=ITEMS), use_labels=LabelUse.TRUTH)
    project = Project.open(tmp_path / "P.hitl")
    session = ReviewSession(project, "ann")
    for _ in range(16):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)
    retrain(project)
    place, rng, began = Workplace(project), np.random.default_rng(11), time.monotonic()
    # The second time nothing has to be started or made first.
    for task in ("train", "score") * (2 if is_long() else 1):
        start = time.monotonic()
        place.work(task, "cancelled", 1e6)
        place.usual[task] = time.monotonic() - start
    place.slowest, whole = 0.0, set[str]()
    for turn in range(HARMS):
        task, way = ("train", "score")[turn % 3 == 2], list(WAYS)[turn % len(WAYS)]
        if turn % 5 == 1:  # everything has to be made again
            shutil.rmtree(place.project.folder / "features", ignore_errors=True)  # the last one may have come to none
        before, version = digest_of(place.project), place.project.model
        place.decide()
        place.work(task, way, float(rng.uniform(0, 1.1)))
        after = place.project.store.models.active()
        assert after is not None
        if after == version:
            assert digest_of(place.project) == before, "the model in use was changed"
        there = {folder.name for folder in (place.project.folder / "models").glob("v*")}
        for name in there - whole:
            load_bundle(place.project.folder / "models" / name)  # raises for half a model
        whole |= there
        known = {f"v{model.version}" for model in place.project.store.models.all()}
        assert there == known, "a model nobody knows of"
        assert place.project.store.decisions.count() == place.decided
        if turn % 10 == 9:
            place.project.close()
            place.open(Project.open(place.project.folder))
            assert place.project.model == after
            assert place.project.store.decisions.count() == place.decided
    place.work("train", "cancelled", 1e6)
    for folder in (place.project.folder / "models").glob("v*"):
        load_bundle(folder)
    Retraining(place.project)
    assert not list((place.project.folder / "models").glob(".training-*"))
    assert (place.project.folder / "decisions.jsonl").read_bytes().count(b"\n") == place.decided
    place.close()
    assert place.slowest < MOST_SECONDS + 1.0  # of other work on the machine
    ends = ", ".join(f"{what} {count:,}" for what, count in sorted(place.ends.items()))
    print(
        f"\n{HARMS:,} harms to the worker ({ends}): model in use intact, {place.decided:,} decisions, 0 lost,", end=" "
    )
    print(f"slowest cancel {place.slowest:.2f} s, {time.monotonic() - began:.0f} s")
