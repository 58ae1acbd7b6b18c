"""Cards of the page: how to learn, what classes count, phrases that speak for a class, and examples."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from hitl_desktop.assurance.intervals import wilson
from hitl_desktop.domain.steering import IGNORED, LONGEST, MATTERS, USUAL, WEIGHTS
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import printed
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12
from hitl_desktop.gui.views.steer.draft import Draft
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.language import decimal, mark, number, percent_range, tr, trn

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.domain.labels import Label
    from hitl_desktop.workflow.guessing import RuleFigures

_FIELDS: Final = {"features": mark("Features"), "estimator": mark("Model"), "class_weight": mark("Weight of classes")}
_MOST_EXAMPLES: Final = 200


class LearnCard(Card):
    """Features, model and class weights, as in the settings, but tried first."""

    def __init__(self, context: Context, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(tr("How it learns"), parent=parent)
        self._context, self._draft = context, draft
        self.boxes: dict[str, QComboBox] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_12)
        grid.setVerticalSpacing(SPACE_8)
        grid.setColumnStretch(1, 1)
        guard = WheelGuard(self)
        for row, (name, title) in enumerate(_FIELDS.items()):
            box = QComboBox()
            box.setAccessibleName(tr(title))
            box.activated.connect(lambda place, name=name: self._chosen(name, place))
            guard.guard(box)
            self.boxes[name] = box
            grid.addWidget(PlainLabel(tr(title), "body", "text2"), row, 0)
            grid.addWidget(box, row, 1)
        self.body.addLayout(grid)

    def show_plan(self) -> None:
        """Offer what this kind of item has, and show what is chosen."""
        from hitl_desktop.workflow import learning_choices as choices

        project = self._context.bridge.desk.project
        tables = {
            "features": choices.features_offered(project.folder, project.kind.name),
            "estimator": choices.ESTIMATOR_TITLES,
            "class_weight": choices.CLASS_WEIGHTS,
        }
        for name, table in tables.items():
            box = self.boxes[name]
            if [box.itemData(place) for place in range(box.count())] != list(table):
                box.clear()
                for value, title in table.items():
                    box.addItem(tr(title), value)
            box.setCurrentIndex(box.findData(self._draft.plan.choices.get(name)))

    def _chosen(self, name: str, place: int) -> None:
        self._draft.choose(name, str(self.boxes[name].itemData(place)))


class ClassesCard(Card):
    """What a decision for each class counts; + and − change the selected one."""

    def __init__(self, context: Context, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(tr("What classes count"), parent=parent)
        self._context, self._draft = context, draft
        self._labels: list[Label] = []
        columns = [Column(tr("Class")), Column(tr("Counts"), is_number=True)]
        self.table = PlainTable(context.theme, tr("What classes count"), columns, most=6)
        self.less = Button(context.theme, tr("Less"), key="−", size="small")
        self.more = Button(context.theme, tr("More"), key="+", size="small")
        self.less.clicked.connect(lambda: self._step(-1))
        self.more.clicked.connect(lambda: self._step(1))
        for keys, by in (("-", -1), ("+", 1)):
            shortcut = QShortcut(QKeySequence(keys), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(lambda by=by: self._step(by))
        self.head.addWidget(self.less)
        self.head.addWidget(self.more)
        self.body.addWidget(self.table)

    def show_plan(self) -> None:
        """Show the classes in use."""
        row = max(0, self.table.currentIndex().row())
        self._labels = self._context.bridge.desk.project.offered
        weights = self._draft.plan.class_weights
        self.table.show_rows(
            [
                [
                    Cell(label.name, label.position),
                    Cell(_times(weights.get(label.id, USUAL)), tone=_tone(label, weights)),
                ]
                for label in self._labels
            ]
        )
        self.table.selectRow(min(row, len(self._labels) - 1))

    def _step(self, by: int) -> None:
        row = self.table.currentIndex().row()
        if not 0 <= row < len(self._labels):
            return
        label = self._labels[row]
        now = self._draft.plan.class_weights.get(label.id, USUAL)
        place = WEIGHTS.index(now) if now in WEIGHTS else WEIGHTS.index(USUAL)
        self._draft.weigh_class(label.id, WEIGHTS[min(max(place + by, 0), len(WEIGHTS) - 1)])


class RulesCard(Card):
    """Phrases that speak for a class, with what each covers and how often it is right on the checks."""

    figures_wanted = Signal()

    def __init__(self, context: Context, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(tr("Words that speak for a class"), parent=parent)
        self._context, self._draft = context, draft
        self._labels: list[Label] = []
        self._figures: dict[tuple[str, int], RuleFigures] = {}
        theme = context.theme
        columns = [
            Column(tr("Words"), tr("Where they stand in the text or a column, large and small letters alike")),
            Column(tr("Class")),
            Column(tr("Items"), tr("In how many items they stand"), is_number=True),
            Column(tr("Right on checks"), tr("Of the random checks in which they stand, so many are of the class")),
            Column(tr("Conflicts"), tr("Items on which a rule for another class speaks too"), is_number=True),
        ]
        self.phrase = QLineEdit()
        self.phrase.setMaxLength(LONGEST)
        self.phrase.setPlaceholderText(tr("A word or a phrase"))
        self.phrase.setAccessibleName(tr("A word or a phrase"))
        self.phrase.returnPressed.connect(self._add)
        self.which = QComboBox()
        self.which.setAccessibleName(tr("Class it speaks for"))
        self.add = Button(theme, tr("Add"), icon="plus")
        self.add.clicked.connect(self._add)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addWidget(self.phrase, 1)
        row.addWidget(self.which)
        row.addWidget(self.add)
        self.table = PlainTable(theme, tr("Words that speak for a class"), columns, most=8)
        self.table.row_chosen.connect(draft.turn_rule)
        self.turn = Button(theme, tr("On or off"), key=printed("Return"), size="small")
        self.turn.clicked.connect(lambda: self._with_row(draft.turn_rule))
        self.remove = Button(theme, tr("Remove"), key=printed("Del"), size="small")
        self.remove.clicked.connect(lambda: self._with_row(draft.remove_rule))
        shortcut = QShortcut(QKeySequence("Del"), self.table)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(lambda: self._with_row(draft.remove_rule))
        self.head.addWidget(self.turn)
        self.head.addWidget(self.remove)
        words = tr("They train a little, where they agree; they never decide and never measure.")
        self.body.addWidget(PlainLabel(words, "small", "text2", wrap=True))
        self.body.addLayout(row)
        self.body.addWidget(self.table)

    def show_plan(self) -> None:
        """Show the rules of the plan; their figures come beside the window."""
        selected = max(0, self.table.currentIndex().row())
        offered = self._context.bridge.desk.project.offered
        if offered != self._labels:
            chosen = self.which.currentData()
            self._labels = offered
            self.which.clear()
            for label in offered:
                self.which.addItem(label.name, label.id)
            self.which.setCurrentIndex(max(0, self.which.findData(chosen)))
        rules = self._draft.plan.rules
        self.table.show_rows([self._row(rule.phrase, rule.label_id, rule.is_on) for rule in rules])
        self.table.setVisible(bool(rules))
        if rules:
            self.table.selectRow(min(selected, len(rules) - 1))
        self.turn.setEnabled(bool(rules))
        self.remove.setEnabled(bool(rules))
        if any((rule.phrase, rule.label_id) not in self._figures for rule in rules):
            self.figures_wanted.emit()

    def show_figures(self, figures: "dict[tuple[str, int], RuleFigures]") -> None:
        """Say what each rule covers and how often it is right."""
        self._figures = figures
        rules = self._draft.plan.rules
        selected = max(0, self.table.currentIndex().row())
        self.table.show_rows([self._row(rule.phrase, rule.label_id, rule.is_on) for rule in rules])
        if rules:
            self.table.selectRow(min(selected, len(rules) - 1))

    def _row(self, phrase: str, label_id: int, is_on: bool) -> list[Cell]:
        label = self._context.bridge.desk.project.label(label_id)
        found = self._figures.get((phrase, label_id))
        tone = "" if is_on else "text3"
        words = phrase if is_on else tr("{words} (off)", words=phrase)
        if found is None:
            waiting = tr("Looking…")
            return [Cell(words, tone=tone), Cell(label.name, label.position, tone), Cell(""), Cell(waiting), Cell("")]
        right = tr("none has them yet")
        if found.checks:
            right = tr(
                "{right} of {checks} ({interval})",
                right=number(found.right),
                checks=number(found.checks),
                interval=percent_range(*wilson(found.right, found.checks)),
            )
        conflicts = number(found.conflicts) if found.conflicts else ""
        return [
            Cell(words, tone=tone),
            Cell(label.name, label.position, tone),
            Cell(number(found.items), tone=tone),
            Cell(right, tone=tone or ("" if found.checks else "text2")),
            Cell(conflicts, tone="warn"),
        ]

    def _add(self) -> None:
        label_id = self.which.currentData()
        if label_id is not None and self._draft.add_rule(self.phrase.text(), int(label_id)):
            self.phrase.clear()

    def _with_row(self, act: object) -> None:
        row = self.table.currentIndex().row()
        if 0 <= row < len(self._draft.plan.rules) and callable(act):
            act(row)


class ExamplesCard(Card):
    """Items that matter or are ignored; Enter shows them, Delete has one count as usual again."""

    shown = Signal(list)
    usual = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(tr("Examples"), parent=parent)
        self._context = context
        self._items: list[int] = []
        theme = context.theme
        keymap = context.keymap
        columns = [Column(tr("Item")), Column(tr("Decided as")), Column(tr("Counts"))]
        self.table = PlainTable(theme, tr("Examples"), columns, most=5)
        self.table.row_chosen.connect(lambda row: self.shown.emit([self._items[row]]))
        shortcut = QShortcut(QKeySequence("Del"), self.table)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self._set_usual)
        self.show_all = Button(theme, tr("Show them"), icon="filter", size="small")
        self.show_all.clicked.connect(lambda: self.shown.emit(self._items))
        self.reset = Button(theme, tr("As usual"), key=printed("Del"), size="small")
        self.reset.clicked.connect(self._set_usual)
        self.head.addWidget(self.show_all)
        self.head.addWidget(self.reset)
        words = tr(
            "On the review page {matters} has an item count three times, and {ignore} has it ignored for training.",
            matters=keymap.caption("matters"),
            ignore=keymap.caption("ignore_training"),
        )
        self.body.addWidget(PlainLabel(words, "small", "text2", wrap=True))
        self.body.addWidget(self.table)

    def refresh(self) -> None:
        """Show the items that do not count as usual, at most 200."""
        project = self._context.bridge.desk.project
        examples = project.store.steering.examples()
        self._items = list(examples)
        items = project.store.items.many(self._items[:_MOST_EXAMPLES])
        rows = [self._row(project.decided_labels(item), item.name, examples[item.index]) for item in items]
        self.table.show_rows(rows)
        self.table.setVisible(bool(rows))
        if rows:
            self.table.selectRow(0)
        self.show_all.setEnabled(bool(rows))
        self.reset.setEnabled(bool(rows))
        self.set_title(tr("Examples"), trn("{n} item", "{n} items", len(examples)) if examples else "")

    def _row(self, labels: "Sequence[Label]", name: str, weight: float) -> list[Cell]:
        said = ", ".join(label.name for label in labels)
        glyph = labels[0].position if len(labels) == 1 else -1
        return [Cell(name), Cell(said, glyph), Cell(_example(weight), tone="text2")]

    def _set_usual(self) -> None:
        row = self.table.currentIndex().row()
        if 0 <= row < min(len(self._items), _MOST_EXAMPLES):
            self.usual.emit(self._items[row])


def _tone(label: "Label", weights: object) -> str:
    return "accent" if isinstance(weights, dict) and label.id in weights else "text2"


def _times(weight: float) -> str:
    return tr("{times}×", times=decimal(weight, 2 if weight < USUAL / 2 else 1 if weight < USUAL else 0))


def _example(weight: float) -> str:
    if weight == MATTERS:
        return tr("matters: three times")
    return tr("ignored for training") if weight == IGNORED else _times(weight)
