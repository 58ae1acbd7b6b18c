"""Two to four items side by side. They are zoomed, moved and scrolled together."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme.tokens import SPACE_12, SPACE_16
from hitl_desktop.gui.viewers.image_canvas import ImageCanvas
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.gui.viewers.text_viewer import TextViewer
from hitl_desktop.gui.views.compare.pane import ComparePane
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import rule, upright_rule
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr, trn

MOST: Final = 4


class ComparePage(QWidget):
    """`item_wanted(int)`: an item is wanted on the review page. `left()`: the page is no longer wanted."""

    item_wanted = Signal(int)
    left = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare_page")
        self.setAccessibleName(tr("Compare"))
        self._context = context
        self.media = Media(self)
        self.panes: list[ComparePane] = []
        self._is_following = False
        self._joined: dict[ImageViewer, int] = {}
        self._title = PlainLabel(tr("Compare"), "title")
        self._hint = PlainLabel("", "small", "text2", elide=True, cut="end")
        self.together = QCheckBox(tr("Move together"))
        self.together.setChecked(True)
        self.together.toggled.connect(self._align)
        back = Button(context.theme, tr("Back"), "secondary", key=context.keymap.caption("leave"))
        back.clicked.connect(self.left)
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
        row.setSpacing(SPACE_16)
        row.addWidget(self._title)
        row.addWidget(self._hint, 1)
        row.addWidget(self.together)
        row.addWidget(back)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(rule())
        column.addLayout(self._row, 1)
        self._show_hint()
        context.bridge.closing.connect(self._close_all)

    def show_items(self, indexes: Sequence[int]) -> None:
        """Show these items, at most four, in place of those before."""
        self._clear()
        bridge = self._context.bridge
        if not bridge.is_open:
            return
        project = bridge.desk.project
        for item in project.store.items.many(list(dict.fromkeys(indexes))[:MOST]):
            pane = ComparePane(self._context, self.media, item)
            pane.open_wanted.connect(lambda index=item.index: self.item_wanted.emit(index))
            pane.close_wanted.connect(lambda pane=pane: self._remove(pane))
            self._connect(pane)
            if self.panes:
                self._row.addWidget(upright_rule())
            self._row.addWidget(pane, 1)
            self.panes.append(pane)
        self._row.activate()
        for pane in self.panes:
            pane.show_item(project)
        self._show_hint()
        if self.panes:
            self.panes[0].viewer.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The viewers' keys work in the one with the focus, and what they do in all; Esc goes back."""
        focus = next((pane for pane in self.panes if pane.isAncestorOf(self.focusWidget() or self)), None)
        viewer = (focus or self.panes[0]).viewer if self.panes else None
        usual = self._context.keymap.usual(event)
        if viewer is not None and usual is not None and viewer.handle_key(usual):
            return
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _connect(self, pane: ComparePane) -> None:
        viewer = pane.viewer
        if isinstance(viewer, ImageViewer):
            viewer.canvas.zoom_changed.connect(lambda: self._follow(viewer))
            viewer.frame_changed.connect(lambda: self._scroll(viewer))
        if isinstance(viewer, TextViewer):
            viewer.pane.verticalScrollBar().valueChanged.connect(lambda _value: self._follow(viewer))
            viewer.text_points_changed.connect(self._same_size)

    def _follow(self, leader: QWidget) -> None:
        """What was done to one is done to the others; what follows from that is not done again."""
        if self._is_following or not self.together.isChecked():
            return
        self._is_following = True
        try:
            for pane in self.panes:
                if pane.viewer is not leader:
                    _imitate(pane.viewer, leader)
        finally:
            self._is_following = False

    def _scroll(self, leader: ImageViewer) -> None:
        """Stacks move by as many frames as the one that was scrolled, from where they were when they were joined."""
        if self._is_following or not self.together.isChecked():
            return
        self._is_following = True
        try:
            by = leader.frame - self._joined_at(leader)
            for pane in self.panes:
                viewer = pane.viewer
                if isinstance(viewer, ImageViewer) and viewer is not leader and viewer.frames > 1:
                    aim = max(0, min(viewer.frames - 1, self._joined_at(viewer) + by))
                    if aim != viewer.frame:
                        viewer.show_frame(aim, passing=True)
        finally:
            self._is_following = False

    def _joined_at(self, viewer: ImageViewer) -> int:
        """The frame at which a stack began to move with the others: its middle, unless they were joined anew."""
        shots = viewer.picture.shots if viewer.picture is not None else None
        return self._joined.get(viewer, shots.first if shots is not None else 0)

    def _align(self, together: bool) -> None:
        """Pictures take the zoom of the first one; stacks stay at the frames that were found to belong together."""
        if together and self.panes:
            self._joined = {v: v.frame for v in (p.viewer for p in self.panes) if isinstance(v, ImageViewer)}
            self._follow(self.panes[0].viewer)

    def _same_size(self, points: int) -> None:
        for pane in self.panes:
            if isinstance(pane.viewer, TextViewer):
                pane.viewer.set_text_points(points)

    def _remove(self, pane: ComparePane) -> None:
        left = [other.item.index for other in self.panes if other is not pane]
        if left:
            self.show_items(left)
        else:
            self.left.emit()

    def _clear(self) -> None:
        while self._row.count():
            entry = self._row.takeAt(0)
            widget = entry.widget() if entry is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.panes = []
        self._joined = {}

    def _close_all(self) -> None:
        self._clear()
        self.media.pause()

    def _show_hint(self) -> None:
        count = len(self.panes)
        words = tr("Choose two to four items in the gallery, or press the key on an item you review.")
        self._hint.setText(trn("{n} item", "{n} items", count) if count else words)


def _imitate(viewer: QWidget, leader: QWidget) -> None:
    if isinstance(viewer, ImageViewer) and isinstance(leader, ImageViewer):
        projection = leader.canvas.projection
        if projection is not None and _is_shown(viewer.canvas):
            viewer.canvas.show_like(projection)
    if isinstance(viewer, TextViewer) and isinstance(leader, TextViewer):
        own, other = viewer.pane.verticalScrollBar(), leader.pane.verticalScrollBar()
        own.setValue(round(own.maximum() * other.value() / max(1, other.maximum())))


def _is_shown(canvas: ImageCanvas) -> bool:
    return canvas.projection is not None
