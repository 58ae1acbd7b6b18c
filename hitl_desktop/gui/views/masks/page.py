"""Masks: before pictures are given away, each is looked at, and what must not be seen is painted over."""

from typing import TYPE_CHECKING, Any, Final, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.mask_strokes import Stroke
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import printed
from hitl_desktop.gui.layouts import latin
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12, SPACE_16, STRONG
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.gui.views.item_viewer import viewer_for
from hitl_desktop.gui.views.masks.layer import MaskLayer
from hitl_desktop.gui.views.review.item_views import item_view
from hitl_desktop.gui.widgets.badge import Badge
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import rule
from hitl_desktop.gui.widgets.flow import Flow
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import number, tr, trn
from hitl_desktop.store.masks import Box
from hitl_desktop.workflow.jobs import Job, JobState

if TYPE_CHECKING:
    from hitl_desktop.workflow.masking import Masker

_PICTURE = 0
_SHIFT, _CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
_WAYS: Final = {
    int(Qt.Key.Key_Left): (-1, 0),
    int(Qt.Key.Key_Right): (1, 0),
    int(Qt.Key.Key_Up): (0, -1),
    int(Qt.Key.Key_Down): (0, 1),
}
_PAUSE_MS: Final = 500
"""After so long without a key what keys have changed of a box is kept."""
_TAKING: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class MasksPage(QWidget):
    """One picture after another. `copies_wanted()` asks for the copies, `left()` to go back."""

    copies_wanted = Signal()
    left = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("masks_page")
        self.setAccessibleName(tr("Masks"))
        self._context = context
        theme = context.theme
        self.media = Media(self)
        self._masker: Masker | None = None
        self._index: int | None = None
        self.viewer: ImageViewer | None = None
        self.layer: MaskLayer | None = None
        self.name = PlainLabel("", "body", weight=STRONG, elide=True)
        self.badge = Badge(theme, "eye", "", "neutral")
        self.counts = PlainLabel("", "small", "text2")
        self.counts.setAccessibleName(tr("How far it is"))
        self.copy_button = Button(theme, tr("Copy without names…"), "secondary", icon="upload", size="small")
        self.back_button = Button(theme, tr("Back"), "secondary", key=context.keymap.caption("leave"), size="small")
        self.previous_button = Button(theme, tr("Previous"), "quiet", icon="chevron-left", size="small")
        self.next_button = Button(theme, tr("Next"), "quiet", icon="chevron-right", size="small")
        self.box_button = Button(theme, tr("New box"), "quiet", key=printed("B"), size="small")
        self.box_button.setToolTip(tr("The arrows move it, with Shift they change its size; N selects the next box."))
        self.brush_button = Button(theme, tr("Brush"), "quiet", key=printed("D"), size="small")
        self.brush_button.setCheckable(True)
        self.brush_button.setToolTip(tr("Draw over writing of any form; [ and ] change how wide it is."))
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self.remove_button = Button(theme, tr("Remove"), "quiet", key=printed("Del"), size="small")
        undo = context.keymap.caption("undo")
        self.undo_button = Button(theme, tr("Undo"), "quiet", icon="undo-2", key=undo, size="small")
        self.spread_button = Button(theme, tr("The same in all of this size"), icon="images", size="small")
        self.looked_button = Button(theme, tr("Looked at, next"), "primary", key=printed("Return"), size="small")
        self.words = PlainLabel("", "body", "text2", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._body = QStackedWidget()
        self._lay_out()
        self._connect()

    @property
    def index(self) -> int | None:
        """The picture on screen."""
        return self._index

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.begin()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._settle()
        self.media.pause()

    def begin(self) -> None:
        """Go on at the first picture that nobody has looked at."""
        from hitl_desktop.workflow.masking import Masker

        bridge = self._context.bridge
        if not bridge.is_open:
            self._say(tr("No project is open."))
            return
        if self._masker is None:
            try:
                self._masker = Masker(bridge.desk.project)
            except KnownError as error:
                self._say(str(error))
                return
            self._make_viewer()
        unseen = self._masker.next_unseen(-1)
        self.show_picture(self._index if self._index is not None else 0 if unseen is None else unseen)

    def show_picture(self, index: int) -> None:
        """Put a picture on screen."""
        if self._masker is None or self.viewer is None or self.layer is None:
            return
        self.layer.marks.selected = None
        project = self._context.bridge.desk.project
        self._index = max(0, min(index, len(project.pool) - 1))
        item = project.store.items.get(self._index)
        self.name.setText(item.name)
        self._body.setCurrentIndex(_PICTURE)
        self.viewer.show_item(item_view(project, item))
        self.viewer.setFocus(Qt.FocusReason.OtherFocusReason)
        self._follow()

    def step(self, by: int) -> None:
        """The next picture, or the one before."""
        if self._index is not None:
            self._settle()
            self.show_picture(self._index + by)

    def look(self) -> None:
        """This one was looked at; go on to the next that nobody has looked at."""
        masker, index = self._masker, self._index
        if masker is None or index is None or self.viewer is None or self.viewer.picture is None:
            return
        self._settle()
        if self._perform(lambda: masker.look(index)) is None:
            return
        after = masker.next_unseen(index)
        if after is not None:
            self.show_picture(after)
            return
        self._follow()
        self._context.bridge.notified.emit(Message(tr("All pictures were looked at."), "ok"))

    def set_mask(self, boxes: tuple[Box, ...], strokes: tuple[Stroke, ...]) -> None:
        """Another mask of the picture on screen."""
        masker, index = self._masker, self._index
        if masker is not None and index is not None:
            self._perform(lambda: masker.set_mask(index, boxes, strokes))
            self._follow()

    def take_brush(self, wanted: bool) -> None:
        """Draw with the brush, or boxes."""
        if self.layer is not None:
            self._settle()
            self.layer.take_tool(brush=wanted)
        self.brush_button.setChecked(wanted)

    def _settle(self) -> None:
        """Keep what keys have changed of a box."""
        self._pause.stop()
        if self.layer is not None:
            self.layer.settle()

    def undo(self) -> None:
        """Take back the last step on this page."""
        if self._masker is not None:
            self._settle()
            self._perform(self._masker.undo)
            self._follow()

    def spread(self) -> None:
        """The same boxes in all pictures of this size: found by their heads, in the worker."""
        from hitl_desktop.workflow.masking import SameSizeRequest

        bridge, masker, index = self._context.bridge, self._masker, self._index
        if masker is None or index is None or not masker.mask(index).paints:
            return
        self._settle()
        request = SameSizeRequest(bridge.desk.project.folder, index)
        self.spread_button.setEnabled(False)

        def ended(job: Job) -> None:
            if self._masker is not masker or not bridge.is_open:  # another project meanwhile, or none
                return
            if isinstance(job.error, KnownError):
                bridge.tell(job.error)
            if job.state is JobState.DONE:
                others = cast(Any, job.result).tolist()
                if self._perform(lambda: masker.spread(index, others)) is None:
                    self._follow()
                    return
                words = trn(
                    "{n} other picture of this size is painted over in the same way now.",
                    "{n} other pictures of this size are painted over in the same way now.",
                    len(others),
                )
                bridge.notified.emit(Message(words, "ok", tr("Undo"), self.undo))
            self._follow()

        bridge.start("same_size", lambda p, c: bridge.worker.run("same_size", request, p, c), ended)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter looks, the arrows go on and back, or move and pull the selected box; Del removes, B puts a box, N
        selects the next, D takes the brush, [ and ] change its width; else the viewer's own keys.
        """
        if not self._use(event) and (self.viewer is None or not self.viewer.handle_key(event)):
            super().keyPressEvent(event)

    def _use(self, event: QKeyEvent) -> bool:
        key, layer = latin(event).key(), self.layer
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if layer is not None and layer.selected is not None and key in _WAYS and not held & ~(_SHIFT | _CONTROL):
            layer.adjust(*_WAYS[key], size=bool(held & _SHIFT), finely=bool(held & _CONTROL))
            self._pause.start()
            return True
        if key == Qt.Key.Key_Z and held == _CONTROL:
            self.undo()
        elif key == Qt.Key.Key_Escape:
            if layer is not None and layer.selected is not None:
                layer.deselect()
            else:
                self._settle()
                self.left.emit()
        elif held or not self._use_plain(key):
            return False
        return True

    def _use_plain(self, key: int) -> bool:
        """A key with nothing held."""
        layer = self.layer
        if key in _TAKING:
            self.look()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.step(1 if key == Qt.Key.Key_Right else -1)
        elif layer is None:
            return False
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            layer.remove()
        elif key == Qt.Key.Key_B:
            layer.add_box()
        elif key == Qt.Key.Key_N:
            layer.select_next()
        elif key == Qt.Key.Key_D:
            self.take_brush(not self.brush_button.isChecked())
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            layer.brush.wider(1 if key == Qt.Key.Key_BracketRight else -1)
        else:
            return False
        return True

    def _perform(self, operation: Any) -> Changes | None:
        return self._context.bridge.perform(operation, self)

    def _make_viewer(self) -> None:
        viewer = viewer_for(self._context, self.media)
        assert isinstance(viewer, ImageViewer)  # noqa: S101 - Masker refuses other kinds
        self.viewer = viewer
        self.layer = MaskLayer(viewer, self._context.theme, self.set_mask)
        viewer.state_changed.connect(self._keep_tool)
        self._show_tools(True)
        self._body.insertWidget(_PICTURE, viewer)
        self._body.setCurrentIndex(_PICTURE)

    def _keep_tool(self) -> None:
        self._enable_buttons()
        if self.layer is not None and self.viewer is not None and self.viewer.canvas.tool is None:
            self.layer.take_tool(brush=self.brush_button.isChecked())

    def _forget(self) -> None:
        """Another project, or none."""
        self._masker, self._index = None, None
        if self.viewer is not None:
            self._body.removeWidget(self.viewer)
            self.viewer.deleteLater()
        self.viewer, self.layer = None, None
        self.media.pause()
        if self.isVisible():
            self.begin()

    def _follow(self) -> None:
        masker, index = self._masker, self._index
        if masker is None or index is None or self.layer is None:
            return
        mask, counts = masker.mask(index), masker.counts()
        self.layer.show(mask.boxes, mask.strokes, self.layer.selected)
        self.layer.take_tool(brush=self.brush_button.isChecked())
        painted = [trn("{n} box", "{n} boxes", len(mask.boxes))] if mask.boxes else []
        painted += [trn("{n} stroke", "{n} strokes", len(mask.strokes))] if mask.strokes else []
        boxes = " · ".join(painted) or tr("nothing is painted over")
        seen = tr("looked at") if mask.looked else tr("nobody has looked at it")
        self.badge.show_badge("eye" if mask.looked else "eye-off", f"{boxes} · {seen}", "ok" if mask.looked else "warn")
        self.counts.setText(
            tr(
                "Picture {at} of {all} · {looked} looked at · {masked} painted over",
                at=number(index + 1),
                all=number(counts.pictures),
                looked=number(counts.looked),
                masked=number(counts.masked),
            )
        )
        self._enable_buttons()

    def _enable_buttons(self) -> None:
        """What can be done with the picture on screen; nothing with one that cannot be shown."""
        masker, index, viewer = self._masker, self._index, self.viewer
        if masker is None or index is None or viewer is None:
            return
        can_write = self._context.bridge.desk.project.store.is_writer and not viewer.has_error
        paints, pictures = masker.mask(index).paints, masker.counts().pictures
        self.undo_button.setEnabled(masker.can_undo)
        self.remove_button.setEnabled(paints and can_write)
        self.box_button.setEnabled(can_write)
        self.brush_button.setEnabled(can_write)
        self.spread_button.setEnabled(paints and can_write and pictures > 1)
        self.looked_button.setEnabled(can_write)
        self.previous_button.setEnabled(index > 0)
        self.next_button.setEnabled(index + 1 < pictures)

    def _say(self, text: str) -> None:
        """There are no pictures: no tools either."""
        self.words.setText(text)
        self._body.setCurrentWidget(self.words)
        self._show_tools(False)
        self.back_button.setFocus(Qt.FocusReason.OtherFocusReason)  # Esc and Enter lead back

    def _show_tools(self, shown: bool) -> None:
        for part in (self.name, self.badge, self.counts, self.copy_button, *self._tools):
            part.setVisible(shown)

    def _connect(self) -> None:
        self.copy_button.clicked.connect(self.copies_wanted)
        self.back_button.clicked.connect(self.left)
        self.previous_button.clicked.connect(lambda: self.step(-1))
        self.next_button.clicked.connect(lambda: self.step(1))
        self.remove_button.clicked.connect(lambda: self.layer.remove() if self.layer is not None else None)
        self.undo_button.clicked.connect(self.undo)
        self.box_button.clicked.connect(lambda: self.layer.add_box() if self.layer is not None else None)
        self.brush_button.clicked.connect(self.take_brush)
        self._pause.timeout.connect(self._settle)
        self.spread_button.clicked.connect(self.spread)
        self.looked_button.clicked.connect(self.look)
        self._context.bridge.project_changed.connect(self._forget)
        self._context.bridge.closing.connect(self._settle)
        self._context.bridge.closing.connect(self.media.pause)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_16, SPACE_8, SPACE_16, SPACE_8)
        head.setSpacing(SPACE_12)
        head.addWidget(PlainLabel(tr("Masks"), "title"))
        hint = tr("Draw over writing in the picture. Copies without names are painted black there.")
        head.addWidget(PlainLabel(hint, "small", "text2", elide=True, cut="end"), 1)
        head.addWidget(self.copy_button)
        head.addWidget(self.back_button)
        about = QHBoxLayout()
        about.setContentsMargins(SPACE_16, 0, SPACE_16, SPACE_8)
        about.setSpacing(SPACE_12)
        about.addWidget(self.name, 1)
        about.addWidget(self.badge)
        about.addWidget(self.counts)
        foot = Flow(spacing=SPACE_8)  # a narrow window has no room for all of them in a line
        foot.setContentsMargins(SPACE_16, SPACE_8, SPACE_16, SPACE_8)
        drawing = (self.box_button, self.brush_button, self.remove_button, self.undo_button)
        moving = (self.previous_button, self.next_button)
        self._tools = (*moving, *drawing, self.spread_button, self.looked_button)
        for button in self._tools:
            foot.addWidget(button)
        self._body.addWidget(self.words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(about)
        column.addWidget(rule())
        column.addWidget(self._body, 1)
        column.addWidget(rule())
        column.addLayout(foot)
