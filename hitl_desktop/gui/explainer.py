"""Explanations for the window, from a process of their own: a training keeps nobody waiting who asks why."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.explanations import Comparison, Explanation
from hitl_desktop.gui.bridge import Bridge
from hitl_desktop.language import tr
from hitl_desktop.workflow.explain_request import explain_request
from hitl_desktop.workflow.jobs import Job, Jobs, JobState
from hitl_desktop.workflow.worker import WorkerProcess

if TYPE_CHECKING:
    from hitl_desktop.workflow.mark_effect_request import MarkEffectRequest

_GRACE_SECONDS: Final = 0.1
_KEPT: Final = 2
"""The item on screen, and the one after it."""
_Asked = tuple[int, int, Comparison | None, int]


class Explainer(QObject):
    """Explains one item after another; of those asked for meanwhile, only the last one.

    `explained(Explanation)` and `failed(KnownError)` answer `ask`; `weighed(MarkEffect)` and `not_weighed(KnownError)`
    answer `weigh`, which waits for what is being explained. The process starts with the first item and ends when
    the project is closed.
    """

    explained = Signal(object)
    failed = Signal(object)
    weighed = Signal(object)
    not_weighed = Signal(object)
    _news = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._worker = WorkerProcess(grace=_GRACE_SECONDS)
        self._jobs = Jobs(self._news.emit)
        self._news.connect(self._heard)
        self._running: Job | None = None
        self._is_wanted = False
        self._next: tuple[int, int, Comparison | None, bool] | None = None
        self._following: tuple[int, int] | None = None
        self._weigh: MarkEffectRequest | None = None
        self._asked: _Asked | None = None
        self._ready: dict[_Asked, Explanation] = {}
        bridge.closing.connect(self.close)
        bridge.changed.connect(self._follow)

    @property
    def is_busy(self) -> bool:
        """True while an item is being explained."""
        return self._running is not None

    def ask(self, index: int, version: int, comparison: Comparison | None = None) -> None:
        """Explain an item of the open project under a version of its model.

        What was explained ahead, and follows from the same decisions, is there at once.
        """
        asked = self._with_decisions(index, version, comparison)
        if asked in self._ready:
            self._next = None
            self.explained.emit(self._ready[asked])
        elif self._running is not None and self._asked == asked:
            self._next, self._is_wanted = None, True
        else:
            self._take((index, version, comparison, True))

    def prepare(self, index: int, version: int, following: int | None = None) -> None:
        """Have an item explained ahead, so that asking for it is answered at once. Nothing is signalled. Then comes the
        item `following` it: the process keeps the most of its explanation for when it is on screen.
        """
        self._following = None if following is None else (following, version)
        if self._next is None or not self._next[3]:
            self._take((index, version, None, False))

    def weigh(self, request: "MarkEffectRequest | None") -> None:
        """Find out what marks change; of several requests only the last. None: nobody asks any more."""
        self._weigh = request
        if self._running is None:
            self._start()

    def close(self) -> None:
        """Drop what is asked for, and end the process."""
        self._next = self._following = self._weigh = None
        self._running = None
        self._asked = None
        self._ready.clear()
        self._jobs.close()
        self._worker.close()

    def _with_decisions(self, index: int, version: int, comparison: Comparison | None) -> _Asked:
        """The question with the number of decisions made: the nearest decided items follow from them."""
        return index, version, comparison, self._bridge.desk.project.store.decisions.count()

    def _follow(self, changes: Changes) -> None:
        """What was explained ahead may be out of date."""
        if changes.classes or changes.model or changes.pool or changes.settings:
            self._ready.clear()

    def _take(self, wanted: tuple[int, int, Comparison | None, bool]) -> None:
        self._next = wanted
        if self._running is None:
            self._start()

    def _start(self) -> None:
        if not self._bridge.is_open:
            return
        if self._next is None or (self._weigh is not None and not self._next[3]):
            self._start_weighing()  # before what nobody has asked for yet
            return
        index, version, comparison, self._is_wanted = self._next
        self._next = None
        self._asked = self._with_decisions(index, version, comparison)
        try:
            request = explain_request(self._bridge.desk.project, index, version, comparison)
        except KnownError as error:
            if self._is_wanted:
                self.failed.emit(error)
            return
        self._running = self._jobs.start("explain", lambda p, c: self._worker.run("explain", request, p, c))

    def _start_weighing(self) -> None:
        request, self._weigh, self._asked = self._weigh, None, None
        if request is not None:
            self._running = self._jobs.start("weigh", lambda p, c: self._worker.run("mark_effect", request, p, c))

    def _heard_weighed(self, job: Job) -> None:
        if self._weigh is not None:  # other marks are asked about by now
            return
        if job.state is JobState.DONE:
            self.weighed.emit(job.result)
        elif job.state is JobState.FAILED:
            self.not_weighed.emit(_known(job))

    @Slot(object)
    def _heard(self, job: Job) -> None:
        if job is not self._running or not job.ended:
            return
        self._running = None
        if job.name == "weigh":
            self._heard_weighed(job)
            self._start()
            return
        if self._asked is not None and job.state is JobState.DONE and isinstance(job.result, Explanation):
            self._ready[self._asked] = job.result
            while len(self._ready) > _KEPT:
                del self._ready[next(iter(self._ready))]
        if self._is_wanted:
            if job.state is JobState.DONE and isinstance(job.result, Explanation):
                self.explained.emit(job.result)
            elif job.state is JobState.FAILED:
                self.failed.emit(_known(job))
        if self._following is not None and self._next is None:
            self._next, self._following = (*self._following, None, False), None
        self._start()


def _known(job: Job) -> KnownError:
    """Why a job failed, in words; anything that nobody expected was logged already."""
    if isinstance(job.error, KnownError):
        return job.error
    return KnownError(tr("The reasons could not be worked out."), tr("Your work is safe."))
