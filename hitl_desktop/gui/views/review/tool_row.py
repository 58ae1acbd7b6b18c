"""The row of tools above the item: what the viewer offers, and the button that hides the panel."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QPoint, QSize, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import printed
from hitl_desktop.gui.theme.tokens import SPACE_8, TOOL_ROW
from hitl_desktop.gui.viewers.viewer import ItemViewer, ToolAction
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.key_menu import KeyMenu
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.language import tr

_ICON_ONLY: Final = 32
_GAP: Final = 2
QWIDGETSIZE_MAX: Final = 16_777_215


class ToolRow(QFrame):
    """36 high; rebuilt only when the viewer has other tools, or one looks different. `more` holds what has no room."""

    panel_toggled = Signal()
    why_toggled = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "surface")
        self.setAccessibleName(tr("Tools"))
        self._context = context
        self._actions: dict[str, ToolAction] = {}
        self._buttons: dict[str, Button] = {}
        self._looks: list[tuple[object, ...]] = []
        self._viewer: ItemViewer | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show_due)
        self.setFixedHeight(context.theme.px(TOOL_ROW))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 0, 8, 0)
        self._row.setSpacing(_GAP)
        self._tools = QHBoxLayout()
        self._tools.setSpacing(_GAP)
        self._row.addLayout(self._tools)
        self.more = Button(context.theme, "", "quiet", icon="chevron-down", size="small")
        self.more.setAccessibleName(tr("More tools"))
        self.more.setToolTip(plain_tooltip(tr("More tools")))
        self.more.setCheckable(True)
        self.more.setFixedWidth(context.theme.px(_ICON_ONLY))
        self.more.clicked.connect(self._show_others)
        self.more.hide()
        self._others: list[str] = []
        self._row.addWidget(self.more)
        self._row.addStretch(1)
        # Its word stands on the panel, which may be hidden.
        self.why = Button(context.theme, "", "quiet", icon="lightbulb", size="small")
        self._why = tr("Why does the model think so?")
        self.why.setAccessibleName(self._why)
        self._why_tip = tr("{tool} ({key})", tool=self._why, key=context.keymap.caption("why"))
        self.why.setCheckable(True)
        self.why.setEnabled(False)
        self.why.clicked.connect(self.why_toggled)
        self._row.addWidget(self.why)
        panel = Button(context.theme, "", "quiet", icon="panel-right", size="small")
        panel.setAccessibleName(tr("Show or hide the decision panel"))
        panel.setToolTip(plain_tooltip(tr("Panel ({key})", key=context.keymap.caption("panel"))))
        panel.clicked.connect(self.panel_toggled)
        self._row.addWidget(panel)
        self._fixed = (self.why, panel)
        for button in self._fixed:
            button.setFixedWidth(context.theme.px(_ICON_ONLY))

    def show_soon(self, viewer: ItemViewer) -> None:
        """As `show_tools`, once the item that has come is painted: from item to item they hardly ever differ."""
        self._viewer = viewer
        self._soon.start()

    def _show_due(self) -> None:
        if self._viewer is not None:
            self.show_tools(self._viewer)

    def show_tools(self, viewer: ItemViewer) -> None:
        """Take over what the viewer offers now."""
        actions = viewer.tool_actions()
        looks = [self._look(action) for action in actions]
        self._actions = {action.id: action for action in actions}
        if looks != self._looks:
            self._looks = looks
            self._rebuild()
        self._show_states()

    def _show_states(self) -> None:
        for action in self._actions.values():
            button = self._buttons[action.id]
            button.setCheckable(action.checkable)
            button.setChecked(action.checked)
        self.more.setChecked(any(self._actions[tool].checked for tool in self._others))

    def button(self, tool: str) -> Button | None:
        """The button of a tool, by the tool's id."""
        return self._buttons.get(tool)

    def show_why(self, *, is_open: bool, may_open: bool) -> None:
        """Whether the reasons of the model are shown, and may be."""
        self.why.setEnabled(may_open)
        self.why.setChecked(is_open and may_open)
        hidden = tr("There is no suggestion in view to give reasons for.")
        self.why.setToolTip(plain_tooltip(self._why_tip if may_open else hidden))

    def _rebuild(self) -> None:
        focused = next((tool for tool, button in self._buttons.items() if button.hasFocus()), None)
        while (taken := self._tools.takeAt(0)) is not None:
            if (widget := taken.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._buttons = {}
        for action in self._actions.values():
            if action.starts_group and self._buttons:
                self._tools.addSpacing(SPACE_8)
            self._buttons[action.id] = self._made(action)
            self._tools.addWidget(self._buttons[action.id])
        order = [*self._buttons.values(), self.more, *self._fixed]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        if focused in self._buttons:
            self._buttons[focused].setFocus()
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """All tools may go into the menu: those that are shown now must not keep the row from becoming narrower."""
        wide = 4 * SPACE_8 + (len(self._fixed) + 1) * (self._context.theme.px(_ICON_ONLY) + _GAP)
        return QSize(wide, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Words stand beside the icons where all of them have room; a word that is cut off says nothing. Where even
        the icons have none, the last tools are in a menu at the end of the row.
        """
        worded = {tool: action for tool, action in self._actions.items() if action.worded and tool in self._buttons}
        for tool, action in worded.items():
            self._word(tool, action.text)
        fixed = 4 * SPACE_8 + sum(button.maximumWidth() + _GAP for button in self._fixed)
        if fixed + self._wide(self._actions) > self.width():
            for tool in worded:
                self._word(tool, "")
        shown = list(self._actions)
        if fixed + self._wide(shown) > self.width():
            fixed += self._context.theme.px(_ICON_ONLY) + _GAP
            while shown and fixed + self._wide(shown) > self.width():
                shown.pop()
        for tool, button in self._buttons.items():
            button.setVisible(tool in shown)
        self._others = [tool for tool in self._actions if tool not in shown]
        self.more.setVisible(bool(self._others))
        self.more.setChecked(any(self._actions[tool].checked for tool in self._others))

    def _wide(self, tools: Iterable[str]) -> int:
        """The room for some tools. Summed here, as the layout does not know before the next turn of the event loop."""
        width = 0
        for tool in tools:
            button = self._buttons[tool]
            gap = _GAP + (SPACE_8 if self._actions[tool].starts_group and width else 0)
            width += min(button.sizeHint().width(), button.maximumWidth()) + gap
        return width

    def _show_others(self) -> None:
        """The tools that have no room, with their words and keys."""
        menu = KeyMenu(self)
        menu.setAccessibleName(self.more.accessibleName())
        for tool in self._others:
            action = self._actions[tool]
            words, key = action.text.replace("&", "&&"), self._key(action)
            entry = menu.addAction(f"{words}\t{key}" if key else words)
            entry.setIcon(self._context.theme.icon(action.icon))
            entry.setCheckable(action.checkable)
            entry.setChecked(action.checked)
            entry.triggered.connect(lambda _checked=False, tool=tool: self._use(tool, self.more))
        self.more.setChecked(any(self._actions[tool].checked for tool in self._others))  # a click turned it
        self._pop_up(menu, self.more)

    def _pop_up(self, menu: QMenu, below: Button) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(below.mapToGlobal(QPoint(0, below.height())))

    def _word(self, tool: str, word: str) -> None:
        button = self._buttons[tool]
        if button.label() != word:
            button.set_label(word)
            button.setAccessibleName(self._actions[tool].text)
        button.setMaximumWidth(QWIDGETSIZE_MAX if word else self._context.theme.px(_ICON_ONLY))

    def _made(self, action: ToolAction) -> Button:
        # A few tools carry their word; the icons of the others are common enough, and have tooltips.
        word = action.text if action.worded else ""
        button = Button(self._context.theme, word, "quiet", icon=action.icon, size="small")
        if not word:
            button.setFixedWidth(self._context.theme.px(_ICON_ONLY))
        button.setAccessibleName(action.text)
        key = self._key(action)
        named = tr("{tool} ({key})", tool=action.text, key=key) if key else action.text
        button.setToolTip(plain_tooltip(named))
        button.clicked.connect(lambda _checked=False, tool=action.id: self._use(tool))
        return button

    def _use(self, tool: str, button: Button | None = None) -> None:
        action = self._actions[tool]
        if not action.menu:
            action.callback()
            return
        menu = KeyMenu(self)
        menu.setAccessibleName(action.text)
        for choice in action.menu:
            # An ampersand in a name that a file gives would be taken for the mark of a shortcut.
            words = choice.text.replace("&", "&&")
            entry = menu.addAction(f"{words}\t{choice.key}" if choice.key else words)
            entry.setCheckable(choice.checkable)
            entry.setChecked(choice.checked)
            entry.triggered.connect(lambda _checked=False, call=choice.callback: call())
        self._pop_up(menu, button or self._buttons[tool])

    def _key(self, action: ToolAction) -> str:
        """The key of a tool in the profile in force, as it is printed."""
        keys = self._context.keymap.keys
        return printed(keys[action.id][0] if keys.get(action.id) else "" if action.id in keys else action.key, "+")

    def _look(self, action: ToolAction) -> tuple[object, ...]:
        """What a button shows besides its state."""
        return action.id, action.text, action.icon, self._key(action), action.worded, action.starts_group
