"""One rule, edited in place below the table: its conditions, its route, its name. Every edit shows at once."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.policy import ROUTES as ROUTE_ORDER
from hitl_desktop.domain.policy import Route, Rule
from hitl_desktop.domain.policy_conditions import ConfidenceAtLeast, Known
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12, STRONG
from hitl_desktop.gui.views.routing.condition_row import ConditionRow
from hitl_desktop.gui.views.routing.words import ROUTES
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr

_FIRST_LIMIT = 0.9
_LABEL_WIDTH = 56


class RuleEditor(QFrame):
    """`changed(rule)` after every edit that leaves a whole rule, `incomplete(words)` after one that does not; `left()`
    on Esc and Done.
    """

    changed = Signal(object)
    incomplete = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._known: Known | None = None
        self.conditions: list[ConditionRow] = []
        self._title = PlainLabel("", "body", weight=STRONG)
        self._and = PlainLabel("", "small", "text2", wrap=True)
        self.add = Button(theme, tr("Add condition"), "link", icon="plus", size="small")
        self.route = QComboBox()
        self.route.setAccessibleName(tr("Where matching items go"))
        for route in ROUTE_ORDER:
            self.route.addItem(theme.icon(ROUTES[route].icon, 16, ROUTES[route].tone), tr(ROUTES[route].word), route)
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("a name of its own, if you like"))
        self.name.setAccessibleName(tr("Name of the rule"))
        self.done = Button(theme, tr("Done"), size="small")
        self._missing = PlainLabel("", "small", "warn", wrap=True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(SPACE_8)
        self._when_part: list[QWidget] = []
        self._lay_out()
        WheelGuard(self).guard(self.route)
        self.add.clicked.connect(self._add_condition)
        self.route.activated.connect(self._tell)
        self.name.textChanged.connect(self._tell)
        self.done.clicked.connect(self.left)

    def show_rule(self, rule: Rule, number: int | None, known: Known) -> None:
        """Begin with a rule; `number` None for everything else, which has a route only."""
        self._known = known
        for row in self.conditions:
            row.setParent(None)
            row.deleteLater()
        self.conditions = []
        self._title.setText(tr("Everything else") if number is None else tr("Rule {n}", n=number))
        self.setAccessibleName(self._title.text())
        with QSignalBlocker(self.route), QSignalBlocker(self.name):
            self.route.setCurrentIndex(self.route.findData(rule.route))
            self.name.setText(rule.name)
        for condition in rule.conditions:
            self._show_condition(ConditionRow(self._theme, known, condition))
        for widget in self._when_part:
            widget.setVisible(number is not None)
        self._show_and()
        self._missing.setText("")
        self._missing.setVisible(False)

    def focus_first(self) -> None:
        """Put the focus where the rule begins."""
        first: QWidget = self.conditions[0].kind if self.conditions else self.route
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def rule(self) -> Rule:
        """The rule as it is filled in. Raises KnownError that says what is missing."""
        return Rule(
            tuple(row.condition() for row in self.conditions), Route(self.route.currentData()), self.name.text().strip()
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _add_condition(self) -> None:
        if self._known is None:
            return
        row = ConditionRow(self._theme, self._known, ConfidenceAtLeast(_FIRST_LIMIT))
        self._show_condition(row)
        row.kind.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_and()
        self._tell()

    def _show_condition(self, row: ConditionRow) -> None:
        self.conditions.append(row)
        self._rows.addWidget(row)
        row.changed.connect(self._tell)
        row.removed.connect(lambda: self._remove(row))

    def _remove(self, row: ConditionRow) -> None:
        self.conditions.remove(row)
        row.setParent(None)
        row.deleteLater()
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_and()
        self._tell()

    def _show_and(self) -> None:
        count = len(self.conditions)
        self._and.setText(
            tr("Without a condition it matches every item that comes so far.")
            if count == 0
            else tr("All of the conditions must hold.")
            if count > 1
            else ""
        )
        self._and.setVisible(bool(self._and.text()) and self.add.isVisibleTo(self))

    def _tell(self) -> None:
        try:
            rule = self.rule()
        except KnownError as error:
            self._missing.setText(str(error))
            self._missing.setVisible(True)
            self.incomplete.emit(error.message)
            return
        self._missing.setVisible(False)
        self.changed.emit(rule)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_12, SPACE_12, SPACE_12, SPACE_12)
        column.setSpacing(SPACE_8)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self.done)
        column.addLayout(head)
        column.addLayout(self._rows)
        below = QHBoxLayout()
        below.addWidget(self.add)
        below.addWidget(self._and, 1)
        column.addLayout(below)
        then = QHBoxLayout()
        then.setSpacing(SPACE_8)
        word = PlainLabel(tr("Then"), "body", "text2")
        word.setMinimumWidth(_LABEL_WIDTH)
        then.addWidget(word)
        then.addWidget(self.route)
        name = PlainLabel(tr("Name"), "body", "text2")
        then.addSpacing(SPACE_12)
        then.addWidget(name)
        then.addWidget(self.name, 1)
        column.addLayout(then)
        column.addWidget(self._missing)
        self._when_part = [self.add, self._and, name, self.name]
