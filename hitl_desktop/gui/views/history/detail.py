"""One item of the history: what it is, and everything that was ever decided on it."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hitl_desktop.domain.items import Item
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import printed
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, SPACE_12, SPACE_16, STRONG
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.gui.viewers.picture_canvas import Overlays
from hitl_desktop.gui.viewers.viewer import ItemViewer
from hitl_desktop.gui.views.history.entry import Entry
from hitl_desktop.gui.views.item_viewer import viewer_for
from hitl_desktop.gui.views.review.item_views import item_view
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import rule
from hitl_desktop.gui.widgets.flow import Flow
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr, trn
from hitl_desktop.workflow.past_decisions import PastDecision, of_item
from hitl_desktop.workflow.project import Project

_PICTURE: Final = 240
_MOST: Final = 100
_PAST: Final = 120


class HistoryDetail(QFrame):
    """`again_wanted()` asks to decide the item again, `open_wanted()` for it on the review page."""

    again_wanted = Signal()
    open_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "surface")
        self.setAccessibleName(tr("The item and its decisions"))
        self._context = context
        self.media = Media(self)
        self.item: Item | None = None
        self._viewers: dict[str, ItemViewer] = {}
        self._viewer_box = QVBoxLayout()
        self._name = PlainLabel("", "lead", weight=STRONG, elide=True)
        self._path = PlainLabel("", "small", "text2", mono=True, elide=True)
        self._count = PlainLabel("", "small", "text2")
        self.again = Button(context.theme, tr("Decide again…"), "primary", icon="history")
        self.open = Button(context.theme, tr("Review"), icon="scan-eye", key=printed("Return"))
        self._events = QVBoxLayout()
        self._entries: list[Entry] = []
        self._nothing = PlainLabel("", "body", "text2", wrap=True)
        self._lay_out()
        self.again.clicked.connect(self.again_wanted)
        self.open.clicked.connect(self.open_wanted)
        context.bridge.closing.connect(self.media.pause)
        self.show_item(None)

    def show_nothing(self, why: str) -> None:
        """There is no decision to choose, and why."""
        self.show_item(None)
        self._nothing.setText(why)

    def show_item(self, item: Item | None) -> None:
        """Show an item with all its events; None for none."""
        is_other = self.item is None or item is None or self.item.digest != item.digest
        self.item = item
        self._whole.setVisible(item is not None)
        self._nothing.setVisible(item is None)
        if item is None:
            return
        project = self._context.bridge.desk.project
        if is_other:
            self._viewer(project.kind.name).show_item(item_view(project, item))
        self._name.setText(item.name)
        self._path.setText(item.digest[:16])
        events = of_item(project, item.index)
        self._count.setText(trn("{n} entry", "{n} entries", len(events)))
        self.again.setEnabled(bool(project.store.decisions.live(item.index)))
        self._show_events(project, events[:_MOST])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With large text in a low window the whole is scrolled, as some of what was decided has to be in view."""
        super().resizeEvent(event)
        self._past.setMinimumHeight(self._context.theme.px(_PAST))

    def _viewer(self, kind: str) -> ItemViewer:
        for name, viewer in self._viewers.items():
            viewer.setVisible(name == kind)
        if kind not in self._viewers:
            viewer = viewer_for(self._context, self.media)
            viewer.setFixedHeight(_PICTURE)
            viewer.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            if isinstance(viewer, ImageViewer):
                viewer.canvas.set_overlays(Overlays.NONE)
            self._viewers[kind] = viewer
            self._viewer_box.addWidget(viewer)
        return self._viewers[kind]

    def _show_events(self, project: Project, events: list[PastDecision]) -> None:
        while len(self._entries) < len(events):
            entry = Entry(self._context.theme)
            self._events.insertWidget(len(self._entries), entry)
            self._entries.append(entry)
        for place, entry in enumerate(self._entries):
            if place < len(events):
                entry.show_decision(project, events[place], is_first=place == 0)
            entry.setVisible(place < len(events))

    def _lay_out(self) -> None:
        self._body = QFrame()
        self._body.setProperty("pane", "surface")
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addLayout(self._viewer_box)
        inner = QVBoxLayout()
        inner.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_8)
        inner.setSpacing(SPACE_4)
        inner.addWidget(self._name)
        inner.addWidget(self._path)
        row = Flow(spacing=SPACE_8)
        row.setContentsMargins(0, SPACE_8, 0, SPACE_8)
        row.addWidget(self.again)
        row.addWidget(self.open)
        inner.addLayout(row)
        head = QHBoxLayout()
        head.addWidget(PlainLabel(tr("Everything decided on it"), "small", "text2", weight=STRONG, wrap=True), 1)
        head.addWidget(self._count)
        inner.addLayout(head)
        body.addLayout(inner)
        body.addWidget(rule())
        host = QFrame()
        host.setProperty("pane", "surface")
        self._events.setContentsMargins(SPACE_16, 0, SPACE_16, SPACE_8)
        self._events.setSpacing(0)
        self._events.addStretch(1)
        host.setLayout(self._events)
        self._past = _scrolling(host)
        self._past.setAccessibleName(tr("Everything decided on it"))
        body.addWidget(self._past, 1)
        self._whole = _scrolling(self._body)
        self._whole.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._whole, 1)
        self._nothing.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_16)
        column.addWidget(self._nothing, 0, Qt.AlignmentFlag.AlignTop)


def _scrolling(part: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(part)
    return area
