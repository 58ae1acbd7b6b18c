"""The field for the reasons of a project: one in a line, the first nine on the digits."""

from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.setting_fields import CONTROL_WIDTH
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr

_HEIGHT = 84


class ReasonsField(QPlainTextEdit):
    """Keeps what was typed when it is left."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.note = PlainLabel(
            tr("One in a line, at most nine. With the moderation keys, the digits write them into the note."),
            "small",
            "text2",
            wrap=True,
        )
        self.setTabChangesFocus(True)
        self.setFixedHeight(context.theme.px(_HEIGHT))
        self.setMinimumWidth(context.theme.px(CONTROL_WIDTH))
        self.setAccessibleName(tr("Reasons for decisions, one in a line"))

    def show_reasons(self) -> None:
        """Show those of the open project."""
        bridge = self._context.bridge
        self.setEnabled(bridge.is_open)
        if not self.hasFocus():
            self.setPlainText("\n".join(self._reasons()))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        bridge = self._context.bridge
        typed = self.toPlainText().splitlines()
        if bridge.is_open and tuple(typed) != self._reasons():
            from hitl_desktop.workflow.reasons import set_reasons

            bridge.perform(lambda: set_reasons(bridge.desk.project.store, typed), self)
            self.show_reasons()

    def _reasons(self) -> tuple[str, ...]:
        if not self._context.bridge.is_open:
            return ()
        from hitl_desktop.workflow.reasons import reasons_of

        return reasons_of(self._context.bridge.desk.project.store)
