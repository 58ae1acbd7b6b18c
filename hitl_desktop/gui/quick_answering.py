"""Quick answers while one decides: made in a thread beside the window after every decision, shown when they are there.

The item on screen keeps its suggestion. What waits in the queue shows the new one, and so does what comes next.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from hitl_desktop.domain.changes import Changes
from hitl_desktop.gui.beside import Beside
from hitl_desktop.workflow.troubles import BACKGROUND

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    import numpy as np
    import numpy.typing as npt

    from hitl_desktop.gui.bridge import Bridge
    from hitl_desktop.workflow.looking import Looking
    from hitl_desktop.workflow.quick import Agreement, QuickAnswers, QuickRequest

_SHOWN_NEXT = 120
"""Items of the queue that are answered in the thread: more than a high window has rows for."""


class QuickAnswering(QObject):
    """Belongs to the bridge, which tells it what has changed with `follow`.

    `answered()` when there are new quick answers, or none any more; `counted()` when it is known how many suggestions
    they change, which is `changed` (None until then).
    """

    answered = Signal()
    counted = Signal()

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._bridge = bridge
        self._answering, self._counting, self._comparing = Beside(self), Beside(self), Beside(self)
        self._answering.answered.connect(self._take)
        self._counting.answered.connect(self._take_count)
        self._comparing.answered.connect(self._take_agreement)
        self._request: QuickRequest | None = None
        self.changed: int | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._look)

    @property
    def is_busy(self) -> bool:
        """True while an answer is due or being made."""
        return self._timer.isActive() or any(
            beside.is_busy for beside in (self._answering, self._counting, self._comparing)
        )

    def follow(self, changes: Changes) -> None:
        """Something has changed; what the key shows is painted first."""
        if changes.model:
            self._compare()
        if changes.decisions or changes.model or changes.pool or changes.classes or changes.settings:
            self._timer.start()

    def close(self) -> None:
        """Stop, and wait for the threads: the project is to be closed."""
        self._timer.stop()
        self._request, self.changed = None, None
        for beside in (self._answering, self._counting, self._comparing):
            beside.close()

    def _look(self) -> None:
        bridge = self._bridge
        if not bridge.may_work:
            return
        from hitl_desktop.workflow.looking import Looking
        from hitl_desktop.workflow.quick import answered, quick_request

        project = bridge.desk.project
        before = self._request if self._request is not None and project.is_scored else None
        is_same = before is not None and project.model is not None and before.version == project.model.version
        rows = before.rows if before is not None and is_same and len(before.rows) == len(project.pool) else None
        # A copy: the order of asking is changed in place, and a part of it would keep all of it.
        request = quick_request(project, rows, bridge.desk.session.waiting()[:_SHOWN_NEXT].copy())
        if request is None:
            self._answering.stop()
            self._counting.stop()
            if project.quick is not None:
                self._show(None)
            if not is_same:
                self._request = None
            return
        self._request = request
        self._counting.stop()
        self._answering.look(Looking(), partial(answered, request))

    def _take(self, answer: object) -> None:
        if isinstance(answer, Exception):
            self._bridge.troubles.take(answer, BACKGROUND)
            return
        self._show(answer)  # type: ignore[arg-type]

    def _show(self, answers: QuickAnswers | None) -> None:
        bridge = self._bridge
        project = bridge.desk.project
        if answers is not None and (project.model is None or answers.version != project.model.version):
            return
        project.quick, self.changed = answers, None
        self.answered.emit()
        if answers is not None:
            looking = self._looking()
            self._counting.look(looking, partial(_count, answers, project.pool.undecided(), looking))

    def _looking(self) -> Looking:
        from hitl_desktop.workflow.looking import Looking

        return Looking()

    def _take_count(self, answer: object) -> None:
        if isinstance(answer, int):
            self.changed = answer
            self.counted.emit()

    def _compare(self) -> None:
        """A version has come: how far the quick answers before it had foreseen it."""
        request, model = self._request, self._bridge.desk.project.model
        if request is None or model is None or model.version == request.version or model.origin != "trained":
            return
        looking = self._looking()
        scores = self._bridge.desk.project.scores_file(model.version)
        work = partial(_agree, request, model.version, model.after_decision, scores, looking)
        self._comparing.look(looking, work)

    def _take_agreement(self, answer: object) -> None:
        from hitl_desktop.workflow import quick

        if isinstance(answer, quick.Agreement) and self._bridge.may_work:
            quick.keep(self._bridge.desk.project, answer)
            self.counted.emit()


def _count(answers: QuickAnswers, among: npt.NDArray[np.int64], looking: Looking) -> int:
    from hitl_desktop.workflow.quick import changed

    return changed(answers, among, looking.check)


def _agree(request: QuickRequest, version: int, upto: int, scores: object, looking: Looking) -> Agreement | None:
    """Quick answers made of what the full fit knew, beside the full fit."""
    from pathlib import Path

    from hitl_desktop.workflow.quick import agreement, answered

    answers = answered(request, upto)
    return None if answers is None else agreement(answers, version, Path(str(scores)), looking.check)
