"""The bar below the grid: what is chosen, and what can be done with all of it at once."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.domain.labels import Label
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_16, STRONG
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.flow import Flow
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import listed, mark, tr, trn
from hitl_desktop.workflow.bulk import Selected
from hitl_desktop.workflow.project import Project

_SAID: Final = 440
"""What is chosen, and what that is, needs such a width at the usual text size."""
_ACTIONS: Final = ("skip", "unsure", "flag")


class SelectionBar(QFrame):
    """Always there, so that nothing moves when the first tile is chosen; greyed out while nothing is.

    `confirm_wanted()`, `class_wanted()` (any class), `action_wanted(str)` (skip, unsure, flag), `alike_wanted()`,
    `compare_wanted()`, `clear_wanted()`.
    """

    confirm_wanted = Signal()
    class_wanted = Signal()
    action_wanted = Signal(str)
    alike_wanted = Signal()
    compare_wanted = Signal()
    clear_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "footer")
        self.setAccessibleName(tr("What is chosen"))
        self._context = context
        theme, caption = context.theme, context.keymap.caption
        self.count = PlainLabel("", "body", weight=STRONG)
        self.detail = PlainLabel("", "small", "text2", elide=True, cut="end")
        self.confirm = Button(theme, "", "primary", icon="check", key=caption("confirm_chosen"))
        self.other = Button(theme, tr("Another class…"), key=caption("other_class"))
        self.skip = Button(theme, tr("Skip"), "quiet", icon="skip-forward", key=caption("skip"))
        self.unsure = Button(theme, tr("Unsure"), "quiet", icon="circle-help", key=caption("unsure"))
        self.flag = Button(theme, tr("Flag"), "quiet", icon="flag", key=caption("flag"))
        self.alike = Button(theme, tr("Find alike"), "quiet", icon="layers", key=caption("alike"))
        self.compare = Button(theme, tr("Compare"), "quiet", icon="git-compare-arrows", key=caption("compare"))
        self.clear = Button(theme, "", "quiet", icon="x", key=caption("leave"))
        self.clear.setAccessibleName(tr("Choose nothing"))
        self._looking = (self.alike, self.compare)
        self._lay_out()
        self.confirm.clicked.connect(self.confirm_wanted)
        self.other.clicked.connect(self.class_wanted)
        for name in _ACTIONS:
            getattr(self, name).clicked.connect(lambda _checked=False, name=name: self.action_wanted.emit(name))
        self.alike.clicked.connect(self.alike_wanted)
        self.compare.clicked.connect(self.compare_wanted)
        self.clear.clicked.connect(self.clear_wanted)

    def show_selection(self, project: Project | None, selected: Selected, *, has_current: bool) -> None:
        """Say what is chosen, and what confirming would do."""
        some = selected.items > 0
        self.count.setText(
            trn("{n} chosen", "{n} chosen", selected.items) if some else tr("Choose items to decide them together")
        )
        self.detail.setText(_detail(project, selected) if project is not None and some else tr(_HOW))
        label = _one_suggestion(project, selected) if project is not None else None
        told = sum(count for _, count in selected.suggestions)
        if label is not None:
            words = trn("Confirm {n} as {name}", "Confirm {n} as {name}", selected.deciding, name=label)
        else:
            words = trn("Confirm {n} as suggested", "Confirm {n} as suggested", told)
        self.confirm.set_label(words if told else tr("Confirm"))
        self.confirm.setEnabled(told > 0)
        self.other.setEnabled(selected.deciding > 0)
        for name in _ACTIONS:
            getattr(self, name).setEnabled(selected.deciding > 0)
        self.alike.setEnabled(has_current)
        self.compare.setEnabled(2 <= selected.items <= 4)
        self.clear.setEnabled(some)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_16, SPACE_8, SPACE_16, SPACE_8)
        column.setSpacing(SPACE_8)
        self._above = QHBoxLayout()
        self._above.setSpacing(SPACE_8)
        self._above.addWidget(self.count)
        self._above.addWidget(self.detail, 1)
        self._above.addWidget(self.clear)
        self._below = Flow(spacing=SPACE_8)  # in a narrow window, or in long words, a second line of buttons
        for button in (self.confirm, self.other, self.skip, self.unsure, self.flag, *self._looking):
            self._below.addWidget(button)
        column.addLayout(self._above)
        column.addLayout(self._below)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """What only looks stands beside what is chosen, where there is room to say that: decisions have a line then."""
        looking = sum(button.sizeHint().width() + SPACE_8 for button in self._looking)
        said = self._context.theme.px(_SAID) + self.clear.sizeHint().width() + 2 * SPACE_16
        home, other = (self._above, self._below) if self.width() >= looking + said else (self._below, self._above)
        if home.indexOf(self.alike) >= 0:
            return
        for button in self._looking:
            other.removeWidget(button)
            if home is self._above:
                self._above.insertWidget(self._above.count() - 1, button)
            else:
                home.addWidget(button)


_HOW: Final = mark("Click, Ctrl or Shift; or drag a frame")


def _names(project: Project, code: int) -> str:
    labels: tuple[Label, ...] = project.labels_in(code)
    return listed(label.name for label in labels) or tr("nothing found")


def _one_suggestion(project: Project, selected: Selected) -> str | None:
    """The class that all of them are suggested to be."""
    if len(selected.suggestions) != 1 or selected.without:
        return None
    return _names(project, selected.suggestions[0][0])


def _detail(project: Project, selected: Selected) -> str:
    said = [tr("{n} suggested {name}", n=count, name=_names(project, code)) for code, count in selected.suggestions[:3]]
    others = sum(count for _, count in selected.suggestions[3:])
    if others:
        said.append(trn("{n} something else", "{n} something else", others))
    if selected.without:
        said.append(trn("{n} without a suggestion", "{n} without a suggestion", selected.without))
    if selected.checks:
        said.append(
            trn(
                "{n} is a random check, which is asked by itself",
                "{n} are random checks, which are asked one at a time",
                selected.checks,
            )
        )
    return " · ".join(said)
