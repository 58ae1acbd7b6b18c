"""Cards of the page: how to learn, what classes count, phrases that speak for a class, and examples."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from hitl_desktop.domain.steering import IGNORED, MATTERS, USUAL, WEIGHTS
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import printed
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12
from hitl_desktop.gui.views.steer.draft import Draft
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.language import decimal, mark, tr, trn

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.domain.labels import Label

_FIELDS: Final = {
    "features": mark("Features"),
    "estimator": mark("Model"),
    "regularisation": mark("Regularisation"),
    "class_weight": mark("Weight of classes"),
}
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
        simpler = tr("Stronger keeps the model simpler, so that it follows single decisions less.")
        self.boxes["regularisation"].setToolTip(plain_tooltip(simpler))
        self.boxes["regularisation"].setAccessibleDescription(simpler)
        self.body.addLayout(grid)

    @property
    def first(self) -> QComboBox:
        """Where the keys begin."""
        return self.boxes["features"]

    def show_plan(self) -> None:
        """Offer what this kind of item has, and show what is chosen."""
        from hitl_desktop.workflow import learning_choices as choices

        project = self._context.bridge.desk.project
        tables = {
            "features": choices.features_offered(project.folder, project.kind.name),
            "estimator": choices.estimators_offered(project.kind.name),
            "regularisation": choices.REGULARISATIONS,
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
