"""The one key filter of the review page: it reads the keymap in force, so caps and keys cannot differ."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from hitl_desktop.gui.context import Context

if TYPE_CHECKING:
    from hitl_desktop.gui.views.review.page import ReviewPage

ESCALATE = 2
"""The place of the third class, which escalates in moderation."""


class ReviewKeys:
    """Turns key presses into calls of the page. Held keys never decide twice. `commands` are the ones it knows."""

    def __init__(self, page: "ReviewPage", context: Context) -> None:
        self._page = page
        self._keymap = context.keymap
        self.commands: dict[str, Callable[[], None]] = {
            "confirm": page.confirm,
            "none": page.find_nothing,
            "skip": lambda: page.act("skip"),
            "unsure": lambda: page.act("unsure"),
            "flag": lambda: page.act("flag"),
            "note": page.own.edit_note,
            "other_class": page.pick_class,
            "why": page.why.toggle,
            "why_other": page.why.compare_with_another,
            "previous": lambda: page.step(-1),
            "next": lambda: page.step(1),
            "filter": page.queue.focus_search,
            "mark_box": lambda: page.marking.take_or_put("box"),
            "mark_ellipse": lambda: page.marking.take_or_put("ellipse"),
            "mark_arrow": lambda: page.marking.take_or_put("arrow"),
            "mark_words": page.marking.mark_words,
            "mark_counts": lambda: page.counting.say(True),
            "mark_counts_not": lambda: page.counting.say(False),
            "next_mark": lambda: page.marking.select_next(1),
            "previous_mark": lambda: page.marking.select_next(-1),
            "mark_class": page.marking.pick_class,
            "mark_remove": page.marking.remove,
        }

    def handle(self, watched: QObject, event: QKeyEvent) -> bool:
        """True when the key was used up."""
        try:
            return self._handle(watched, event)
        except Exception:
            # Left to Qt, an exception in a filter can end the program: it goes the way of every other one.
            sys.excepthook(*sys.exc_info())
            return True

    def _handle(self, watched: QObject, event: QKeyEvent) -> bool:
        page = self._page
        focus = QApplication.focusWidget()
        if (
            not isinstance(watched, QWidget)
            or watched is not (focus or watched)
            or watched.window() is not page.window()
        ):
            return False
        if QApplication.activePopupWidget() is not None or QApplication.activeModalWidget() is not None:
            return False
        if _takes_text(focus):
            return self._leave_field(focus, event)
        if page.care.is_asking and self._keymap.command(event) == "leave":
            page.care.go_on()
            return True
        if page.is_done or page.viewer is None:
            return False
        if _is_pressed_by_space(focus) and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        if page.own.handle_key(event) or page.marking.adjust(event) or self._decide(event):
            return True
        usual = self._keymap.usual(event)
        return usual is not None and page.viewer.handle_key(usual)

    def _decide(self, event: QKeyEvent) -> bool:
        page = self._page
        position = self._keymap.class_position(event)
        labels = page.panel.shown_labels
        if position is not None and position < len(labels):
            if not event.isAutoRepeat():
                page.choose(labels[position].id)
            return True
        if self._moderate(event, position):
            return True
        command = self._keymap.command(event)
        if command not in self.commands or (command == "none" and not page.is_several):
            return False
        if not event.isAutoRepeat() or command in ("previous", "next"):
            self.commands[command]()
        return True

    def _moderate(self, event: QKeyEvent, position: int | None) -> bool:
        """Where digits are reasons: they switch one on or off, and what escalates flags where no class does."""
        if self._keymap.digits != "reasons":
            return False
        digit, reasons = self._keymap.digit(event), self._page.panel.reasons.reasons
        if digit is None and position is None:
            return False
        if not event.isAutoRepeat():
            if digit is not None and digit < len(reasons):
                self._page.panel.action_block.toggle_reason(reasons[digit])
            elif position == ESCALATE:
                self._page.act("flag")
        return True

    def _leave_field(self, focus: QWidget | None, event: QKeyEvent) -> bool:
        """Esc leaves a text field; every other key belongs to it."""
        if event.key() == Qt.Key.Key_Escape and focus is not None and self._page.isAncestorOf(focus):
            viewer = self._page.viewer
            if viewer is not None and viewer.isAncestorOf(focus):
                return viewer.handle_key(event)
            self._page.own.leave_note()
            return True
        return False


def _takes_text(widget: QWidget | None) -> bool:
    if isinstance(widget, QPlainTextEdit):
        return not widget.isReadOnly()
    return isinstance(widget, QLineEdit | QAbstractSpinBox | QComboBox)


def _is_pressed_by_space(widget: QWidget | None) -> bool:
    """A button that the keyboard walked to is pressed by Space, as everywhere."""
    return isinstance(widget, QAbstractButton)
