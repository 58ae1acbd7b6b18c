"""The row of tools above the item: what the viewer offers, and the button that hides the panel."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import printed
from hitl_desktop.gui.theme.tokens import TOOL_ROW
from hitl_desktop.gui.viewers.viewer import ItemViewer, ToolAction
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.language import tr

_WORDED = frozenset({"fit", "find"})


class ToolRow(QFrame):
    """36 high; rebuilt only when the viewer's tools change."""

    panel_toggled = Signal()
    why_toggled = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "surface")
        self.setAccessibleName(tr("Tools"))
        self._context = context
        self._buttons: list[tuple[ToolAction, Button]] = []
        self.setFixedHeight(context.theme.px(TOOL_ROW))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 0, 8, 0)
        self._row.setSpacing(2)
        self._row.addStretch(1)
        self.why = Button(
            context.theme, tr("Why?"), "quiet", icon="lightbulb", key=context.keymap.caption("why"), size="small"
        )
        self.why.setAccessibleName(tr("Why does the model think so?"))
        self.why.setCheckable(True)
        self.why.setEnabled(False)
        self.why.clicked.connect(self.why_toggled)
        self._row.addWidget(self.why)
        panel = Button(context.theme, "", "quiet", icon="panel-right", size="small")
        panel.setAccessibleName(tr("Show or hide the decision panel"))
        panel.setToolTip(plain_tooltip(tr("Panel ({key})", key=context.keymap.caption("panel"))))
        panel.clicked.connect(self.panel_toggled)
        self._row.addWidget(panel)

    def show_tools(self, viewer: ItemViewer) -> None:
        """Take over what the viewer offers now."""
        actions = viewer.tool_actions()
        if [action.id for action, _ in self._buttons] != [action.id for action in actions]:
            self._rebuild(actions)
        for (_, button), action in zip(self._buttons, actions, strict=True):
            button.setCheckable(action.checkable)
            button.setChecked(action.checked)

    def show_why(self, *, is_open: bool, may_open: bool) -> None:
        """Whether the reasons of the model are shown, and may be."""
        self.why.setEnabled(may_open)
        self.why.setChecked(is_open and may_open)
        hidden = tr("There is no suggestion in view to give reasons for.")
        self.why.setToolTip(plain_tooltip(tr("Why does the model think so?") if may_open else hidden))

    def _rebuild(self, actions: list[ToolAction]) -> None:
        for _, button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        for place, action in enumerate(actions):
            # Two tools carry their word; the icons of the others are common enough, and have tooltips.
            word = action.text if action.id in _WORDED else ""
            button = Button(self._context.theme, word, "quiet", icon=action.icon, size="small")
            button.setAccessibleName(action.text)
            named = tr("{tool} ({key})", tool=action.text, key=printed(action.key, "+")) if action.key else action.text
            button.setToolTip(plain_tooltip(named))
            button.clicked.connect(lambda _checked=False, call=action.callback: call())
            self._row.insertWidget(place, button)
            self._buttons.append((action, button))
