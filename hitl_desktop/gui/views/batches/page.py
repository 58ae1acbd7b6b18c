"""Items that come later: add them, watch the folder, and see what each batch is like beside what was there."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from hitl_desktop.domain.changes import Changes
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.views.batches.comparison_card import ComparisonCard, is_comparable
from hitl_desktop.gui.views.page_column import page_column
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.check_row import CheckRow
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.moments import day_and_time
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.language import number, tr

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.domain.batch_comparison import BatchComparison
    from hitl_desktop.domain.batches import Batch

_ROWS: Final = 12


class BatchesPage(QWidget):
    """`add_wanted(paths)` with folders and files, () for where the data lies; `items_wanted(indexes, words)`."""

    add_wanted = Signal(object)
    items_wanted = Signal(object, str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batches_page")
        self.setAccessibleName(tr("Add items"))
        self._context = context
        self._batches: list[Batch] = []
        self._comparisons: Mapping[int, BatchComparison] = {}
        theme = context.theme
        self.look_button = Button(theme, "", "primary", icon="folder-open")
        self.folder_button = Button(theme, tr("From a folder…"), icon="folder-plus")
        self.files_button = Button(theme, "", icon="plus")
        self.watch_row = CheckRow(theme, "")
        columns = [
            Column(tr("Batch"), is_number=True),
            Column(tr("Items"), is_number=True),
            Column(tr("Added")),
            Column(tr("From")),
            Column(tr("Who")),
            Column(tr("Left out"), tr("The same as another, not readable, or not of this kind"), is_number=True),
            Column(tr("Beside what was there"), tr("Whether the new items are like those before them")),
        ]
        self.table = PlainTable(theme, tr("Batches"), columns, stretch=(3,), most=_ROWS)
        self._none = PlainLabel(tr("Everything came when the project was made."), "body", "text2", wrap=True)
        self.show_button = Button(theme, tr("Show its items"), size="small")
        self.shifted_button = Button(theme, tr("Show the most shifted"), size="small")
        self._notes = PlainLabel("", "small", "text2", wrap=True)
        self.comparison = ComparisonCard(theme)
        self._lay_out()
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Show the batches there are."""
        bridge = self._context.bridge
        if not bridge.is_open:
            self._batches = []
            self.table.show_rows([])
            return
        from hitl_desktop.workflow.arrivals import comparisons
        from hitl_desktop.workflow.folder_watch import watches

        project = bridge.desk.project
        is_image, name = not project.kind.from_rows, project.data_root.name
        self.look_button.set_label(tr("Look in {name}", name=name))
        self.look_button.setToolTip(str(project.data_root))
        self.look_button.setEnabled(project.data_root.exists())
        self.folder_button.setVisible(is_image)
        self.files_button.set_label(tr("Choose pictures…") if is_image else tr("From another table…"))
        self.watch_row.set_label(
            tr("Watch {name}, and add by itself what comes", name=name)
            if is_image
            else tr("Watch {name}, and add by itself the rows that come", name=name)
        )
        self.watch_row.setChecked(watches(project))
        self._batches = list(reversed(project.store.batches.all()))
        self._comparisons = comparisons(project)
        self.table.show_rows(
            [_row(batch, self._comparisons.get(batch.number), self._context) for batch in self._batches]
        )
        self.table.setVisible(bool(self._batches))
        self.show_button.setVisible(bool(self._batches))
        self.shifted_button.setVisible(bool(self._batches))
        self._none.setVisible(not self._batches)
        if self.selected() is None:
            self.table.selectRow(0)
        self._show_selected()

    def selected(self) -> "Batch | None":
        """The batch whose row is selected."""
        row = self.table.currentIndex().row()
        return self._batches[row] if 0 <= row < len(self._batches) else None

    def show_items(self, batch: "Batch | None" = None) -> None:
        """Show the items of a batch, None for the selected one, in the list of the review page."""
        batch = batch or self.selected()
        if batch is not None and batch.items:
            self.items_wanted.emit(list(batch.rows), tr("Batch {n}", n=number(batch.number)))

    def show_shifted(self, batch: "Batch | None" = None) -> None:
        """Show the items of a batch, None for the selected one, that are least like those before, the strangest
        first.
        """
        batch = batch or self.selected()
        found = None if batch is None else self._comparisons.get(batch.number)
        if batch is not None and found is not None and found.strangest:
            words = tr("Most shifted of batch {n}", n=number(batch.number))
            self.items_wanted.emit(list(found.strangest), words)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self.look_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Folder of images"))
        if chosen:
            self.add_wanted.emit((Path(chosen),))

    def _choose_files(self) -> None:
        if not self._context.bridge.desk.project.kind.from_rows:
            chosen, _ = QFileDialog.getOpenFileNames(self, tr("Pictures to add"))
        else:
            chosen, _ = QFileDialog.getOpenFileNames(self, tr("Table with the same columns"))
        if chosen:
            self.add_wanted.emit(tuple(Path(path) for path in chosen))

    def _watch(self, watch: bool) -> None:
        from hitl_desktop.workflow.folder_watch import set_watching

        project = self._context.bridge.desk.project
        self._context.bridge.perform(lambda: set_watching(project, watch), self)

    def _show_selected(self) -> None:
        batch = self.selected()
        notes: Sequence[object] = batch.notes if batch is not None else ()
        self._notes.setText(" ".join(str(note) for note in notes))
        self._notes.setVisible(bool(notes))
        self.show_button.setEnabled(batch is not None and batch.items > 0)
        found = None if batch is None else self._comparisons.get(batch.number)
        self.shifted_button.setEnabled(found is not None and bool(found.strangest))
        self.comparison.setVisible(batch is not None)
        if batch is not None:
            self.comparison.show_comparison(batch, found, self._context.bridge.desk.project)

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(PlainLabel(tr("Add items"), "claim"))
        words = tr(
            "What is new comes after the items that are there; nothing that is there changes. A share of each batch is "
            "set aside to measure. Files and folders can also be dropped on the window."
        )
        column.addWidget(PlainLabel(words, "body", "text2", wrap=True))
        source = Card(tr("Where from"))
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        for button in (self.look_button, self.folder_button, self.files_button):
            row.addWidget(button)
        row.addStretch(1)
        source.body.addLayout(row)
        source.body.addWidget(self.watch_row)
        column.addWidget(source)
        batches = Card(tr("Batches"))
        batches.body.addWidget(self.table)
        batches.body.addWidget(self._none)
        batches.body.addWidget(self._notes)
        below = QHBoxLayout()
        below.setSpacing(SPACE_8)
        below.addWidget(self.show_button)
        below.addWidget(self.shifted_button)
        below.addStretch(1)
        batches.body.addLayout(below)
        column.addWidget(batches)
        column.addWidget(self.comparison)
        column.addStretch(1)

    def _connect(self) -> None:
        bridge = self._context.bridge
        bridge.changed.connect(self._follow)
        bridge.project_changed.connect(self.refresh)
        self.look_button.clicked.connect(lambda: self.add_wanted.emit(()))
        self.folder_button.clicked.connect(self._choose_folder)
        self.files_button.clicked.connect(self._choose_files)
        self.watch_row.clicked.connect(lambda: self._watch(self.watch_row.isChecked()))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_selected())
        self.table.row_chosen.connect(lambda _row: self.show_items())
        self.show_button.clicked.connect(lambda: self.show_items())
        self.shifted_button.clicked.connect(lambda: self.show_shifted())

    def _follow(self, changes: Changes) -> None:
        if self.isVisible() and (changes.pool or changes.settings):
            self.refresh()


def _row(batch: "Batch", found: "BatchComparison | None", context: Context) -> list[Cell]:
    counts = batch.counts
    left_out = counts.duplicates + counts.unreadable + counts.others
    return [
        Cell(number(batch.number)),
        Cell(number(batch.items)),
        Cell(day_and_time(batch.at_utc), tone="text2"),
        Cell(batch.source, tooltip=batch.source),
        Cell(batch.by, tone="text2"),
        Cell(number(left_out) if left_out else "", tone="text2"),
        _verdict(batch, found, context),
    ]


def _verdict(batch: "Batch", found: "BatchComparison | None", context: Context) -> Cell:
    if found is None and is_comparable(context.bridge.desk.project, batch):
        return Cell(tr("not compared yet"), tone="text2")
    if found is None:
        return Cell(tr("too few to tell") if batch.items else "", tone="text2")
    if found.p is None:
        return Cell(tr("not compared"), tone="text2")
    return Cell(tr("unlike"), tone="warn", is_strong=True) if found.differs else Cell(tr("alike"), tone="text2")
