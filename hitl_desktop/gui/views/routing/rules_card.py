"""The rules of a policy: the table, the editor of the selected one, what is odd, and two numbers for the whole."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from hitl_desktop.domain.policy import MOST_RULES, Route, RoutingPolicy, Rule
from hitl_desktop.domain.policy_conditions import Known
from hitl_desktop.domain.policy_words import EVERYTHING_ELSE, rule_words
from hitl_desktop.gui.keymaps import portable, printed
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, SPACE_12
from hitl_desktop.gui.views.routing.rule_editor import RuleEditor
from hitl_desktop.gui.views.routing.rules_table import KEYS, RuleRow, RulesTable
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import mark, number, tr, trn

if TYPE_CHECKING:
    from hitl_desktop.workflow.routing import Preview

_BUTTONS: Final = {
    "edit": mark("Edit"),
    "duplicate": mark("Duplicate"),
    "up": mark("Up"),
    "down": mark("Down"),
    "delete": mark("Delete"),
}
_SPOKEN: Final = {
    "edit": mark("Edit the rule"),
    "duplicate": mark("Duplicate the rule"),
    "up": mark("Move the rule up"),
    "down": mark("Move the rule down"),
    "delete": mark("Delete the rule"),
}
_NEW: Final = Rule((), Route.REVIEW)
_MOST_SHOWN: Final = 6

_SPIN_ROOM: Final = 56
"""Of a number field, beside its words."""


class RulesCard(Card):
    """`changed(policy)` after every edit that leaves a whole policy; `incomplete()` while a rule misses something."""

    changed = Signal(object)
    incomplete = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("Rules, first match wins"), parent=parent)
        self._theme = theme
        self._policy = RoutingPolicy()
        self._known = Known((), None, several=False)
        self._edited: int | None = None
        self.add = Button(theme, tr("Add rule"), "link", key=printed(KEYS["add"]), size="small")
        self.head.addWidget(self.add)
        self.table = RulesTable(theme)
        self.buttons = {
            action: Button(theme, tr(words), key=printed(KEYS[action]), size="small")
            for action, words in _BUTTONS.items()
        }
        self.editor = RuleEditor(theme)
        self.audit, self.capacity = QSpinBox(), QSpinBox()
        self._watched = PlainLabel("", "small", "text2")
        self._proved: float | None = None
        self._odd = QVBoxLayout()
        self._odd.setSpacing(SPACE_4)
        self._told: list[PlainLabel] = []
        self._lay_out()
        self._connect()

    @property
    def policy(self) -> RoutingPolicy:
        """The policy as it is edited."""
        return self._policy

    @property
    def known(self) -> Known:
        """What the policy may speak of."""
        return self._known

    def show_policy(self, policy: RoutingPolicy, known: Known) -> None:
        """Show a policy; the editor closes where its rule is another now."""
        at = self._edited
        if at is not None and (at > len(policy.rules) or _rule_at(policy, at) != _rule_at(self._policy, at)):
            self._close_editor(focus=False)
        self._policy, self._known = policy, known
        with QSignalBlocker(self.audit), QSignalBlocker(self.capacity):
            self.audit.setValue(policy.audit_every or 1)
            self.capacity.setValue(policy.daily_capacity or 0)
        self._show_rows(None)
        if self.table.currentIndex().row() < 0:
            self.table.select(0)
        self._enable()

    def show_preview(self, preview: "Preview", proved: float | None = None) -> None:
        """Show what the policy shown does to the items, and which of its automatic rules a valid certificate covers:
        those from the limit `proved` on, None for none.
        """
        self._proved = proved
        self._show_rows(preview)
        self._watched.setText(
            trn("{n} item", "{n} items", preview.watched) if preview.policy.audit_every is not None else ""
        )
        told = sorted(preview.odd, key=lambda odd: odd.is_note)[:_MOST_SHOWN]
        while len(self._told) < len(told):
            self._told.append(PlainLabel("", "small", wrap=True))
            self._odd.addWidget(self._told[-1])
        for place, label in enumerate(self._told):  # the same ones, with every key that is pressed in a rule
            label.setText(str(told[place].words) if place < len(told) else "")
            label.set_tone("text2" if place < len(told) and told[place].is_note else "warn")
            label.setVisible(place < len(told))

    def oddities(self) -> list[str]:
        """What is said to be odd."""
        return [label.text() for label in self._told if label.text()]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the table, also while one of the buttons that show them has the focus; not those of a field."""
        action = next((action for action, key in KEYS.items() if portable(event) == key), None)
        is_at_button = any(button.hasFocus() for button in (self.add, *self.buttons.values()))
        if action is None or not is_at_button or event.isAutoRepeat():
            super().keyPressEvent(event)
            return
        self.act(action, self.table.currentIndex().row())

    def act(self, action: str, row: int) -> None:
        """Do one of the table's actions on a row."""
        rules = list(self._policy.rules)
        if action == "add":
            self._insert(min(row, len(rules)) if row >= 0 else len(rules), _NEW)
        elif action == "edit":
            self._edit(row)
        elif not 0 <= row < len(rules):
            return
        elif action == "duplicate":
            self._insert(row + 1, rules[row])
        elif action == "delete":
            del rules[row]
            self._take(replace(self._policy, rules=tuple(rules)))
            self.table.select(row)
        else:
            self._move(row, row - 1 if action == "up" else row + 1)

    # ---- edits -----------------------------------------------------------------------------------------------------

    def _insert(self, row: int, rule: Rule) -> None:
        if len(self._policy.rules) >= MOST_RULES:
            return
        rules = list(self._policy.rules)
        rules.insert(row, rule)
        self._take(replace(self._policy, rules=tuple(rules)))
        self.table.select(row)
        self._edit(row)

    def _move(self, row: int, to: int) -> None:
        rules = list(self._policy.rules)
        if not 0 <= to < len(rules):
            return
        rules.insert(to, rules.pop(row))
        self._take(replace(self._policy, rules=tuple(rules)))
        self.table.select(to)

    def _edit(self, row: int) -> None:
        if not 0 <= row <= len(self._policy.rules):
            return
        self._edited = row
        is_rest = row == len(self._policy.rules)
        self.editor.setVisible(True)
        self.editor.show_rule(_rule_at(self._policy, row), None if is_rest else row + 1, self._known)
        self.editor.focus_first()

    def _edited_rule(self, rule: Rule) -> None:
        if self._edited is None:
            return
        if self._edited == len(self._policy.rules):
            policy = replace(self._policy, otherwise=rule.route)
        else:
            rules = list(self._policy.rules)
            rules[self._edited] = rule
            policy = replace(self._policy, rules=tuple(rules))
        self._policy = policy
        self._show_rows(None)
        self.changed.emit(policy)

    def _take(self, policy: RoutingPolicy) -> None:
        self._close_editor(focus=False)
        self._policy = policy
        self._show_rows(None)
        self._enable()
        self.changed.emit(policy)

    def _numbers_changed(self) -> None:
        audit, capacity = self.audit.value(), self.capacity.value()
        self._policy = replace(self._policy, audit_every=audit if audit > 1 else None, daily_capacity=capacity or None)
        self.changed.emit(self._policy)

    def _close_editor(self, *, focus: bool = True) -> None:
        self._edited = None
        self.editor.setVisible(False)
        if focus:
            self.table.setFocus()

    # ---- what is shown ---------------------------------------------------------------------------------------------

    def _show_rows(self, preview: "Preview | None") -> None:
        policy = self._policy
        counts = preview.counts if preview is not None else ()
        most = max((count.items for count in counts), default=0)
        warned: dict[int, list[str]] = {}
        noted: dict[int, list[str]] = {}
        for odd in preview.odd if preview is not None else ():
            (noted if odd.is_note else warned).setdefault(odd.rule, []).append(str(odd.words))
        rows = []
        for place in range(len(policy.rules) + 1):
            is_rest = place == len(policy.rules)
            rows.append(
                RuleRow(
                    str(EVERYTHING_ELSE if is_rest else rule_words(policy.rules[place], self._known)),
                    policy.route_of(place),
                    counts[place].items if counts else None,
                    counts[place].to_do if counts else 0,
                    counts[place].items / most if counts and most else 0.0,
                    "\n".join(warned.get(place, []) + noted.get(place, [])),
                    place in warned,
                    is_rest,
                    not is_rest and self._covers(policy.rules[place]),
                )
            )
        self.table.show_rows(rows)

    def _covers(self, rule: Rule) -> bool:
        return self._proved is not None and rule.is_automatic and rule.limit >= self._proved

    def _enable(self) -> None:
        row, rules = self.table.currentIndex().row(), len(self._policy.rules)
        is_rule = 0 <= row < rules
        self.buttons["edit"].setEnabled(0 <= row <= rules)
        self.buttons["duplicate"].setEnabled(is_rule)
        self.buttons["delete"].setEnabled(is_rule)
        self.buttons["up"].setEnabled(is_rule and row > 0)
        self.buttons["down"].setEnabled(is_rule and row < rules - 1)

    def _selected(self, row: int) -> None:
        self._enable()
        if self._edited is not None and row != self._edited:
            self._close_editor(focus=False)

    def _lay_out(self) -> None:
        self.body.addWidget(self.table)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self.editor)
        self.editor.setVisible(False)
        self.body.addLayout(self._odd)
        self.audit.setRange(1, 100_000)
        self.audit.setSpecialValueText(tr("none"))
        self.audit.setPrefix(tr("1 in "))
        self.audit.setAccessibleName(tr("One in so many automatic ones stays with you, to keep watch"))
        self.capacity.setRange(0, 1_000_000)
        self.capacity.setSpecialValueText(tr("no limit"))
        self.capacity.setAccessibleName(tr("How many items can be reviewed in a day"))
        numbers = QHBoxLayout()
        numbers.setSpacing(SPACE_8)
        for words, box in (
            (tr("Of the automatic ones, you check"), self.audit),
            (tr("Reviews in a day"), self.capacity),
        ):
            words_width = self._theme.metrics("body").horizontalAdvance(box.specialValueText())
            box.setMinimumWidth(max(104, words_width + _SPIN_ROOM))
            box.lineEdit().setTextMargins(SPACE_4, 0, 0, 0)
            numbers.addWidget(PlainLabel(words, "body", "text2"))
            numbers.addWidget(box)
            if box is self.audit:
                numbers.addWidget(self._watched)
            numbers.addSpacing(SPACE_12)
        numbers.addStretch(1)
        self.body.addLayout(numbers)

    def _connect(self) -> None:
        WheelGuard(self).guard(self.audit, self.capacity)
        self.add.clicked.connect(lambda: self.act("add", self.table.currentIndex().row()))
        self.table.wanted.connect(self.act)
        self.table.row_selected.connect(self._selected)
        for action, button in self.buttons.items():
            button.setAccessibleName(tr(_SPOKEN[action]))
            button.clicked.connect(lambda action=action: self.act(action, self.table.currentIndex().row()))
        self.editor.changed.connect(self._edited_rule)
        self.editor.incomplete.connect(lambda _words: self.incomplete.emit())
        self.editor.left.connect(self._close_editor)
        self.audit.valueChanged.connect(self._numbers_changed)
        self.capacity.valueChanged.connect(self._numbers_changed)


def _rule_at(policy: RoutingPolicy, row: int) -> Rule:
    """A rule by its row; everything else as a rule without conditions."""
    return policy.rules[row] if row < len(policy.rules) else Rule((), policy.otherwise)


def in_force_words(version: int) -> str:
    """What the policy in force is called."""
    return tr("Policy {n}", n=number(version)) if version else tr("First policy")
