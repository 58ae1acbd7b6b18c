"""Care for the person who reviews: the guard against runs of one key, and the reminder of a break."""

from PySide6.QtCore import QObject, Signal

from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.review.break_reminder import BreakReminder
from hitl_desktop.gui.views.review.run_guard import RunGuard
from hitl_desktop.gui.views.review.run_guard_bar import RunGuardBar
from hitl_desktop.language import trn


class Care(QObject):
    """Watches the decisions of one page. `take_back(n)`: the last n decisions were not meant."""

    take_back = Signal(int)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._guard = RunGuard()
        self._reminder = BreakReminder(context.settings.value.break_minutes)
        self.bar = RunGuardBar(context)
        self.bar.go_on.connect(self.go_on)
        self.bar.take_back.connect(self.take_back_run)

    @property
    def is_asking(self) -> bool:
        """True while a run waits for an answer, and nothing is decided."""
        return self._guard.is_asking

    def decided(self, what: object, seconds: float) -> None:
        """A decision was made by a key that stands for `what`, after so many active seconds."""
        if self._context.settings.value.guard_runs and self._guard.decided(repr(what), seconds):
            self.bar.ask(self._guard.run)

    def go_on(self) -> None:
        """The decisions were meant."""
        self._guard.answered()
        self.bar.hide()

    def take_back_run(self) -> None:
        """The decisions were not meant."""
        run = self._guard.run
        self.go_on()
        self.take_back.emit(run)

    def tick(self, worked: float) -> None:
        """Called once a second with the active time on all pages."""
        self._reminder.minutes = self._context.settings.value.break_minutes
        if self._reminder.tick(worked):
            minutes = self._reminder.minutes
            words = trn(
                "{n} minute of work without a pause. Your work is saved: a short break rests the eyes.",
                "{n} minutes of work without a pause. Your work is saved: a short break rests the eyes.",
                minutes,
            )
            self._context.bridge.notified.emit(Message(words))
