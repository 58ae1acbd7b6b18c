"""Step 1: what lies in the data that was chosen, and the first items of it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from hitl_desktop.exchange.ordering import shown
from hitl_desktop.exchange.row_kinds import kinds_of
from hitl_desktop.exchange.table_records import TableFormat
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import RADIUS_SMALL, SPACE_8, SPACE_12, SPACE_16
from hitl_desktop.gui.views.new_project.columns import two_columns
from hitl_desktop.gui.views.new_project.rows_table import RowsTable
from hitl_desktop.gui.widgets.busy_line import BusyLine
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import CENTRE, draw_icon, draw_text, fill_rounded
from hitl_desktop.gui.widgets.sizes import size_in_words
from hitl_desktop.kinds import KINDS
from hitl_desktop.language import explained, listed, mark, number, tr, trn
from hitl_desktop.workflow.first_look import PREVIEWED, Found, FoundFolder, FoundTable

_ACROSS: Final = 6
_SIDE: Final = 96
_DELIMITERS: Final = {
    ",": mark("Table, cells parted by: comma"),
    ";": mark("Table, cells parted by: semicolon"),
    "\t": mark("Table, cells parted by: tab"),
    "|": mark("Table, cells parted by: bar"),
    "": mark("Table, cells parted by: none"),
}
_FORMATS: Final = {TableFormat.JSON_LINES: mark("JSON lines"), TableFormat.JSON_ARRAY: mark("JSON list")}
_NAMED_CLASSES: Final = 8


class ChooseStep(QWidget):
    """Shows how looking through the data goes, then what was found. `other_wanted` asks for other data."""

    other_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = context.theme
        self._context = context
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_16)
        self.busy = BusyLine(theme)
        self.busy.cancel_requested.connect(self.stop_wanted)
        column.addWidget(self.busy)
        head = QHBoxLayout()
        head.setSpacing(SPACE_12)
        self.headline = PlainLabel("", "number")
        self._sub = PlainLabel("", "body", "text2", elide=True)
        self.other_button = Button(theme, tr("Choose another…"))
        self.other_button.clicked.connect(self.other_wanted)
        head.addWidget(self.headline)
        head.addWidget(self._sub, 1)
        head.addWidget(self.other_button)
        column.addLayout(head)
        self._preview = Card(tr("The first items"))
        self._content: QWidget | None = None
        wide, narrow = QWidget(), QWidget()
        self._left = QVBoxLayout(wide)
        self._left.setContentsMargins(0, 0, 0, 0)
        self._left.addWidget(self._preview)
        self._left.addStretch(0)
        self._facts = Card(tr("What it is"))
        self._fact_list = QGridLayout()
        self._fact_list.setHorizontalSpacing(SPACE_12)
        self._fact_list.setVerticalSpacing(SPACE_8)
        self._fact_list.setColumnStretch(1, 1)
        self._facts.body.addLayout(self._fact_list)
        self._facts.body.addStretch(1)
        side = QVBoxLayout(narrow)
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(self._facts)
        side.addStretch(1)
        column.addLayout(two_columns(theme, wide, narrow), 1)
        self.show_nothing()

    def show_nothing(self) -> None:
        """Nothing was found (yet): the page says why."""
        for widget in (self.busy, self._preview, self._facts):
            widget.setVisible(False)
        self.headline.setText("")
        self._sub.setText("")

    def show_looking(self, text: str, done: int = 0, total: int = 0) -> None:
        """Show how far looking through the data is."""
        detail = trn("{n} so far", "{n} so far", done) if done and not total else ""
        self.busy.show_progress(text, done, total, detail)
        self.busy.setVisible(True)

    def show_found(self, found: Found) -> None:
        """Show what was found."""
        self.busy.setVisible(False)
        if isinstance(found, FoundFolder):
            self._show_folder(found)
        else:
            self._show_table(found)
        self._preview.setVisible(True)
        self._facts.setVisible(True)

    def _show_folder(self, found: FoundFolder) -> None:
        listing = found.survey
        images = len(listing.files)
        self.headline.setText(trn("{n} image was found.", "{n} images were found.", images))
        left = len(listing.others) + len(listing.unreadable)
        self._sub.setText(trn("{n} other entry is left out.", "{n} other entries are left out.", left) if left else "")
        facts = [
            (tr("Kind"), tr("Images")),
            (tr("Folder"), shown(found.path.name)),
            (tr("Size"), size_in_words(found.size)),
        ]
        if found.survey.names_places:
            facts.append((tr("Classes"), tr("The folders are numbered alike. You name the classes in the next step.")))
        elif found.counts:
            named = trn(
                "{n}, named by the folders: {names}",
                "{n}, named by the folders: {names}",
                len(found.counts),
                names=_named(found.counts),
            )
            facts.append((tr("Classes"), named))
        else:
            facts.append((tr("Classes"), tr("The folders name none. You name them in the next step.")))
        self._show_facts(facts)
        grid = Thumbnails(self._context.theme, self._context.media)
        grid.show_files(found.path, [file.path for file in listing.files[:PREVIEWED]])
        area = _scrolling(grid)
        area.setMaximumHeight(grid.sizeHint().height())
        self._show_preview(area, images, fills=False)

    def _show_table(self, found: FoundTable) -> None:
        guess = found.guess
        self.headline.setText(
            trn("{n} row was found.", "{n} rows were found.", found.row_count)
            if found.complete
            else trn("About {n} row was found.", "About {n} rows were found.", found.row_count)
        )
        self._sub.setText("")
        if guess.format in _FORMATS:
            written = tr(_FORMATS[guess.format])
        elif guess.delimiter in _DELIMITERS:
            written = tr(_DELIMITERS[guess.delimiter])
        else:
            written = tr("Table, cells parted by: {sign}", sign=guess.delimiter)
        facts = [
            (tr("Kind"), tr(KINDS[kinds_of(guess)[0]].title)),
            (tr("File"), shown(found.path.name)),
            (tr("Written as"), written),
            (tr("Encoding"), guess.encoding),
        ]
        facts.append((tr("Columns"), explained(number(len(guess.columns)), _named(guess.column_names))))
        facts += [(tr("Note"), str(note)) for note in guess.notes]
        self._show_facts(facts)
        table = RowsTable(self._context.theme)
        names = guess.column_names
        table.show_rows(names, [[row.values.get(name, "") for name in names] for row in found.rows])
        table.setAccessibleName(tr("The first rows"))
        self._show_preview(table, found.row_count, fills=True)

    def _show_preview(self, content: QWidget, items: int, *, fills: bool) -> None:
        """Put `content` on the card; a table fills the height, pictures take what they need."""
        if self._content is not None:
            self._content.hide()
            self._content.deleteLater()
        self._content = content
        self._preview.body.addWidget(content, 1)
        self._left.setStretch(0, 1 if fills else 0)
        self._left.setStretch(1, 0 if fills else 1)
        self._preview.set_title(
            trn("The first {n}", "The first {n}", PREVIEWED) if items > PREVIEWED else tr("All of them")
        )

    def _show_facts(self, facts: list[tuple[str, str]]) -> None:
        while (item := self._fact_list.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row, (name, value) in enumerate(facts):
            top = Qt.AlignmentFlag.AlignTop
            self._fact_list.addWidget(PlainLabel(name, "body", "text2"), row, 0, top)
            self._fact_list.addWidget(PlainLabel(value, "body", wrap=True), row, 1, top)


class Thumbnails(QWidget):
    """A grid of the first pictures with their names."""

    def __init__(self, theme: Theme, media: Media, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._media = theme, media
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE_12)
        self._tiles: dict[str, _Tile] = {}
        media.thumbnail_ready.connect(self._ready)

    def show_files(self, root: Path, files: list[str]) -> None:
        """Show these files below `root`; their pictures come as they are decoded."""
        for place, file in enumerate(files):
            # The content is not read yet, so the place stands for the digest.
            key = f"preview:{root / file}"
            tile = _Tile(self._theme, file)
            self._tiles[key] = tile
            self._grid.addWidget(tile, place // _ACROSS, place % _ACROSS)
            pixmap = self._media.thumbnail(key, root / file)
            if pixmap is not None:
                tile.show_picture(pixmap)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        for column in range(_ACROSS):
            self._grid.setColumnStretch(column, 1)

    def _ready(self, key: str) -> None:
        tile = self._tiles.get(key)
        if tile is not None:
            root_and_file = Path(key.removeprefix("preview:"))
            tile.show_picture(self._media.thumbnail(key, root_and_file))


class _Tile(Painted):
    """One picture on the canvas colour, its name below; an icon where it cannot be read."""

    def __init__(self, theme: Theme, file: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._file = shown(file)
        self._picture: QPixmap | None = None
        self._is_unreadable = False
        self.describe(self._file)
        self.setToolTip(plain_tooltip(self._file))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_picture(self, picture: QPixmap | None) -> None:
        """Show the picture; None says that it cannot be read."""
        self._picture, self._is_unreadable = picture, picture is None
        if self._is_unreadable:
            self.describe(self._file, tr("cannot be read"))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE + self.theme.line("caption") + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(64, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = QRect(0, 0, self.width(), _SIDE)
        fill_rounded(painter, ground, RADIUS_SMALL, self.theme.colour("canvas"))
        if self._picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            size = self._picture.size().scaled(ground.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(0, 0, size.width(), size.height())
            place.moveCenter(ground.center())
            painter.drawPixmap(place, self._picture)
        elif self._is_unreadable:
            draw_icon(painter, self.theme, ground, "file-warning", "warn", 22)
        name = QRect(0, _SIDE + 4, self.width(), self.theme.line("caption"))
        text = self._file.rsplit("/", 1)[-1]
        draw_text(painter, name, text, self.theme.font("caption"), self.theme.colour("text2"), CENTRE)


def _named(names: Iterable[str]) -> str:
    every = list(names)
    shown_names = listed(every[:_NAMED_CLASSES])
    more = len(every) - _NAMED_CLASSES
    return trn("{names} and {n} more", "{names} and {n} more", more, names=shown_names) if more > 0 else shown_names


def _scrolling(content: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    content.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    return area
