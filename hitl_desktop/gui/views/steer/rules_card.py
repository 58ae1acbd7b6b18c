"""The card of what speaks for a class: words and conditions on columns, with what each rule does on the checks."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hitl_desktop.assurance.intervals import wilson
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.policy_conditions import ColumnIs, ColumnOver, Condition, Keywords, Known, Where
from hitl_desktop.domain.steering import LONGEST, MOST_CONDITIONS, OF_RECORDS, ClassRule, Conditions
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import printed
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12
from hitl_desktop.gui.views.routing.condition_row import ConditionRow
from hitl_desktop.gui.views.steer.draft import Draft
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.language import number, percent_range, tr

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.domain.labels import Label
    from hitl_desktop.workflow.guessing import RuleFigures

_OFFERED: Final = frozenset(condition.kind for condition in OF_RECORDS)


class RuleForm(QWidget):
    """One rule, made or changed: words, a class, and conditions on columns that have to hold with them.

    `made(rule)` on Enter and the button; `left()` on Esc. Conditions are offered where the items have columns.
    """

    made = Signal(object)
    left = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._known = Known((), None, several=False)
        self._labels: list[Label] = []
        self._is_on = True
        self.conditions: list[ConditionRow] = []
        theme = context.theme
        self.phrase = QLineEdit()
        self.phrase.setMaxLength(LONGEST)
        self.phrase.setPlaceholderText(tr("A word or a phrase"))
        self.phrase.setAccessibleName(tr("A word or a phrase"))
        self.which = QComboBox()
        self.which.setAccessibleName(tr("Class it speaks for"))
        WheelGuard(self).guard(self.which)
        self.add = Button(theme, tr("Add"), icon="plus")
        self.more = Button(theme, tr("Add condition"), "link", icon="plus", size="small")
        self.more.setToolTip(tr("On a column: what stands there, or how large the number is"))
        self._all = PlainLabel(tr("All of the conditions must hold."), "small", "text2")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(SPACE_8)
        self._lay_out()
        self.phrase.returnPressed.connect(self._make)
        self.add.clicked.connect(self._make)
        self.more.clicked.connect(self._add_condition)
        self._say()

    @property
    def has_columns(self) -> bool:
        """True where the items have columns to ask about."""
        return bool(self._known.columns)

    def offer(self, labels: "list[Label]", known: Known) -> None:
        """The classes that a rule may speak for, and the columns that it may ask."""
        self._known = known
        if labels != self._labels:
            chosen = self.which.currentData()
            self._labels = labels
            self.which.clear()
            for label in labels:
                self.which.addItem(label.name, label.id)
            self.which.setCurrentIndex(max(0, self.which.findData(chosen)))
        self._say()

    def show_rule(self, rule: ClassRule) -> None:
        """Begin with a rule that there is: it is changed, not added."""
        self.clear()
        self._is_on = rule.is_on
        self.add.setText(tr("Change"))
        self.which.setCurrentIndex(max(0, self.which.findData(rule.label_id)))
        for condition in rule.conditions:
            match condition:
                case Keywords((phrase,), Where.ANYWHERE) if not self.phrase.text():
                    self.phrase.setText(phrase)
                case _:
                    self._show_condition(condition)
        self._say()
        self.phrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """Begin anew; the class stays."""
        self._is_on = True
        self.add.setText(tr("Add"))
        self.phrase.clear()
        for row in self.conditions:
            self._let_go(row)
        self.conditions = []
        self._say()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and (self.conditions or self.phrase.text()):
            self.clear()
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _make(self) -> None:
        label_id = self.which.currentData()
        if label_id is None:
            return
        words = " ".join(self.phrase.text().split())
        asked: list[Condition] = [Keywords((words,), Where.ANYWHERE)] if words or not self.conditions else []
        try:
            asked += [row.condition() for row in self.conditions]
        except KnownError as error:
            self._context.bridge.notified.emit(Message(str(error), "warn"))
            return
        asked.sort(key=lambda condition: not isinstance(condition, Keywords))  # as it is said: words, then columns
        self.made.emit(ClassRule(tuple(dict.fromkeys(asked)), int(label_id), self._is_on))

    def _add_condition(self) -> None:
        column = next(iter(sorted(self._known.columns or ())), "")
        before = self.conditions[-1].kind.currentData() if self.conditions else ColumnIs.kind
        row = self._show_condition(ColumnOver(column, 0.0) if before == ColumnOver.kind else ColumnIs(column, ("",)))
        row.kind.setFocus(Qt.FocusReason.OtherFocusReason)
        self._say()

    def _show_condition(self, condition: Condition) -> ConditionRow:
        row = ConditionRow(self._context.theme, self._known, condition, offered=_OFFERED)
        self.conditions.append(row)
        self._rows.addWidget(row)
        row.removed.connect(lambda: self._remove(row))
        return row

    def _remove(self, row: ConditionRow) -> None:
        self.more.setFocus(Qt.FocusReason.OtherFocusReason)
        self.conditions.remove(row)
        self._let_go(row)
        self._say()

    def _let_go(self, row: ConditionRow) -> None:
        """Without a moment as a window of its own, which would take the focus along."""
        row.hide()
        self._rows.removeWidget(row)
        row.deleteLater()

    def _say(self) -> None:
        self.more.setVisible(self.has_columns)
        self.more.setEnabled(len(self.conditions) < MOST_CONDITIONS - 1)
        self._all.setVisible(self.has_columns and bool(self.conditions))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_8)
        first = QHBoxLayout()
        first.setSpacing(SPACE_8)
        first.addWidget(self.phrase, 1)
        first.addWidget(self.which)
        first.addWidget(self.add)
        below = QHBoxLayout()
        below.setSpacing(SPACE_8)
        below.addWidget(self.more)
        below.addWidget(self._all)
        below.addStretch(1)
        column.addLayout(first)
        column.addLayout(self._rows)
        column.addLayout(below)


class RulesCard(Card):
    """Rules that speak for a class, with what each covers and how often it is right on the checks.

    `items_wanted(conditions)`: the items that a rule covers are to be seen.
    """

    figures_wanted = Signal()
    items_wanted = Signal(object)

    def __init__(self, context: Context, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(tr("What speaks for a class"), parent=parent)
        self._context, self._draft = context, draft
        self._figures: dict[tuple[Conditions, int], RuleFigures] = {}
        self._changing: ClassRule | None = None
        self._known_for: object = None
        theme = context.theme
        columns = [
            Column(tr("Where"), tr("Words are found in the text or a column, large and small letters alike")),
            Column(tr("Class")),
            Column(tr("Items"), tr("Of how many items it holds"), is_number=True),
            Column(tr("Right on checks"), tr("Of the random checks of which it holds, so many are of the class")),
            Column(tr("Conflicts"), tr("Items on which a rule for another class speaks too"), is_number=True),
        ]
        self.form = RuleForm(context)
        self.phrase = self.form.phrase
        self.form.made.connect(self._take)
        self.form.left.connect(self._forget_change)
        self.table = PlainTable(theme, tr("What speaks for a class"), columns, most=8)
        self.table.row_chosen.connect(draft.turn_rule)
        self.turn = Button(theme, tr("On or off"), key=printed("Return"), size="small")
        self.change = Button(theme, tr("Change"), key=printed("F2"), size="small")
        self.remove = Button(theme, tr("Remove"), key=printed("Del"), size="small")
        self.show_all = Button(theme, tr("Show them"), icon="filter", size="small")
        for button, key, act in (
            (self.show_all, "", self._show_items),
            (self.turn, "", draft.turn_rule),
            (self.change, "F2", self._change),
            (self.remove, "Del", draft.remove_rule),
        ):
            button.clicked.connect(lambda _=False, act=act: self._with_row(act))
            if button is not self.show_all:
                self.head.addWidget(button)
            if key:
                shortcut = QShortcut(QKeySequence(key), self.table)
                shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
                shortcut.activated.connect(lambda act=act: self._with_row(act))
        words = tr("They train a little, where they agree; they never decide and never measure.")
        row = QHBoxLayout()  # beside the words: in some languages the title row has no room for four buttons
        row.setSpacing(SPACE_12)
        row.addWidget(PlainLabel(words, "small", "text2", wrap=True), 1)
        row.addWidget(self.show_all)
        self.body.addLayout(row)
        self.body.addWidget(self.form)
        self.body.addWidget(self.table)

    def show_plan(self) -> None:
        """Show the rules of the plan; their figures come beside the window."""
        from hitl_desktop.workflow.routing import known_of

        project = self._context.bridge.desk.project
        offered = project.offered
        if (now := (project.folder, len(project.pool), tuple(offered))) != self._known_for:
            self._known_for = now
            self.form.offer(offered, known_of(project))
        rules = self._draft.plan.rules
        if self._changing not in rules:
            self._forget_change()
        self._show_rows()
        self.table.setVisible(bool(rules))
        for button in (self.show_all, self.turn, self.change, self.remove):
            button.setEnabled(bool(rules))
        if any(rule.key not in self._figures for rule in rules):
            self.figures_wanted.emit()

    def show_figures(self, figures: "dict[tuple[Conditions, int], RuleFigures]") -> None:
        """Say what each rule covers and how often it is right."""
        self._figures = figures
        self._show_rows()

    def _show_rows(self) -> None:
        rules = self._draft.plan.rules
        selected = max(0, self.table.currentIndex().row())
        self.table.show_rows([self._row(rule) for rule in rules])
        if rules:
            self.table.selectRow(min(selected, len(rules) - 1))

    def _row(self, rule: ClassRule) -> list[Cell]:
        from hitl_desktop.workflow.steering import when_words

        label = self._context.bridge.desk.project.label(rule.label_id)
        found = self._figures.get(rule.key)
        tone = "" if rule.is_on else "text3"
        asked = str(when_words(rule.conditions))
        words = Cell(asked if rule.is_on else tr("{words} (off)", words=asked), tone=tone, tooltip=asked)
        if found is None:
            return [words, Cell(label.name, label.position, tone), Cell(""), Cell(tr("Looking…")), Cell("")]
        right = tr("no checks yet")
        if found.checks:
            right = tr(
                "{right} of {checks} ({interval})",
                right=number(found.right),
                checks=number(found.checks),
                interval=percent_range(*wilson(found.right, found.checks)),
            )
        return [
            words,
            Cell(label.name, label.position, tone),
            Cell(number(found.items), tone=tone),
            Cell(right, tone=tone or ("" if found.checks else "text2")),
            Cell(number(found.conflicts) if found.conflicts else "", tone="warn"),
        ]

    def _take(self, rule: ClassRule) -> None:
        if self._draft.put_rule(rule, self._changing):
            self._changing = None
            self.form.clear()
            self.phrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_items(self, place: int) -> None:
        self.items_wanted.emit(self._draft.plan.rules[place].conditions)

    def _change(self, place: int) -> None:
        self._changing = self._draft.plan.rules[place]
        self.form.show_rule(self._changing)

    def _forget_change(self) -> None:
        if self._changing is not None:
            self._changing = None
            self.form.clear()

    def _with_row(self, act: object) -> None:
        row = self.table.currentIndex().row()
        if 0 <= row < len(self._draft.plan.rules) and callable(act):
            act(row)
