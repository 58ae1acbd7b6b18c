"""Drives the automatic while a project is open: a few decisions in a turn of the event loop, never a stall.

It decides on the window's thread, between two events, so never while a person's decision is being made; after one it
waits a moment. What it did is published at most twice a second.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.language import trn

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.domain.automation import AutomationState, Scope
    from hitl_desktop.gui.bridge import Bridge
    from hitl_desktop.workflow.automation import Basis
    from hitl_desktop.workflow.certifying import Coverage

_PACE_MS: Final = 40
"""Between two turns."""
_AFTER_A_PERSON_MS: Final = 250
_PUBLISH_SECONDS: Final = 0.5
_TARGET_SECONDS: Final = 0.006
"""A turn should take so much of the processor; the number of items in it follows. The disk takes its own time."""
_LEAST, _MOST = 10, 400


class Autopilot(QObject):
    """Belongs to the bridge, which tells it what has changed with `follow`. Everything it does is published there."""

    def __init__(self, bridge: "Bridge") -> None:
        super().__init__(bridge)
        self._bridge = bridge
        self._limit = 50
        self._pending = NOTHING
        self._coverage: Coverage | None = None
        self._published = 0.0
        self._is_telling = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.turn)

    @property
    def is_resting(self) -> bool:
        """True while there is nothing to do until something changes."""
        return not self._timer.isActive()

    def state(self) -> "AutomationState":
        """Whether it runs. A project must be open."""
        from hitl_desktop.workflow import automation

        return automation.state(self._bridge.desk.project)

    def basis(self) -> "Basis":
        """What permits it now. A project must be open."""
        from hitl_desktop.workflow import automation

        return automation.basis(self._bridge.desk.project)

    def why_not(self) -> str:
        """Why nothing is permitted, in words."""
        from hitl_desktop.workflow import automation

        return str(automation.why_not(self._bridge.desk.project))

    def wake(self) -> None:
        """A project was opened."""
        self._pending, self._coverage = NOTHING, None
        self._timer.start(_AFTER_A_PERSON_MS)

    def follow(self, changes: Changes) -> None:
        """Something has changed, so that there may be something to do."""
        if changes.routing or changes.model or changes.pool or changes.classes or changes.order:
            self._coverage = None
        if not self._is_telling:
            is_person = changes.decisions or bool(changes.items)
            self._timer.start(_AFTER_A_PERSON_MS if is_person else _PACE_MS)

    def turn(self) -> None:
        """Decide a few items, or go on with a recall."""
        bridge = self._bridge
        if not bridge.may_work or bridge.scoring is not None or bridge.many.is_busy:  # it is told how these end
            return
        from hitl_desktop.workflow import automation, certifying

        desk = bridge.desk
        began = time.thread_time()
        try:
            session = desk.session
            spare = [] if session.current is None else [session.current, *session.upcoming(1)]
            if self._coverage is None:
                self._coverage = certifying.coverage(desk.project)
            changes = automation.tick(desk.project, self._limit, spare, self._coverage)
        except KnownError as error:  # the disk refuses: it rests until something changes
            bridge.tell(error)
            return
        self._adapt(time.thread_time() - began)
        self._pending = self._pending | changes
        if changes is NOTHING:
            self._publish()
            self._look_after()
            return
        if time.perf_counter() - self._published > _PUBLISH_SECONDS:
            self._publish()
            self._look_after()
        self._timer.start(_PACE_MS)

    # ---- what a person does ----------------------------------------------------------------------------------------

    def pause(self, reason: str = "") -> None:
        """Stop at once."""
        from hitl_desktop.workflow import automation

        self._do(lambda: automation.pause(self._bridge.desk.project, self._by, reason))

    def resume(self, note: str) -> None:
        """Go on, with a note why."""
        from hitl_desktop.workflow import automation

        self._do(lambda: automation.resume(self._bridge.desk.project, self._by, note))

    def override(self, reason: str) -> None:
        """Allow it without a certificate."""
        from hitl_desktop.workflow import automation

        self._do(lambda: self._planned_anew(automation.override(self._bridge.desk.project, self._by, reason)))

    def end_override(self) -> None:
        """Take that back."""
        from hitl_desktop.workflow import automation

        self._do(lambda: self._planned_anew(automation.end_override(self._bridge.desk.project, self._by)))

    def recall(self, scope: "Scope", reason: str) -> None:
        """Begin to take decisions back; the turns go on with it."""
        from hitl_desktop.workflow import automation

        self._do(lambda: automation.recall(self._bridge.desk.project, scope, self._by, reason))

    def take_back(self, index: int) -> None:
        """Take back one decision."""
        from hitl_desktop.workflow import automation

        self._do(lambda: self._planned_anew(automation.take_back(self._bridge.desk.project, index, self._by)))

    @property
    def _by(self) -> str:
        return self._bridge.desk.session.reviewer

    def _planned_anew(self, changes: Changes) -> Changes:
        """The queue follows: what keeps watch has its places in it, and what was taken back too."""
        self._bridge.desk.session.replan()
        return changes

    def _do(self, operation: Callable[[], Changes]) -> None:
        if self._bridge.is_open:
            self._publish()
            self._bridge.perform(operation, self)

    def _publish(self) -> None:
        """Tell what was done since the last time."""
        self._published = time.perf_counter()
        if self._pending is NOTHING or not self._bridge.is_open:
            return
        pending, self._pending = self._pending, NOTHING
        if pending.order:
            self._bridge.desk.session.replan()
        elif pending.decisions:
            words = trn("{n} item decided automatically.", "{n} items decided automatically.", len(pending.items))
            pending = replace(pending, told=words)
        self._is_telling = True
        try:
            self._bridge.perform(lambda: pending, self)
        finally:
            self._is_telling = False

    def _look_after(self) -> None:
        """Pause where a figure has left its limit."""
        from hitl_desktop.workflow import monitoring

        self._bridge.perform(lambda: monitoring.look_after(self._bridge.desk.project), self)

    def _adapt(self, seconds: float) -> None:
        if seconds > _TARGET_SECONDS * 1.5:
            self._limit = max(_LEAST, self._limit * 2 // 3)
        elif seconds < _TARGET_SECONDS / 2:
            self._limit = min(_MOST, self._limit * 3 // 2)
