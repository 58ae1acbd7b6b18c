"""The queue ordered anew beside the window: a million items take longer than a frame."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.beside import Beside

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.gui.bridge import Bridge
    from hitl_desktop.workflow.planning import Planned

_MOST_TRIES: Final = 3


class Planning(QObject):
    """Belongs to the bridge. The order of before holds until the new one is there, then it is published."""

    def __init__(self, bridge: "Bridge") -> None:
        super().__init__(bridge)
        self._bridge = bridge
        self._tries = 0
        self._beside = Beside(self)
        self._beside.answered.connect(self._take)
        self._timer = QTimer(self)  # what one operation asks for several times is worked out once
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)

    @property
    def is_busy(self) -> bool:
        """True until the queue is in the order that was asked for."""
        return self._timer.isActive() or self._beside.is_busy

    def follow(self) -> None:
        """Order the queue of the project that was just opened."""
        session = self._bridge.desk.session
        session.plans_beside, session.parts_beside = self.ask, self._bridge.many.make
        self._bridge.desk.project.store.finish_parts = self._bridge.many.finish

    def ask(self) -> bool:
        """Have the queue ordered anew; False where the pool is so small that it is done at once."""
        from hitl_desktop.workflow.planning import AT_ONCE

        self._tries = 0
        if len(self._bridge.desk.project.pool) <= AT_ONCE:
            self.stop()
            return False
        self._timer.start(0)
        return True

    def stop(self) -> None:
        """Order nothing: the project is closed."""
        self._timer.stop()
        self._beside.stop()

    def _look(self) -> None:
        from hitl_desktop.workflow.planning import Planner, plan_question

        planner, asked = Planner(), plan_question(self._bridge.desk.project)
        self._tries += 1
        self._beside.look(planner, lambda: planner.answer(asked))

    def _take(self, answer: "Planned | Exception") -> None:
        if isinstance(answer, KnownError):
            self._bridge.tell(answer)
            return
        if isinstance(answer, Exception):
            raise answer
        session, project = self._bridge.desk.session, self._bridge.desk.project
        if answer.asked.known is None and answer.asked.rank.same_as(project.rank_question()):
            project.take_ranked(answer.asked.rank, answer.ranked)
        # The places of random checks follow from how many decisions there are; whoever decides faster than this is
        # worked out gets the order of a few decisions ago.
        if answer.asked.events != project.store.decisions.count() and self._tries < _MOST_TRIES:
            self._look()
            return
        self._bridge.perform(lambda: session.take_plan(answer), self)
