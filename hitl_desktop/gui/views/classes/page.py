"""The classes of the open project: add, rename, merge, split, retire; what was done is on record below."""

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import printed
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_16
from hitl_desktop.gui.views.classes.changes import FORMS, Filled
from hitl_desktop.gui.views.classes.form import FormCard
from hitl_desktop.gui.views.page_column import page_column
from hitl_desktop.gui.views.two_columns import TwoColumns
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.gui.widgets.moments import day_and_time
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.language import mark, number, tr

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.domain.changes import Changes
    from hitl_desktop.domain.labels import Label
    from hitl_desktop.workflow.classes import ClassEditor

_SIDE: Final = 400
_KEYS: Final = {"add": "Ins", "rename": "F2", "retire": "Del"}
_BUTTONS: Final = {
    "add": mark("Add…"),
    "rename": mark("Rename…"),
    "merge": mark("Merge…"),
    "split": mark("Split…"),
    "retire": mark("Retire…"),
    "bring_back": mark("Bring back…"),
}


class ClassesPage(QWidget):
    """Every change is one operation through the bridge, durable at once, and can be taken back."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classes_page")
        self.setAccessibleName(tr("Classes"))
        self._context = context
        self._labels: list[Label] = []
        theme = context.theme
        columns = [
            Column(tr("Class")),
            Column(tr("Key")),
            Column(tr("Decided"), tr("Items decided as the class, or that have the finding"), is_number=True),
            Column(tr("State")),
        ]
        self.table = PlainTable(theme, tr("Classes"), columns, most=14)
        self.buttons = {
            form: Button(theme, tr(words), key=printed(_KEYS.get(form, "")), size="small")
            for form, words in _BUTTONS.items()
        }
        self.form = FormCard(theme)
        record = [Column(tr("When")), Column(tr("What")), Column(tr("Who")), Column(tr("Why"))]
        self.record = PlainTable(theme, tr("Changes of classes"), record, stretch=(1,), most=8)
        self._no_record = PlainLabel(tr("Nothing was changed yet."), "body", "text2")
        self.take_back = Button(theme, tr("Take back"), icon="undo-2", size="small")
        self._lay_out()
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Show the classes as they are now."""
        if not self._context.bridge.is_open:
            self._labels = []
            self.table.show_rows([])
            return
        from hitl_desktop.workflow.classes import ClassEditor

        desk = self._context.bridge.desk
        editor = ClassEditor(desk.project, desk.session.reviewer)
        self._labels = sorted(desk.project.labels, key=lambda label: label.retired)
        counts = editor.counts()
        self.table.show_rows([self._row(label, counts.get(label.id, 0)) for label in self._labels])
        self._show_record(editor)
        self._enable()

    def selected(self) -> "Label | None":
        """The class whose row is selected."""
        row = self.table.currentIndex().row()
        return self._labels[row] if 0 <= row < len(self._labels) else None

    def select(self, label_id: int) -> None:
        """Select the row of a class."""
        places = [place for place, label in enumerate(self._labels) if label.id == label_id]
        if places:
            self.table.selectRow(places[0])

    def begin(self, form: str) -> None:
        """Open a form for the selected class, where it can be filled in."""
        if not self._context.bridge.is_open or not self.buttons[form].isEnabled():
            return
        from hitl_desktop.workflow.classes import ClassEditor

        desk = self._context.bridge.desk
        label = None if form == "add" else self.selected()
        decided = ClassEditor(desk.project, desk.session.reviewer).counts().get(label.id, 0) if label else 0
        others = [other for other in desk.project.offered if label is None or other.id != label.id]
        self.form.setVisible(True)
        self.form.show_form(form, label, decided, others)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        if self.selected() is None:
            self.table.selectRow(0)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _row(self, label: "Label", decided: int) -> list[Cell]:
        offered = self._context.bridge.desk.project.offered
        place = offered.index(label) if label in offered else -1
        key = self._context.keymap.class_caption(place) if place >= 0 else ""
        tone = "text3" if label.retired else ""
        return [
            Cell(label.name, label.position, tone),
            Cell(key, tone="text2"),
            Cell(number(decided), tone=tone),
            Cell(self._state(label), tone="text2"),
        ]

    def _state(self, label: "Label") -> str:
        if not label.retired:
            return tr("in use")
        if label.counts_as is None:
            return tr("retired")
        return tr("merged into {name}", name=self._context.bridge.desk.project.label(label.counts_as).name)

    def _show_record(self, editor: "ClassEditor") -> None:
        operations = editor.operations()
        rows = [
            [
                Cell(day_and_time(o.at_utc), tone="text2"),
                Cell(editor.words(o)),
                Cell(o.reviewer, tone="text2"),
                Cell(o.reason, tone="text2"),
            ]
            for o in reversed(operations)
        ]
        self.record.show_rows(rows)
        self.record.setVisible(bool(rows))
        self._no_record.setVisible(not rows)
        last = editor.last()
        self.take_back.setEnabled(last is not None)
        words = tr("Take back: {what}", what=editor.words(last)) if last else tr("Take back")
        self.take_back.setAccessibleName(words)
        self.take_back.setToolTip(plain_tooltip(words))

    def _enable(self) -> None:
        label = self.selected()
        in_use = label is not None and not label.retired
        for form in ("rename", "merge", "split", "retire"):
            self.buttons[form].setEnabled(in_use)
        self.buttons["bring_back"].setEnabled(label is not None and label.retired)
        self.buttons["add"].setEnabled(self._context.bridge.is_open)

    def _change(self, form: str, filled: Filled) -> None:
        desk = self._context.bridge.desk
        label = self.selected()
        label_id = label.id if label else 0
        changes = self._context.bridge.perform(
            lambda: desk.session.change_classes(lambda editor: FORMS[form].operate(editor, label_id, filled)), self
        )
        if changes is not None:
            self._leave_form()

    def _take_back(self) -> None:
        desk = self._context.bridge.desk
        self._context.bridge.perform(lambda: desk.session.change_classes(lambda editor: editor.taking_back()), self)

    def _leave_form(self) -> None:
        self.form.setVisible(False)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(PlainLabel(tr("Classes"), "claim"))
        words = tr("A class keeps its place, its colour and its decisions whatever it is called. Nothing is deleted.")
        column.addWidget(PlainLabel(words, "body", "text2", wrap=True))
        main, side = QWidget(), QWidget()
        column.addWidget(TwoColumns(self._context.theme, main, side, side_width=_SIDE))
        left = QVBoxLayout(main)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(SPACE_16)
        classes = Card(tr("Classes of this project"))
        classes.body.addWidget(self.table)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        classes.body.addLayout(row)
        left.addWidget(classes)
        record = Card(tr("On record"))
        record.head.addWidget(self.take_back)
        record.body.addWidget(self.record)
        record.body.addWidget(self._no_record)
        left.addWidget(record)
        left.addStretch(1)
        right = QVBoxLayout(side)
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(self.form)
        right.addStretch(1)
        self.form.setVisible(False)
        column.addStretch(1)

    def _connect(self) -> None:
        bridge = self._context.bridge
        bridge.changed.connect(self._follow)
        bridge.project_changed.connect(self._project_changed)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._selection_moved())
        self.table.row_chosen.connect(lambda _row: self.begin("rename"))
        for form, button in self.buttons.items():
            button.clicked.connect(partial(self.begin, form))
        for form, key in _KEYS.items():
            shortcut = QShortcut(QKeySequence(key), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(partial(self.begin, form))
        self.form.wanted.connect(self._change)
        self.form.left.connect(self._leave_form)
        self.take_back.clicked.connect(self._take_back)

    def _follow(self, changes: "Changes") -> None:
        if self.isVisible() and (changes.classes or changes.decisions):
            self.refresh()

    def _project_changed(self) -> None:
        self.form.setVisible(False)
        self.refresh()

    def _selection_moved(self) -> None:
        self._enable()
        if self.form.isVisible() and self.form.form != "add":
            self.form.setVisible(False)
