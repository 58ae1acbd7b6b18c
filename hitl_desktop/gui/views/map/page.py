"""The map of all items: what a model sees as alike lies together. A line around a cluster chooses it."""

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import printed
from hitl_desktop.gui.looked_up import LookedUp
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12, SPACE_16, STRONG
from hitl_desktop.gui.views.map.canvas import MapCanvas
from hitl_desktop.gui.views.map.colours import LEGENDS, UNTOLD, WAYS, Looks, looks_of
from hitl_desktop.gui.views.map.legend import Legend, Row
from hitl_desktop.gui.views.map.making import MapMaking
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card, upright_rule
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable, said
from hitl_desktop.language import mark, number, percent, tr, trn

if TYPE_CHECKING:
    from hitl_desktop.domain.changes import Changes
    from hitl_desktop.workflow.map_facts import GroupFacts, MapFacts
    from hitl_desktop.workflow.map_request import ItemMap
    from hitl_desktop.workflow.project import Project

_SIDE: Final = 440
_COLUMNS: Final = (
    Column(mark("Items"), mark("Items in a group of alike ones"), is_number=True),
    Column(mark("Decided"), mark("How many of them a person has decided"), is_number=True),
    Column(mark("Mostly"), mark("The class that most of them have, decided or suggested")),
    Column(mark("Unsure"), mark("How unsure the model is of them, on average"), is_number=True),
)
_ROWS: Final = 12
_UNSURE: Final = 3
_ROOMY: Final = 0.8
"""With less than so much of the usual width beside the map, names of classes are worth more than a figure."""
_MOST_CLASSES: Final = 24


class MapPage(QWidget):
    """`items_wanted(indexes, words)`: what is chosen is wanted in the gallery, to look at and to decide together.
    `item_wanted(int)`: one item is wanted on the review page.
    """

    items_wanted = Signal(object, str)
    item_wanted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map_page")
        self.setAccessibleName(tr("Map"))
        theme = context.theme
        self._context = context
        self._map: ItemMap | None = None
        self._facts: MapFacts | None = None
        self._groups: list[GroupFacts] = []
        self._mask = np.empty(0, bool)
        self._is_stale = True
        self._looks: tuple[object, str, Looks] | None = None
        self.making = MapMaking(context.bridge, self)
        self._looked_up = LookedUp(context.bridge, self)
        self.canvas = MapCanvas(theme)
        self.way = QComboBox()
        self.legend = Legend(theme)
        groups = tr("Groups of alike items")
        self.table = PlainTable(theme, groups, said(_COLUMNS), stretch=(2,), most=_ROWS, is_dense=True)
        self.state = PlainLabel("", "small", "text2", wrap=True)
        self.chosen = PlainLabel("", "body", weight=STRONG, wrap=True)
        self.make = Button(theme, tr("Make the map"), "primary", icon="target")
        self.again = Button(theme, tr("Make it anew"), "quiet", icon="refresh-cw", size="small")
        self.cancel = Button(theme, tr("Cancel"), "quiet", size="small")
        self.gallery = Button(theme, tr("Show in the gallery"), icon="layout-grid", key=printed("Return"))
        self.clear = Button(theme, tr("Choose nothing"), "quiet", key=printed("Esc"))
        self._why = PlainLabel("", "body", "text2", wrap=True)
        self._guard = WheelGuard(self)
        self._lay_out()
        self._connect()

    @property
    def is_busy(self) -> bool:
        """True while the map is made, looked up or drawn."""
        return self.making.is_busy or self._looked_up.is_busy or self.canvas.is_busy

    def chosen_items(self) -> npt.NDArray[np.int64]:
        """The items that are chosen, ascending (m,)."""
        return np.flatnonzero(self._mask)

    def choose(self, mask: npt.NDArray[np.bool_], *, adds: bool = False) -> None:
        """Choose items (n,); with `adds` beside those that are."""
        self._mask = self._mask | mask if adds and len(self._mask) == len(mask) else mask.copy()
        self._show_dots()
        self._show_chosen()

    def show_chosen(self) -> None:
        """Show what is chosen in the gallery, where it is looked at and decided together."""
        indexes = self.chosen_items()
        if len(indexes):
            words = trn("{n} item of the map", "{n} items of the map", len(indexes))
            self.items_wanted.emit(indexes.tolist(), words)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._reload()
        self.canvas.setFocus(Qt.FocusReason.MouseFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With large text, the map keeps half of the room."""
        super().resizeEvent(event)
        usual = self._context.theme.px(_SIDE)
        width = min(usual, self.width() // 2)
        self._side.setFixedWidth(width)
        self.table.setColumnHidden(_UNSURE, width < _ROOMY * usual)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows what is chosen in the gallery, Esc chooses nothing."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.show_chosen()
        elif event.key() == Qt.Key.Key_Escape and self._mask.any():
            self.choose(np.zeros(len(self._mask), bool))
        else:
            super().keyPressEvent(event)

    # ---- what is shown ---------------------------------------------------------------------------------------------

    def _reload(self) -> None:
        """Read the map that there is, and what is known of the items: of many, beside the window."""
        self._is_stale = False
        if not self._context.bridge.is_open:
            self._map, self._facts = None, None
            return
        self._looked_up.ask(_look, self._take)
        if self._looked_up.is_busy:
            self._show_state(self._context.bridge.desk.project)

    def _take(self, found: "tuple[ItemMap, MapFacts, list[GroupFacts]] | None") -> None:
        project = self._context.bridge.desk.project
        if found is None:
            self._map = None
            self._show_state(project)
            return
        self._map, self._facts, self._groups = found
        if len(self._map.groups) != len(project.pool):  # items came while it was looked up
            self._reload()
            return
        self._show_state(project)
        if len(self._mask) != len(project.pool):
            self._mask = np.zeros(len(project.pool), bool)
        self.table.show_rows([_row(project, group) for group in self._groups])
        self._show_dots()
        self._show_chosen()
        if self.way.hasFocus() or self.make.hasFocus():
            self.canvas.setFocus(Qt.FocusReason.MouseFocusReason)

    def _show_state(self, project: "Project") -> None:
        is_busy, is_there = self.making.is_busy, self._map is not None
        may_be_there = is_there or (self._looked_up.is_busy and not is_busy)  # nothing says that there is none yet
        had_focus = self.make.hasFocus() or self.cancel.hasFocus()
        self._stack.setCurrentIndex(1 if may_be_there else 0)
        for part in self._beside:
            part.setVisible(is_there)
        self.make.setVisible(not is_busy)
        self.cancel.setVisible(is_busy)
        self.again.setVisible(is_there and not is_busy)
        if had_focus:  # a button that goes would leave its keys to the menu of the window
            (self.canvas if may_be_there else self.cancel if is_busy else self.make).setFocus(
                Qt.FocusReason.MouseFocusReason
            )
        self._why.setText(
            tr("The map is being made. You can go on meanwhile.")
            if is_busy
            else tr(
                "On the map, items that the model sees as alike lie together: clusters, outliers, and places where "
                "nobody has decided anything. It is worked out on this computer."
            )
        )
        if self._map is None:
            return
        left = int((self._map.groups < 0).sum())
        parts = [
            tr("Being made anew…")
            if is_busy
            else tr("Seen with model v{version}.", version=self._map.version)
            if self._map.version
            else tr("Seen without a model.")
        ]
        if project.model is not None and project.model.version != self._map.version:
            parts.append(tr("v{version} is in use now.", version=project.model.version))
        if left:
            parts.append(trn("{n} item cannot be read.", "{n} items cannot be read.", left))
        self.state.setText(" ".join(parts))

    def _show_dots(self) -> None:
        if self._map is None or self._facts is None or not self._context.bridge.is_open:
            return
        way = self.way.currentData()
        if self._looks is None or self._looks[0] is not self._facts or self._looks[1] != way:
            self._looks = self._facts, way, looks_of(self._context.theme, way, self._facts)
        self.canvas.show_items(self._map.places, self._looks[2], self._mask)
        self.legend.show_rows(self._meanings(way, self._facts))

    def _recolour(self) -> None:
        self._looks = None
        self._show_dots()

    def _meanings(self, way: str, facts: "MapFacts") -> list[Row]:
        """What the legend says; of more than 24 classes, the first ones."""
        theme, labels = self._context.theme, self._context.bridge.desk.project.labels
        rows, found = LEGENDS.get(way), []
        if rows is None:
            there = [(at.position, theme.class_colour(at.position), at.name) for at in labels if not at.retired]
            found = there[:_MOST_CLASSES]
            rows = (UNTOLD,) if (facts.classes < 0).any() else ()
        return found + [(kind, theme.colour(token), tr(words)) for kind, token, words in rows]

    def _show_chosen(self) -> None:
        count = int(self._mask.sum())
        self.chosen.setText(
            trn("{n} item is chosen.", "{n} items are chosen.", count)
            if count
            else tr("Draw a line around items to choose them, or take a group.")
        )
        self.gallery.setEnabled(count > 0)
        self.clear.setEnabled(count > 0)
        self.canvas.setAccessibleName(tr("Map"))
        self.canvas.setAccessibleDescription(self.chosen.text())

    def _take_group(self, row: int) -> None:
        if self._map is not None and 0 <= row < len(self._groups):
            self.choose(self._map.groups == self._groups[row].group)

    def _pointed(self, index: int) -> None:
        bridge = self._context.bridge
        if index < 0 or not bridge.is_open or self._facts is None:
            self.canvas.say("")
            return
        project = bridge.desk.project
        position = int(self._facts.classes[index])
        name = project.store.items.get(index).name
        self.canvas.say(f"{name} · {project.labels[position].name}" if position >= 0 else name)

    def _changed(self, changes: "Changes") -> None:
        if changes.decisions or changes.model or changes.pool or changes.classes or changes.routing:
            self._is_stale = True
            if self.isVisible():
                self._reload()

    def _project_changed(self) -> None:
        self._map, self._facts, self._groups = None, None, []
        self._mask = np.empty(0, bool)
        self._is_stale = True
        self.table.show_rows([])
        if self.isVisible():
            self._reload()

    def _made(self) -> None:
        self._is_stale = True
        if self.isVisible():
            self._reload()

    # ---- layout ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for name, title in WAYS.items():
            self.way.addItem(tr(title), name)
        self.way.setAccessibleName(tr("Coloured by"))
        self._guard.guard(self.way)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._nothing())
        self._stack.addWidget(self.canvas)
        side = QFrame()
        side.setProperty("pane", "window")
        side.setMinimumWidth(1)  # a row that is too long must not make all others as wide
        column = QVBoxLayout(side)
        column.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_16)
        column.setSpacing(SPACE_12)
        column.addWidget(PlainLabel(tr("Map"), "title"))
        column.addLayout(_row_of((self.state, 1), (self.again, 0)))
        column.addLayout(_row_of((PlainLabel(tr("Coloured by"), "body", "text2"), 0), (self.way, 1)))
        column.addWidget(self.legend)
        groups = Card(tr("Groups of alike items"))
        groups.body.addWidget(PlainLabel(tr("least decided first"), "small", "text2"))
        groups.body.addWidget(self.table)
        groups.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        column.addWidget(groups)
        column.addWidget(self.chosen)
        column.addWidget(self.gallery)
        column.addLayout(_row_of((self.clear, 0)))
        column.addStretch(1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._stack, 1)
        self._side = QScrollArea()
        self._side.setWidgetResizable(True)
        self._side.setFrameShape(QFrame.Shape.NoFrame)
        self._side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._side.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._side.setWidget(side)
        self._beside = (upright_rule(), self._side)
        for part in self._beside:
            whole.addWidget(part)

    def _nothing(self) -> QWidget:
        page, inner = QWidget(), QWidget()
        inner.setFixedWidth(self._context.theme.px(420))
        inner.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Minimum)
        column = QVBoxLayout(inner)
        column.setSpacing(SPACE_12)
        column.addWidget(PlainLabel(tr("No map yet"), "title", weight=STRONG))
        column.addWidget(self._why)
        column.addLayout(_row_of((self.make, 0), (self.cancel, 0)))
        outer = QVBoxLayout(page)
        outer.addStretch(1)
        across = QHBoxLayout()  # an aligned widget would be given the height of a wider one
        across.addStretch(1)
        across.addWidget(inner)
        across.addStretch(1)
        outer.addLayout(across)
        outer.addStretch(2)
        return page

    def _connect(self) -> None:
        bridge = self._context.bridge
        bridge.changed.connect(self._changed)
        bridge.project_changed.connect(self._project_changed)
        self.destroyed.connect(self.canvas.close_drawing)
        self.making.made.connect(self._made)
        self.making.busy_changed.connect(lambda: self._show_state(bridge.desk.project) if bridge.is_open else None)
        self.make.clicked.connect(self.making.begin)
        self.again.clicked.connect(self.making.begin)
        self.cancel.clicked.connect(self.making.stop)
        self.way.currentIndexChanged.connect(lambda _: self._show_dots())
        self.canvas.chosen.connect(lambda mask, adds: self.choose(mask, adds=adds))
        self.canvas.opened.connect(self.item_wanted)
        self.canvas.pointed.connect(self._pointed)
        self.table.row_chosen.connect(self._take_group)
        self.table.clicked.connect(lambda index: self._take_group(index.row()))
        self.gallery.clicked.connect(self.show_chosen)
        self.clear.clicked.connect(lambda: self.choose(np.zeros(len(self._mask), bool)))
        self._context.theme.changed.connect(self._recolour)


def _look(project: "Project") -> "tuple[ItemMap, MapFacts, list[GroupFacts]] | None":
    """The map that there is and what is known of its items; None without one. Only reads."""
    from hitl_desktop.workflow.map_facts import group_facts, map_facts
    from hitl_desktop.workflow.map_request import read_map

    found = read_map(project)
    if found is None:
        return None
    facts = map_facts(project)
    return found, facts, group_facts(found, facts)


def _row(project: "Project", group: "GroupFacts") -> list[Cell]:
    most = project.labels[group.most] if group.most >= 0 else None
    words = "" if most is None else most.name
    told = "" if most is None else f"{most.name}, {percent(group.share)}"
    return [
        Cell(number(group.items)),
        Cell(number(group.decided), tone="" if group.decided else "warn", is_strong=not group.decided),
        Cell(words, class_index=-1 if most is None else most.position, tooltip=told),
        Cell("" if group.unsure is None else percent(group.unsure)),
    ]


def _row_of(*parts: tuple[QWidget, int]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(SPACE_8)
    for part, stretch in parts:
        row.addWidget(part, stretch)
    if not any(stretch for _, stretch in parts):
        row.addStretch(1)
    return row
