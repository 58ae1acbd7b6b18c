"""The viewer of images."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.media import Decoded, Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers.canvas_tools import ViewerPart
from hitl_desktop.gui.viewers.image_canvas import ZOOM_STEP, ImageCanvas
from hitl_desktop.gui.viewers.viewer import ItemView, ItemViewer, ToolAction
from hitl_desktop.language import number, tr

LOADING_MS: Final = 120
_PLAIN: Final = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)


class ImageViewer(ItemViewer):
    """Shows a picture as soon as it is decoded, and never an old one under a new name."""

    def __init__(self, theme: Theme, media: Media, parent: QWidget | None = None) -> None:
        super().__init__(theme, media, parent)
        self.canvas = ImageCanvas(theme, self)
        self.set_content(self.canvas)
        self._waits = QTimer(self)
        self._waits.setSingleShot(True)
        self._waits.setInterval(LOADING_MS)
        self._waits.timeout.connect(lambda: self.canvas.show_nothing(tr("Loading…")))
        self.canvas.zoom_changed.connect(self.state_changed)
        media.ready.connect(self._arrived)
        self.canvas.tool_changed.connect(self.state_changed)
        self._parts: list[ViewerPart] = []

    def add_part(self, part: ViewerPart) -> None:
        """Extend the viewer by more tools and keys; the part is told of every item from now on."""
        self._parts.append(part)

    def show_item(self, view: ItemView) -> None:
        self.item = view
        self._waits.stop()
        self.show_content()
        self._tell_parts(None)
        self.media.finish_with(self.canvas.ahead())
        picture = self.media.decoded(view.digest)
        if picture is not None:
            self._show(view, picture)
            return
        self.canvas.show_nothing()
        self.setAccessibleName(tr("Image {name}, loading", name=_stem(view)))
        if view.path is None:
            self.show_error(view.name, tr("The picture is not where it was."))
            return
        self._waits.start()
        self.media.request(view.digest, view.path, urgent=True)

    @property
    def is_loading(self) -> bool:
        return self.item is not None and self.canvas.projection is None and not self.has_error

    def clear(self) -> None:
        self.item = None
        self._waits.stop()
        self._tell_parts(None)
        self.show_content()
        self.canvas.show_nothing()
        self.setAccessibleName(tr("No image"))

    def set_canvas(self, canvas: str) -> None:
        """Choose the ground around the picture: "black", "grey" or "white"; anything else means the theme's."""
        self.canvas.set_canvas(canvas)

    def tool_actions(self) -> list[ToolAction]:
        projection = self.canvas.projection
        fits = projection is not None and projection.fits
        is_full = projection is not None and projection.scale == 1.0
        own = [
            ToolAction("fit", tr("Fit"), "maximize", "Ctrl+0", self.canvas.fit, True, fits),
            ToolAction("full", tr("One to one"), "scan", "Ctrl+1", self._one_to_one, True, is_full),
            ToolAction("zoom_in", tr("Zoom in"), "zoom-in", "+", self._zoom_in),
            ToolAction("zoom_out", tr("Zoom out"), "zoom-out", "−", self._zoom_out),
            ToolAction(
                "overlays", tr("Text in the corners"), "info", "O", self._turn_overlays, True, self.canvas.overlays
            ),
        ]
        return own + [action for part in self._parts for action in part.tool_actions()]

    def handle_key(self, event: QKeyEvent) -> bool:
        if self.canvas.projection is None:
            return False
        if any(part.handle_key(event) for part in self._parts):
            return True
        if event.key() == Qt.Key.Key_Escape and self.canvas.tool is not None:
            self.canvas.set_tool(None)
            return True
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        actions: dict[int, Callable[[], None]] = {}
        if modifiers == Qt.KeyboardModifier.ControlModifier:
            actions = {Qt.Key.Key_0: self.canvas.fit, Qt.Key.Key_1: self._one_to_one}
        elif modifiers in _PLAIN:
            actions = {
                Qt.Key.Key_Plus: self._zoom_in,
                # The key of the plus sign without Shift, on keyboards where both are one key.
                Qt.Key.Key_Equal: self._zoom_in,
                Qt.Key.Key_Minus: self._zoom_out,
                Qt.Key.Key_Home: self.canvas.fit,
                Qt.Key.Key_O: self._turn_overlays,
            }
        action = actions.get(event.key())
        if action is None:
            return False
        action()
        return True

    def _arrived(self, digest: str) -> None:
        if self.item is not None and self.item.digest == digest and self.canvas.projection is None:
            picture = self.media.decoded(digest)
            if picture is not None:
                self._show(self.item, picture)

    def _show(self, view: ItemView, picture: Decoded) -> None:
        self._waits.stop()
        if picture.error is not None:
            self.canvas.show_nothing()
            self.show_error(view.name, picture.error)
            return
        width, height = picture.size
        depth = (
            tr("{bits}-bit grey", bits=picture.bits) if picture.is_grey else tr("{bits}-bit colour", bits=picture.bits)
        )
        size = tr("{width} × {height} · {depth}", width=number(width), height=number(height), depth=depth)
        self.canvas.show_picture(picture, (view.name, size))
        self.setAccessibleName(tr("Image {name}, {width} by {height}", name=_stem(view), width=width, height=height))
        self._tell_parts(view.digest)

    def _tell_parts(self, digest: str | None) -> None:
        for part in self._parts:
            part.item_shown(digest)

    def _one_to_one(self) -> None:
        self.canvas.zoom_to(1.0)

    def _zoom_in(self) -> None:
        self.canvas.zoom_by(ZOOM_STEP)

    def _zoom_out(self) -> None:
        self.canvas.zoom_by(1 / ZOOM_STEP)

    def _turn_overlays(self) -> None:
        self.canvas.set_overlays(not self.canvas.overlays)
        self.state_changed.emit()


def _stem(view: ItemView) -> str:
    return PurePath(view.name).stem
