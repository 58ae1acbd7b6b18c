"""Step 3: how the import goes, then what was read and what was left out and why."""

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QTabBar, QVBoxLayout, QWidget

from hitl_desktop.domain.items import Duplicate
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12, SPACE_16
from hitl_desktop.gui.views.new_project.columns import two_columns
from hitl_desktop.gui.views.new_project.page_notice import PageNotice
from hitl_desktop.gui.views.new_project.rows_table import RowsTable
from hitl_desktop.gui.widgets.busy_line import BusyLine
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card, rule
from hitl_desktop.gui.widgets.class_count_bars import ClassCount, ClassCountBars
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.stat_tile import StatTile
from hitl_desktop.kinds import KINDS
from hitl_desktop.language import mark, number, tr, trn
from hitl_desktop.workflow.requests import LISTED, ImportReport, LabelUse, NewProject

_SORTS: Final = ("unreadable", "duplicates", "others")
_CLASSES_SHOWN: Final = 12
_USED: Final = {
    LabelUse.NO: mark("Only the names of the classes are used. Every item is undecided."),
    LabelUse.DECISIONS: mark("Used as earlier decisions."),
    LabelUse.TRUTH: mark("Kept hidden, to measure with. Not used as decisions."),
}
"""What is said of the labels, by what they are used for."""


class ReportStep(QWidget):
    """First a bar with counts that grow, then the report."""

    stop_wanted = Signal()
    save_wanted = Signal()
    change_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: dict[str, list[tuple[str, str]]] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_16)
        head = QHBoxLayout()
        head.setSpacing(SPACE_12)
        self.headline = PlainLabel("", "number")
        self._sub = PlainLabel("", "body", "text2", elide=True)
        head.addWidget(self.headline)
        head.addWidget(self._sub, 1)
        column.addLayout(head)
        self.busy = BusyLine(theme)
        self.busy.cancel_requested.connect(self.stop_wanted)
        column.addWidget(self.busy)
        column.addWidget(self._make_tiles())
        self._report = QWidget()
        self._side = self._make_side()
        self._report.setLayout(two_columns(theme, self._make_list(), self._side))
        theme.changed.connect(self._fit_side_later)
        column.addWidget(self._report, 1)
        column.addStretch(0)
        self.show_importing("")

    def model_words(self) -> str:
        """What is said of the model, and of what measures it."""
        return self._model_sentence.text()

    def show_importing(self, what: str, done: int = 0, total: int = 0) -> None:
        """Show how far the import is: `done` of `total` files or rows."""
        told = tr("{done} of {total} read.", done=number(done), total=number(total))
        self.headline.setText(told if total else tr("Reading your data…"))
        self._sub.setText(tr("Nothing in your data is changed."))
        self.busy.show_progress(tr("{what}…", what=what) if what else tr("Starting…"), done, total)
        self.busy.setVisible(True)
        self._tiles.setVisible(False)
        self._report.setVisible(False)

    def show_report(self, report: ImportReport, request: NewProject, model_sentence: str) -> None:
        """Show what the import gave that `request` asked for, and what makes the first suggestions."""
        self.busy.setVisible(False)
        self._show_head(report)
        self._show_left_out(report)
        # Classes named by hand do not come from the data, so that nothing in it can contradict itself.
        self._show_disagreements(report, 0 if request.labels else report.disagreements)
        self._show_classes(report, request)
        aside = tr(
            "{aside} of {items} items are set aside to measure it.",
            aside=number(report.set_aside),
            items=number(report.items),
        )
        self._model_sentence.setText(f"{model_sentence} {aside}".strip())
        self._tiles.setVisible(True)
        self._report.setVisible(True)
        self._fit_side()

    def _fit_side_later(self) -> None:
        """The words are measured again when the style sheet with the new text size has reached them."""
        QTimer.singleShot(0, self, self._fit_side)

    def _fit_side(self) -> None:
        """Leave the cards at the side as wide as their words need: they scroll down, never sideways."""
        bar = self._side.verticalScrollBar().sizeHint().width()
        self._side.setMinimumWidth(min(self._side.maximumWidth(), self._cards.minimumSizeHint().width() + bar))

    def _make_tiles(self) -> QWidget:
        self._tiles = QWidget()
        row = QHBoxLayout(self._tiles)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_16)
        looks = (
            ("items", "circle-check", "ok"),
            ("duplicates", "copy", "text2"),
            ("unreadable", "file-warning", "warn"),
            ("others", "ban", "text2"),
        )
        self.tiles = {sort: StatTile(self._theme, "0", "", icon, tone) for sort, icon, tone in looks}
        for tile in self.tiles.values():
            row.addWidget(tile, 1)
        return self._tiles

    def _make_list(self) -> Card:
        card = Card(padding=0)
        card.setAccessibleName(tr("What was left out"))
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_8, SPACE_8, SPACE_16, 0)
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName(tr("What was left out"))
        self.tabs.currentChanged.connect(self._show_rows)
        self.save_button = Button(self._theme, tr("Save list"), "quiet", icon="save", size="small")
        self.save_button.clicked.connect(self.save_wanted)
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(self.save_button)
        card.body.setSpacing(0)
        card.body.addLayout(head)
        card.body.addWidget(rule())
        inner = QVBoxLayout()
        inner.setContentsMargins(SPACE_8, 0, SPACE_8, SPACE_8)
        inner.setSpacing(SPACE_8)
        self.table = RowsTable(self._theme)
        self._nothing = PlainLabel("", "body", "text2", wrap=True)
        self._nothing.setContentsMargins(SPACE_8, SPACE_12, SPACE_8, SPACE_12)
        self._more = PlainLabel("", "small", "text2")
        self._more.setContentsMargins(SPACE_8, 0, SPACE_8, 0)
        self.disagreement = PageNotice(self._theme)
        for widget in (self._nothing, self.table, self._more):
            inner.addWidget(widget)
        self._list_end = QWidget()
        inner.addWidget(self._list_end, 1)
        inner.addWidget(self.disagreement)
        card.body.addLayout(inner, 1)
        return card

    def _make_side(self) -> QScrollArea:
        self._cards = QWidget()
        column = QVBoxLayout(self._cards)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_16)
        self._classes = Card(tr("Classes"))
        self._bars = ClassCountBars(self._theme)
        self._more_classes = PlainLabel("", "small", "text2")
        use = QHBoxLayout()
        use.setSpacing(SPACE_8)
        self._use = PlainLabel("", "small", "text2", wrap=True)
        self.change_button = Button(self._theme, tr("Change"), "link", size="small")
        self.change_button.setAccessibleName(tr("Change what the labels are used for"))
        self.change_button.clicked.connect(self.change_wanted)
        use.addWidget(self._use, 1)
        use.addWidget(self.change_button)
        for widget in (self._bars, self._more_classes, rule()):
            self._classes.body.addWidget(widget)
        self._classes.body.addLayout(use)
        model = Card(tr("Model"))
        self._model_sentence = PlainLabel("", "small", "text2", wrap=True)
        model.body.addWidget(self._model_sentence)
        self._notes_card = Card(tr("Worth knowing"))
        self._notes = PlainLabel("", "small", "text2", wrap=True)
        self._notes_card.body.addWidget(self._notes)
        for card in (self._classes, model, self._notes_card):
            column.addWidget(card)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(self._cards)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return area

    def _show_head(self, report: ImportReport) -> None:
        is_image = not KINDS[report.kind].from_rows
        used = report.items + report.stacked
        left = report.files - used
        ready = number(report.items)
        self.headline.setText(
            trn("{ready} of {n} files are ready.", "{ready} of {n} files are ready.", report.files, ready=ready)
            if is_image
            else trn("{ready} of {n} rows are ready.", "{ready} of {n} rows are ready.", report.files, ready=ready)
        )
        if report.stacked:
            many = {"items": number(report.items), "used": number(used), "files": number(report.files)}
            self.headline.setText(tr("{items} images, made of {used} of {files} files, are ready.", **many))
        safe = tr("Nothing in your folder was changed.") if is_image else tr("Your table was not changed.")
        out = (
            tr("Nothing was left out.")
            if not left
            else trn("{n} left out, each with its reason.", "{n} left out, each with its reason.", left)
        )
        self._sub.setText(f"{out} {safe}")
        self.tiles["items"].show_number(number(report.items), tr("images read") if is_image else tr("rows read"))
        if report.stacked:
            self.tiles["items"].show_number(number(report.items), tr("images read, of {n} files", n=number(used)))
        same = tr("same content as another file") if is_image else tr("same content as another row")
        self.tiles["duplicates"].show_number(number(report.duplicates), same)
        self.tiles["unreadable"].show_number(number(report.unreadable), tr("cannot be read"))
        self.tiles["others"].show_number(number(report.others), tr("not images"))
        self.tiles["others"].setVisible(is_image)

    def _show_left_out(self, report: ImportReport) -> None:
        self._rows = {
            "unreadable": [(note.file, note.reason) for note in report.listed_unreadable],
            "duplicates": [(note.file, _reason(note)) for note in report.listed_duplicates],
            "others": [(note.file, note.reason) for note in report.listed_others],
        }
        names = {"unreadable": tr("Cannot be read"), "duplicates": tr("Same content"), "others": tr("Not images")}
        counts = {"unreadable": report.unreadable, "duplicates": report.duplicates, "others": report.others}
        while self.tabs.count():
            self.tabs.removeTab(0)
        for sort in _SORTS:
            if sort != "others" or not KINDS[report.kind].from_rows:
                index = self.tabs.addTab(f"{names[sort]} · {number(counts[sort])}")
                self.tabs.setTabData(index, sort)
        first = next((i for i in range(self.tabs.count()) if counts[self.tabs.tabData(i)]), 0)
        self.tabs.setCurrentIndex(first)
        self._show_rows(first)
        self.save_button.setEnabled(report.files > report.items + report.stacked)

    def _show_disagreements(self, report: ImportReport, disagreements: int) -> None:
        if not disagreements:
            self.disagreement.clear()
            return
        sentence = (
            trn(
                "{n} pair disagrees. The same picture stands under two classes. The first one found was kept.",
                "{n} pairs disagree. The same picture stands under two classes. The first one found was kept.",
                disagreements,
            )
            if not KINDS[report.kind].from_rows
            else trn(
                "{n} pair disagrees. The same text stands under two classes. The first one found was kept.",
                "{n} pairs disagree. The same text stands under two classes. The first one found was kept.",
                disagreements,
            )
        )
        self.disagreement.say(sentence, "warn", (tr("Show the pairs"), self._show_pairs))

    def _show_pairs(self) -> None:
        """The pairs that disagree stand first in their list."""
        self.tabs.setCurrentIndex(_SORTS.index("duplicates"))
        self.table.scrollToTop()

    def _show_rows(self, index: int) -> None:
        sort = self.tabs.tabData(index)
        if sort is None:
            return
        rows = self._rows[sort]
        self.table.show_rows(
            (tr("File") if self.tabs.count() == len(_SORTS) else tr("Row"), tr("Why")), rows, frozenset({0})
        )
        self.table.setAccessibleName(self.tabs.tabText(index))
        self.table.setVisible(bool(rows))
        self._list_end.setVisible(not rows)
        self._nothing.setText("" if rows else tr("There is none of this sort."))
        self._nothing.setVisible(not rows)
        is_cut = len(rows) == LISTED
        self._more.setText(
            trn(
                "The first {n} is shown. The saved list has all of them.",
                "The first {n} are shown. The saved list has all of them.",
                LISTED,
            )
        )
        self._more.setVisible(is_cut)

    def _show_classes(self, report: ImportReport, request: NewProject) -> None:
        by_hand = bool(request.labels)
        labelled = sum(report.class_counts.values())
        from_rows = KINDS[report.kind].from_rows
        title = tr("What the label column says") if from_rows else tr("What the folder names say")
        aside = "" if by_hand or request.several else KINDS[report.kind].counted(labelled)
        self._classes.set_title(tr("The classes you named") if by_hand else title, aside)
        rows = [ClassCount(i, name, report.class_counts[name]) for i, name in enumerate(report.classes)]
        self._bars.show_counts(rows[:_CLASSES_SHOWN])
        more = len(rows) - _CLASSES_SHOWN
        self._more_classes.setText(trn("And {n} more.", "And {n} more.", max(0, more)))
        self._more_classes.setVisible(more > 0)
        sentence = tr("Every item is undecided.") if by_hand else tr(_USED[request.use_labels])
        if report.decisions:
            sentence = tr(
                "{count} earlier decisions. {aside} of them, drawn at random, measure the model and do not train it.",
                count=number(report.decisions),
                aside=number(report.decisions_aside),
            )
        self._use.setText(sentence)
        self._notes.setText("\n".join(map(str, report.notes)))
        self._notes_card.setVisible(bool(report.notes))


def _reason(note: Duplicate) -> str:
    if note.disagrees:
        return tr("The same as {file}, which is under another class.", file=note.same_as)
    return tr("The same as {file}.", file=note.same_as)
