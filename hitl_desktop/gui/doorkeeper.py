"""Keeps the door of the open project: shows who is asked for in its place, until somebody has signed in."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QStackedWidget, QWidget

from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.locking import IdleLock
from hitl_desktop.gui.views.reviewers.sign_in_page import SignInPage
from hitl_desktop.language import tr

OPEN_TO_ALL: Final = frozenset({"new_project", "close_project", "quit", "keys"})
"""Commands that need nobody to have signed in."""


class Doorkeeper(QObject):
    """`passed()` when what was asked for has been said, `changed()` when it begins or ends to ask; `close_wanted()`
    when the project is to be closed instead.
    """

    passed = Signal()
    changed = Signal()
    close_wanted = Signal()

    def __init__(self, context: Context, stack: QStackedWidget, window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self._stack = stack
        self._window = window
        self._page: SignInPage | None = None
        self._behind: QWidget | None = None
        self._idle = IdleLock(context.bridge, context.settings, self)
        self._idle.idle.connect(self.lock)
        context.bridge.project_changed.connect(self._project_changed)

    @property
    def is_asking(self) -> bool:
        """True while the page that asks is in the place of the project."""
        return self._page is not None and self._stack.currentWidget() is self._page

    @property
    def page(self) -> SignInPage:
        """The page that asks; made when it is first needed."""
        if self._page is None:
            self._page = page = SignInPage(self._context)
            page.signed_in.connect(self._signed_in)
            page.left.connect(self._back)
            page.close_wanted.connect(self.close_wanted)
            self._stack.addWidget(page)
        return self._page

    def stops(self) -> bool:
        """Ask, if nobody has said who is there; True when it does, and the project has to wait."""
        if not self._context.bridge.is_open or not self._context.bridge.reviewers.is_locked:
            return False
        self._behind = None
        self._ask()
        return True

    def switch(self) -> None:
        """Somebody else may begin; Esc goes back."""
        if not self.is_asking and self._context.bridge.is_open:
            self._behind = self._stack.currentWidget()
            self._ask()

    def lock(self) -> None:
        """Ask for the password again, with whatever stands open closed."""
        reviewers = self._context.bridge.reviewers
        if not self._context.bridge.is_open or not reviewers.can_lock or reviewers.is_locked:
            return
        behind = self._behind if self.is_asking else self._stack.currentWidget()
        reviewers.lock()
        self._context.bridge.follow_reviewer()
        for dialog in self._window.findChildren(QDialog):
            dialog.reject()
        self._behind = behind
        self._ask()

    def follow_settings(self) -> None:
        """The minutes, or the password, are others."""
        self._idle.follow()

    def close(self) -> None:
        """Before the window goes."""
        self._idle.stop()

    def _ask(self) -> None:
        self.page.ask()
        self._stack.setCurrentWidget(self.page)
        self.changed.emit()

    def _signed_in(self) -> None:
        self._context.bridge.follow_reviewer()
        self._idle.follow()
        behind = self._behind
        if behind is None:
            self._stack.setCurrentIndex(0)
            self.passed.emit()
        else:
            self._stack.setCurrentWidget(behind)
        self._behind = None
        self.changed.emit()

    def _back(self) -> None:
        if self._behind is not None and not self._context.bridge.reviewers.is_locked:
            self._stack.setCurrentWidget(self._behind)
            self._behind = None
            self.changed.emit()

    def _project_changed(self) -> None:
        self._idle.follow()
        reviewers = self._context.bridge.reviewers
        if self._context.bridge.is_open and reviewers.was_broken:
            reviewers.was_broken = False
            words = tr("The list of reviewers could not be read. It was set aside, and begins anew with you alone.")
            if not reviewers.is_readable:
                words = tr("The list of reviewers cannot be read now. It is left as it is; start again once it can be.")
            self._context.bridge.notified.emit(Message(words, "warn"))
