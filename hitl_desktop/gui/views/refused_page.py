"""What stands in place of a page that could not find out what it shows: why, what to do, and another try."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers.error_page import ErrorPage
from hitl_desktop.language import tr


class RefusedPage(ErrorPage):
    """`again_wanted()` when a person wants it to be tried again."""

    again_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent, icon="triangle-alert", ground="window")
        self.set_buttons([(tr("Try again"), "", self.again_wanted.emit)])

    def show_error(self, error: Exception) -> None:
        """Say what happened and what to do; of what is our own fault, that the work is safe."""
        known = isinstance(error, KnownError)
        reason = str(error) if known else tr("Something went wrong in the background. Your work is safe.")
        self.show_reason(tr("This page cannot be shown for now."), reason)
        self.setAccessibleName(f"{self.title} {self.reason}")
