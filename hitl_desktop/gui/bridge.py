"""The one adapter between Qt and the workflows: operations go in, changes, job news and messages come out."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal, Slot

from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.errors import DiskTrouble, KnownError, ProjectInUse, ReasonNeeded
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.gui.autopilot import Autopilot
from hitl_desktop.gui.listeners import forget
from hitl_desktop.gui.many_at_once import ManyAtOnce
from hitl_desktop.gui.model_errands import ModelErrands
from hitl_desktop.gui.planning import Planning
from hitl_desktop.gui.quick_answering import QuickAnswering
from hitl_desktop.language import tr, trn
from hitl_desktop.workflow.disk_errors import known_trouble
from hitl_desktop.workflow.jobs import Job, Jobs, JobState
from hitl_desktop.workflow.reviewers import reviewers_of
from hitl_desktop.workflow.settings import SettingsFile
from hitl_desktop.workflow.troubles import BACKGROUND, Troubles
from hitl_desktop.workflow.worker import WorkerProcess

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.workflow.requests import NewProject, Scored
    from hitl_desktop.workflow.samples import Sample
    from hitl_desktop.workflow.training_beside import Finished
    from hitl_desktop.workflow.workspace import Desk, Workspace

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """`tone`: info, ok, warn or danger; `action` names what `on_action` does; `of_project`: until another is open."""

    text: str
    tone: str = "info"
    action: str = ""
    on_action: Callable[[], object] | None = None
    error: KnownError | None = None
    of_project: bool = False


class Bridge(QObject):
    """Owns the workspace, the jobs and the worker process.

    `changed(Changes, initiator)` after every operation; `job_changed(Job)` for every step of a job;
    `notified(Message)` for what a person must be told; `project_changed()` when one was opened or closed;
    `closing()` just before the open one may be closed; `troubled(Trouble)` for what went wrong in the program itself.
    `reviewer_changed()` when somebody else is at work, or has to sign in first; `reviewers` knows who there are.
    `batch_wanted(Batch, bool)` when its items, or the most shifted of them, are to be shown. `refused()` when something
    was not done, or only half: whoever shows what it was about looks again. All arrive on the window's thread.
    """

    changed = Signal(object, object)
    job_changed = Signal(object)
    notified = Signal(object)
    project_changed = Signal()
    closing = Signal()
    troubled = Signal(object)
    batch_wanted = Signal(object, bool)
    refused = Signal()
    reviewer_changed = Signal()
    _job_news = Signal(object)

    def __init__(self, settings: SettingsFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.reviewers = reviewers_of(settings)
        self.worker = WorkerProcess()
        self.model_errands = ModelErrands(self)
        self.troubles = Troubles(self.troubled.emit)  # from any thread; heard on the window's
        self._jobs = Jobs(self._job_news.emit)
        self._job_news.connect(self._on_job)
        self._endings: dict[Job, Callable[[Job], None]] = {}
        self._running: set[Job] = set()
        self._workspace: Workspace | None = None
        self.training: Job | None = None
        self.scoring: Job | None = None
        self.preparing: Job | None = None
        self._may_prepare = True
        self.works_by_itself = True
        """False in safe mode: no job starts that nobody asked for."""
        self.autopilot = Autopilot(self)
        self.quick = QuickAnswering(self)
        self.many = ManyAtOnce(self)
        self.planning = Planning(self)

    def forget_listeners(self) -> None:
        """The window has gone: nobody listens any more. Jobs go on, and what they bring is committed as before."""
        forget(self, self.changed, self.job_changed, self.notified, self.project_changed, self.closing, self.troubled)
        forget(self, self.batch_wanted, self.reviewer_changed, self.refused)
        forget(self.quick, self.quick.answered, self.quick.counted)
        forget(self.many, self.many.progressed)

    @property
    def is_open(self) -> bool:
        """True while a project is open."""
        return self._workspace is not None and self._workspace.is_open

    @property
    def is_busy(self) -> bool:
        """True while a job waits or runs."""
        return bool(self._running)

    @property
    def desk(self) -> "Desk":
        """The open project, its session and its trainings. Raises KnownError when none is open."""
        return self._the_workspace().desk

    def perform(
        self,
        operation: Callable[[], Changes],
        initiator: object = None,
        ask: Callable[[ReasonNeeded], object] | None = None,
    ) -> Changes | None:
        """Run it and publish what it changed. A known error becomes a notice (and None); `ask` asks for a reason."""
        self.many.finish()
        try:
            changes = operation()
        except Exception as error:
            self.refused.emit()
            if (known := known_trouble(error)) is None:
                raise
            if isinstance(known, DiskTrouble) and self.is_open:  # fields where something was typed say what is saved
                self.changed.emit(Changes(settings=True), None)
            if ask is not None and isinstance(known, ReasonNeeded):
                ask(known)
            else:
                self.tell(known)
            return None
        if changes is not NOTHING:
            self.changed.emit(changes, initiator)
            self.autopilot.follow(changes)
            self.quick.follow(changes)
            if changes.decisions or changes.model:  # also of what was decided while that was trained
                self._train_when_due()
            if changes.settings:
                self._may_prepare = True
                self.prepare_when_idle()
        return changes

    def tell(
        self, error: KnownError, action: str = "", act: Callable[[], object] | None = None, *, until_open: bool = False
    ) -> None:
        """Show a known error as a notice. `until_open`: it goes when another project is."""
        _log.info("Known error: %s", type(error).__name__)
        self.notified.emit(Message(str(error), "danger", action, act, error, until_open))

    def start(
        self, name: str, work: Callable[[Progress, CancelCheck], object], ended: Callable[[Job], None] | None = None
    ) -> Job:
        """Run `work` on the supervising thread; `ended` is called on the window's thread with the job at its end."""
        self.cancel_preparing()  # it goes on where it was once nobody else needs the worker
        job = self._jobs.start(name, work)
        self._running.add(job)
        if ended is not None:
            self._endings[job] = ended
        self.job_changed.emit(job)  # it may have to wait
        return job

    def expect(self, task: str) -> None:
        """A task will be wanted soon: the worker loads what it needs once it is free. No job that anybody sees."""
        if self.works_by_itself:
            self._jobs.start("expect", lambda _p, _c: self.worker.expect(task))

    @property
    def may_work(self) -> bool:
        """True while jobs may start by themselves: not in safe mode, nor for a project that is open to read only."""
        return self.works_by_itself and self.is_open and self.desk.project.store.is_writer

    def open_project(self, folder: Path, *, read_only: bool = False, trusted: bool = False) -> bool:
        """Open a project; False (with a notice) when it is refused. One that cannot be written to is only read."""
        before = self.desk if self.is_open else None
        self._leave()
        try:
            after = self._the_workspace().open(folder, read_only=read_only, trusted=trusted)
        except KnownError as error:
            read = partial(self.open_project, folder, read_only=True) if isinstance(error, ProjectInUse) else None
            self.tell(error, tr("Open to read") if read else "", read, until_open=True)
            return False
        if after is not before:  # what still runs is for the project that has just been closed
            self._stop_jobs()
        self.planning.follow()
        self.project_changed.emit()
        self.autopilot.wake()
        self.quick.follow(Changes(settings=True))
        self.catch_up()
        return True

    def close_project(self) -> None:
        """Close the open project; what runs for it is cancelled."""
        if self.is_open:
            self._leave()
            self._stop_jobs()
            self._the_workspace().close()
            self.project_changed.emit()

    def relink(self, root: Path) -> bool:
        """Look for the images of the project in another folder; False (with a notice) when they are not there."""
        if self.perform(lambda: self.desk.project.relink(root)) is None:
            return False
        self.catch_up()
        return True

    def create_project(self, request: "NewProject", ended: Callable[[Job], None]) -> Job:
        """Make a project in the worker process; `ended` gets the job with an ImportReport as its result."""
        return self.start("new", lambda p, c: self.worker.run("create_project", request, p, c), ended)

    def create_sample(self, sample: "Sample", ended: Callable[[Job], None]) -> Job:
        """Unpack a sample and make its project; `ended` gets the job."""
        from hitl_desktop.workflow.samples import own_project

        return self.start("sample", lambda p, c: self.worker.run("create_project", own_project(sample), p, c), ended)

    def export(self, out: Path, form: str, ended: Callable[[Job], None]) -> Job:
        """Write an export in the worker, through a connection that only reads."""
        from hitl_desktop.workflow.requests import ExportRequest

        request = ExportRequest(self.desk.project.folder, out, form)
        return self.start("export", lambda p, c: self.worker.run("export", request, p, c), ended)

    def train_now(self) -> None:
        """Start a training, or say why it is not possible."""
        if self.training is not None or not self.is_open:
            return
        from hitl_desktop.workflow.training_beside import WorkBeside

        try:
            self.desk.retraining.check_possible()
        except KnownError as error:
            self.notified.emit(Message(str(error), "warn", of_project=True))
            return
        retraining, beside = self.desk.retraining, WorkBeside(self.desk.project)

        def ended(job: Job) -> None:
            if self.training is not job:  # the project was closed meanwhile
                return
            self.training = None
            if job.state is JobState.DONE:
                self.perform(lambda: self._take_training(cast("Finished", job.result)))
                self.score_if_needed()  # what was added meanwhile
                return
            self.perform(lambda: retraining.given_up(beside.after, job.error))
            if isinstance(job.error, KnownError):
                self.tell(job.error, tr("Try again"), self.train_now, until_open=True)

        self.training = self.start("train", lambda p, c: beside.train(self.worker, p, c), ended)
        self.job_changed.emit(self.training)

    def cancel_training(self) -> None:
        """Stop the training that runs; the model in use stays."""
        if self.training is not None:
            self.training.cancel()

    def cancel_preparing(self) -> None:
        """Stop making features in the background; what was made stays."""
        if self.preparing is not None:
            self.preparing.cancel()

    def follow_reviewer(self) -> None:
        """Somebody else is at work, or under another name: decisions before keep theirs."""
        if self.is_open:
            self._the_workspace().sit()
            self.changed.emit(Changes(settings=True), self)
        self.reviewer_changed.emit()

    def put_to_use(self, version: int) -> None:
        """Put an earlier version back to use, or one that the comparison held back."""

        def restored() -> Changes:
            changes = self.desk.retraining.put_to_use(version)
            self.desk.session.replan()
            return changes

        if self.perform(restored) is not None:
            if self.scoring is not None:  # it scores with the model that was in use until now
                self.scoring.cancel()
                self.scoring = None
            self.catch_up()

    def close(self) -> None:
        """Stop everything: before the program ends."""
        self._leave()
        self._stop_jobs()
        self._jobs.close()
        self.worker.close()
        if self._workspace is not None:
            self._workspace.close()

    def _leave(self) -> None:
        """The project that is open may be closed."""
        if self.is_open:
            self.many.finish()
            self.planning.stop()
            self.closing.emit()

    def _the_workspace(self) -> "Workspace":
        if self._workspace is None:
            from hitl_desktop.workflow.workspace import Workspace

            self._workspace = Workspace(self.settings, self.reviewers)
        return self._workspace

    def _take_training(self, finished: "Finished") -> Changes:
        changes, _ = self.desk.retraining.commit(finished.snapshot, finished.trained, finished.ready)
        if changes.order:  # a version that is not put to use leaves the queue alone
            self.desk.session.replan()
        return changes

    def _train_when_due(self) -> None:
        if self.may_work and self.training is None and self.desk.retraining.is_due():
            self.train_now()

    def catch_up(self) -> None:
        """Score and rank what came to the pool, and learn from labels that came with it."""
        self.score_if_needed()
        self._train_when_due()
        self._may_prepare = True
        self.prepare_when_idle()

    def score_if_needed(self) -> None:
        """Score the pool when the model in use has not."""
        project = self.desk.project
        if project.model is None or project.is_scored or self.scoring is not None or not self.may_work:
            return
        request = project.score_request()

        def ended(job: Job) -> None:
            if self.scoring is not job:
                return
            self.scoring = None
            if job.state is JobState.DONE:
                self.perform(lambda: self._take_scores(cast("Scored", job.result)))
            elif isinstance(job.error, KnownError):
                self.tell(job.error, tr("Try again"), self.score_if_needed, until_open=True)

        self.scoring = self.start("score", lambda p, c: self.worker.run("score", request, p, c), ended)

    def _take_scores(self, scored: "Scored") -> Changes:
        changes = self.desk.project.take_scores(dict(scored.unreadable), scored.checks)
        self.desk.session.replan()
        if scored.unreadable:
            words = trn(
                "{n} item could not be read any more, and stays in the queue unscored.",
                "{n} items could not be read any more, and stay in the queue unscored.",
                len(scored.unreadable),
            )
            self.notified.emit(Message(words, "warn"))
        return changes

    def prepare_when_idle(self) -> None:
        """Make the features and ranks that are missing while the worker is free, unless a person has stopped that."""
        is_free = not self._running and not self.many.is_busy and self._may_prepare and self.may_work
        if not is_free or self.desk.project.is_prepared:
            return
        from hitl_desktop.workflow.training_beside import WorkBeside

        desk, beside, queue = self.desk, WorkBeside(self.desk.project), self.desk.session.waiting()

        def ended(job: Job) -> None:
            if self.preparing is not job:
                return
            self.preparing = None
            if job.state is JobState.DONE:
                self.perform(desk.session.take_order)
            elif not self._running:  # stopped by a person, or failed: not again by itself
                self._may_prepare = False
                if isinstance(job.error, KnownError):
                    self.tell(job.error, until_open=True)

        self.preparing = self.start("prepare", lambda p, c: beside.rank(queue, self.worker, p, c), ended)

    def _stop_jobs(self) -> None:
        self.quick.close()
        for job in (self.training, self.scoring, self.preparing):
            if job is not None:
                job.cancel()
        self.training = self.scoring = self.preparing = None

    @Slot(object)
    def _on_job(self, job: Job) -> None:
        """News of a job, on the window's thread. Its end is told once, however late the news before it arrive."""
        if job not in self._running:
            return
        if job.ended:
            self._running.discard(job)
            ending = self._endings.pop(job, None)
            if job.state is JobState.FAILED and not isinstance(job.error, KnownError) and not job.cancel_asked:
                self.troubles.take(job.error or RuntimeError(), BACKGROUND, is_logged=True)
            if ending is not None:
                ending(job)
        self.job_changed.emit(job)
        self.prepare_when_idle()
