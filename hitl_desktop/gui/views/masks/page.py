"""Masks: before pictures are given away, each is looked at, and what must not be seen is painted over."""

from typing import TYPE_CHECKING, Any, Final, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import printed
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

_PICTURE, _WORDS = 0, 1
_TAKING: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class MasksPage(QWidget):
    """One picture after another. `copies_wanted()` asks for the copies, `left()` to go back."""

    copies_wanted = Signal()
    left = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("masksPage")
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
        self.remove_button = Button(theme, tr("Remove box"), "quiet", key=printed("Del"), size="small")
        undo = context.keymap.caption("undo")
        self.undo_button = Button(theme, tr("Undo"), "quiet", icon="undo-2", key=undo, size="small")
        self.spread_button = Button(theme, tr("Same boxes in all of this size"), icon="images", size="small")
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
        if self._masker is None or self.viewer is None:
            return
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
            self.show_picture(self._index + by)

    def look(self) -> None:
        """This one was looked at; go on to the next that nobody has looked at."""
        masker, index = self._masker, self._index
        if masker is None or index is None or self.viewer is None or self.viewer.picture is None:
            return
        if self._perform(lambda: masker.look(index)) is None:
            return
        after = masker.next_unseen(index)
        if after is not None:
            self.show_picture(after)
            return
        self._follow()
        self._context.bridge.notified.emit(Message(tr("All pictures were looked at."), "ok"))

    def set_boxes(self, boxes: tuple[Box, ...]) -> None:
        """Other boxes in the picture on screen."""
        masker, index = self._masker, self._index
        if masker is not None and index is not None:
            self._perform(lambda: masker.set_boxes(index, boxes))
            self._follow()

    def undo(self) -> None:
        """Take back the last step on this page."""
        if self._masker is not None:
            self._perform(self._masker.undo)
            self._follow()

    def spread(self) -> None:
        """The same boxes in all pictures of this size: found by their heads, in the worker."""
        from hitl_desktop.workflow.masking import SameSizeRequest

        bridge, masker, index = self._context.bridge, self._masker, self._index
        if masker is None or index is None or not masker.mask(index).boxes:
            return
        request = SameSizeRequest(bridge.desk.project.folder, index)
        self.spread_button.setEnabled(False)

        def ended(job: Job) -> None:
            if self._masker is not masker or not bridge.is_open:  # another project meanwhile, or none
                return
            if isinstance(job.error, KnownError):
                bridge.tell(job.error)
            if job.state is JobState.DONE:
                others = cast(Any, job.result).tolist()
                self._perform(lambda: masker.spread(index, others))
                words = trn(
                    "{n} other picture of this size has the same boxes now.",
                    "{n} other pictures of this size have the same boxes now.",
                    len(others),
                )
                bridge.notified.emit(Message(words, "ok", tr("Undo"), self.undo))
            self._follow()

        bridge.start("same_size", lambda p, c: bridge.worker.run("same_size", request, p, c), ended)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter looks, the arrows go on and back, Del removes a box; else the viewer's own keys."""
        key, plain = (
            event.key(),
            event.modifiers()
            in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            ),
        )
        if plain and key in _TAKING:
            self.look()
        elif plain and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.step(1 if key == Qt.Key.Key_Right else -1)
        elif plain and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.layer is not None:
            self.layer.remove()
        elif key == Qt.Key.Key_Z and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.undo()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif self.viewer is None or not self.viewer.handle_key(event):
            super().keyPressEvent(event)

    def _perform(self, operation: Any) -> Changes | None:
        return self._context.bridge.perform(operation, self)

    def _make_viewer(self) -> None:
        viewer = viewer_for(self._context, self.media)
        assert isinstance(viewer, ImageViewer)  # noqa: S101 - Masker refuses other kinds
        self.viewer = viewer
        self.layer = MaskLayer(viewer, self._context.theme, self.set_boxes)
        viewer.state_changed.connect(self._keep_tool)
        self._body.insertWidget(_PICTURE, viewer)
        self._body.setCurrentIndex(_PICTURE)

    def _keep_tool(self) -> None:
        if self.layer is not None and self.viewer is not None and self.viewer.canvas.tool is None:
            self.layer.take_tool()

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
        self.layer.show(mask.boxes)
        self.layer.take_tool()
        boxes = trn("{n} box", "{n} boxes", len(mask.boxes)) if mask.boxes else tr("no box")
        seen = tr("looked at") if mask.looked else tr("nobody has looked at it")
        self.badge.show_badge("eye" if mask.looked else "eye-off", f"{boxes} · {seen}", "ok" if mask.looked else "warn")
        self.counts.setText(
            tr(
                "Picture {at} of {all} · {looked} looked at · {masked} with boxes",
                at=number(index + 1),
                all=number(counts.pictures),
                looked=number(counts.looked),
                masked=number(counts.masked),
            )
        )
        can_write = self._context.bridge.desk.project.store.is_writer
        self.undo_button.setEnabled(masker.can_undo)
        self.remove_button.setEnabled(bool(mask.boxes) and can_write)
        self.spread_button.setEnabled(bool(mask.boxes) and can_write and counts.pictures > 1)
        self.looked_button.setEnabled(can_write)
        self.previous_button.setEnabled(index > 0)
        self.next_button.setEnabled(index + 1 < counts.pictures)

    def _say(self, text: str) -> None:
        self.words.setText(text)
        self._body.setCurrentWidget(self.words)

    def _connect(self) -> None:
        self.copy_button.clicked.connect(self.copies_wanted)
        self.back_button.clicked.connect(self.left)
        self.previous_button.clicked.connect(lambda: self.step(-1))
        self.next_button.clicked.connect(lambda: self.step(1))
        self.remove_button.clicked.connect(lambda: self.layer.remove() if self.layer is not None else None)
        self.undo_button.clicked.connect(self.undo)
        self.spread_button.clicked.connect(self.spread)
        self.looked_button.clicked.connect(self.look)
        self._context.bridge.project_changed.connect(self._forget)
        self._context.bridge.closing.connect(self.media.pause)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_16, SPACE_8, SPACE_16, SPACE_8)
        head.setSpacing(SPACE_12)
        head.addWidget(PlainLabel(tr("Masks"), "title"))
        hint = tr("Draw boxes over writing in the picture. Copies without names are painted black there.")
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
        moving = (self.previous_button, self.next_button, self.remove_button, self.undo_button)
        for button in (*moving, self.spread_button, self.looked_button):
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
