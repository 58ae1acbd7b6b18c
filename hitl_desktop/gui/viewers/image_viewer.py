"""The viewer of images: ordinary pictures, DICOM files, and series of them as stacks."""

from pathlib import PurePath
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from hitl_desktop.gui.decoded import Decoded
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers.canvas_tools import CanvasTool, ViewerPart
from hitl_desktop.gui.viewers.carried import Carried, carried_from, show_as
from hitl_desktop.gui.viewers.frames_bar import PER_SECOND, Cine, FrameSlider
from hitl_desktop.gui.viewers.image_canvas import ZOOM_STEP, ImageCanvas, Overlays
from hitl_desktop.gui.viewers.image_keys import image_tools, key_action
from hitl_desktop.gui.viewers.image_words import corners_of, letters_of, value_words, words_under
from hitl_desktop.gui.viewers.measures import LengthTool, ProbeTool
from hitl_desktop.gui.viewers.viewer import ItemView, ItemViewer, ToolAction
from hitl_desktop.gui.viewers.window_control import WindowControl
from hitl_desktop.language import number, tr

LOADING_MS: Final = 120
_HELD_BESIDE: Final = (
    *(Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt),
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right),
)
"""Keys that may be let go while that of the lens is held. Any other one is that of the lens, whichever it is."""


class ImageViewer(ItemViewer):
    """Shows a picture as soon as it is decoded, and never an old one under a new name.

    `digits_choose_presets` makes the keys 1–9 choose windows; where they are the keys of classes, the page asks for
    those first. Text about the patient is hidden, and hidden again with every item. `frame_changed()`: another frame
    of the stack is shown.
    """

    frame_changed = Signal()

    def __init__(self, theme: Theme, media: Media, parent: QWidget | None = None) -> None:
        super().__init__(theme, media, parent)
        self.canvas = ImageCanvas(theme, self)
        self.set_content(self.canvas)
        self.window_control = WindowControl()
        self.slider = FrameSlider(self.canvas)
        self.cine = Cine(self, lambda: self.step_frame(1, around=True))
        self.length = LengthTool(theme, self.canvas.update)
        self.probe = ProbeTool(theme, self.canvas.update, self._value_at)
        self.digits_choose_presets = False
        self._picture: Decoded | None = None
        self._frame = 0
        self._is_changing = False
        self._reveals = False
        self._carried: Carried | None = None
        self._parts: list[ViewerPart] = []
        self._waits = QTimer(self)
        self._waits.setSingleShot(True)
        self._waits.setInterval(LOADING_MS)
        self._waits.timeout.connect(self._say_loading)
        self._connect()

    @property
    def is_loading(self) -> bool:
        return self.item is not None and self.canvas.projection is None and not self.has_error

    @property
    def picture(self) -> Decoded | None:
        """The picture on screen; None while there is none."""
        return self._picture

    @property
    def frame(self) -> int:
        """Which frame of the picture is shown, 0-based."""
        return self._frame

    @property
    def frames(self) -> int:
        """How many frames the picture has; 0 without a picture."""
        return len(self._picture.shots) if self._picture is not None and self._picture.shots is not None else 0

    @property
    def reveals(self) -> bool:
        """True while the text about the patient is shown."""
        return self._reveals

    @property
    def has_private(self) -> bool:
        """True when the file holds text about the patient."""
        said = self._picture.description if self._picture is not None else None
        return bool(said is not None and said.private)

    def add_part(self, part: ViewerPart) -> None:
        """Extend the viewer by more tools and keys; the part is told of every item from now on."""
        self._parts.append(part)

    def show_item(self, view: ItemView) -> None:
        self._leave()
        self.item = view
        self.show_content()
        self.media.finish_with(self.canvas.ahead())
        picture = self.media.decoded(view.digest)
        if picture is not None and not picture.is_passing:
            self._show(view, picture)
            return
        self.canvas.show_nothing()
        self.setAccessibleName(tr("Image {name}, loading", name=_stem(view)))
        if view.path is None:
            self.show_error(view.name, tr("The picture is not where it was."))
            return
        self._waits.start()
        self.media.request(view.digest, view.path, urgent=True)

    def go_on_from(self, before: ItemViewer) -> None:
        """The same frame, window, part of the picture and lengths; text about the patient is hidden again."""
        if isinstance(before, ImageViewer) and before.item is not None and before._picture is not None:
            self._carried = carried_from(before)
            self._take_carried()

    def _take_carried(self) -> None:
        """Show the picture as it was shown before, once it is there."""
        carried, self._carried = self._carried, None
        if carried is None or self.item is None or self.item.digest != carried.digest:
            return
        if self._picture is None:
            self._carried = carried
            return
        show_as(self, carried)
        self._window_changed()

    def clear(self) -> None:
        self._leave()
        self.item = None
        self.show_content()
        self.canvas.show_nothing()
        self.setAccessibleName(tr("No image"))

    def set_canvas(self, canvas: str) -> None:
        """Choose the ground around the picture: "black", "grey" or "white"; anything else means the theme's."""
        self.canvas.set_canvas(canvas)

    def tool_actions(self) -> list[ToolAction]:
        return image_tools(self) + [action for part in self._parts for action in part.tool_actions()]

    def handle_key(self, event: QKeyEvent) -> bool:
        if self._picture is None:
            return False
        if any(part.handle_key(event) for part in self._parts):
            return True
        action = key_action(self, event)
        if action is not None:
            action()
        return action is not None

    def show_frame(self, index: int, *, passing: bool = False) -> None:
        """Show another frame of the stack. `passing`: more will follow at once."""
        if self.item is None or self._picture is None or self._picture.shots is None or not 0 <= index < self.frames:
            return
        is_other, self._frame = index != self._frame, index
        self._waits.stop()
        message = self._picture.shots.error(index) or ""
        self.canvas.show_frame(index, message, passing=passing)
        self.slider.show_frames(self.frames, index)
        self.media.load_frames(self.item.digest, index)
        if self.canvas.shot is None and not message:
            self._waits.start()
        self._write()
        if is_other:
            self.frame_changed.emit()

    def step_frame(self, by: int, *, around: bool = False) -> None:
        """Go some frames forward or back, to the ends; `around` goes on at the other end."""
        if self.frames > 1:
            aim = self._frame + by
            aim = aim % self.frames if around else max(0, min(self.frames - 1, aim))
            if aim != self._frame:
                self.show_frame(aim, passing=True)

    def toggle_cine(self) -> None:
        """Play the frames, or stop."""
        if self.cine.plays:
            self.cine.stop()
        elif self.frames > 1:
            said = self._picture.description if self._picture is not None else None
            self.cine.play((said.per_second if said is not None else None) or PER_SECOND)
        self.state_changed.emit()

    def choose_preset(self, place: int) -> None:
        """See through a preset (0-based, in the order of the number keys), if there is one at that place."""
        if self.window_control.choose(place):
            self._window_changed()

    def next_preset(self) -> None:
        """See through the next preset."""
        self.window_control.choose_next()
        self._window_changed()

    def step_window(self, wider: int, higher: int) -> None:
        """Widen or narrow the window by a step, or raise or lower its level."""
        if self.window_control.step(wider, higher):
            self._window_changed()

    def reset_window(self) -> None:
        """The window and the polarity that the picture came with."""
        self.window_control.reset()
        self._window_changed()

    def invert(self) -> None:
        """Exchange dark and bright."""
        if self.window_control.window is not None:
            self.window_control.invert()
            self._window_changed()

    def reset_view(self) -> None:
        """Fitted, the right way round, and without lengths and pins."""
        self.canvas.reset_view()
        self.length.clear()
        self.probe.clear()

    def toggle_tool(self, tool: CanvasTool) -> None:
        """Take a tool in the hand, or put it away."""
        self.canvas.set_tool(None if self.canvas.tool is tool else tool)

    def magnify(self, magnifies: bool, *, until_released: bool = False) -> None:
        """Show the lens under the mouse, or take it away; `until_released`: for as long as its key is held."""
        self.canvas.set_magnifies(magnifies)
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
            if magnifies and until_released:
                application.installEventFilter(self)
        self.state_changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While the key of the lens is held: its release, wherever the focus is, takes the lens away."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyRelease:
            if not event.isAutoRepeat() and event.key() not in _HELD_BESIDE:
                self.magnify(False)
        elif event.type() == QEvent.Type.ApplicationDeactivate:
            self.magnify(False)
        return super().eventFilter(watched, event)

    def turn_overlays(self) -> None:
        """Full, corners only, none, and full again."""
        order = list(Overlays)
        self.canvas.set_overlays(order[(order.index(self.canvas.overlays) + 1) % len(order)])
        self.state_changed.emit()

    def toggle_private(self) -> None:
        """Show the text about the patient of this item, or hide it."""
        self._reveals = self.has_private and not self._reveals
        self._write()
        self.state_changed.emit()

    def one_to_one(self) -> None:
        """One pixel of the screen for each pixel of the picture."""
        self.canvas.zoom_to(1.0)

    def zoom_in(self) -> None:
        """One step closer."""
        self.canvas.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        """One step away."""
        self.canvas.zoom_by(1 / ZOOM_STEP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.slider.lie_in(self.canvas.width(), self.canvas.height())

    def _connect(self) -> None:
        canvas = self.canvas
        canvas.add_layer(self.length)
        canvas.add_layer(self.probe)
        canvas.zoom_changed.connect(self._view_changed)
        canvas.tool_changed.connect(self.state_changed)
        canvas.pointer_moved.connect(self._write)
        canvas.scrolled.connect(self.step_frame)
        canvas.window_gripped.connect(self.window_control.grip)
        canvas.window_dragged.connect(self._drag_window)
        canvas.window_released.connect(self._release_window)
        self.slider.chosen.connect(lambda index: self.show_frame(index, passing=True))
        self.media.ready.connect(self._arrived)
        self.media.frame_ready.connect(self._frame_arrived)

    def _leave(self) -> None:
        """Let go of the item before, of which nothing stays."""
        self._is_changing = False
        self._waits.stop()
        self.cine.stop()
        self._picture, self._frame, self._reveals, self._carried = None, 0, False, None
        self.slider.show_frames(0, 0)
        self.length.clear()
        self.probe.clear()
        self._tell_parts(None)
        self.media.load_frames(None)

    def _arrived(self, digest: str) -> None:
        if self.item is not None and self.item.digest == digest and self._picture is None:
            picture = self.media.decoded(digest)
            if picture is not None:
                self._show(self.item, picture)

    def _show(self, view: ItemView, picture: Decoded) -> None:
        self._waits.stop()
        if picture.error is not None or picture.shots is None:
            self.canvas.show_nothing()
            self.show_error(view.name, picture.error or "")
            return
        self._is_changing = True  # what is written over the picture, and the tools, follow at the end, once
        self._picture, self._frame = picture, picture.shots.wanted
        self.window_control.take(picture)
        self.length.at_detector = picture.description is not None and picture.description.at_detector
        self.canvas.show_picture(picture, self.window_control.tone)
        self.slider.show_frames(self.frames, self._frame)
        self.canvas.keep_free(self.slider.width() if self.frames > 1 else 0)
        self.slider.lie_in(self.canvas.width(), self.canvas.height())
        self._name_it(view, picture)
        self._tell_parts(view.digest)
        self.media.load_frames(view.digest, self._frame)
        self._is_changing = False
        self._view_changed()
        self._take_carried()

    def _name_it(self, view: ItemView, picture: Decoded) -> None:
        width, height = picture.size
        name = tr("Image {name}, {width} by {height}", name=_stem(view), width=width, height=height)
        if self.frames > 1:
            name = tr("{image}, {n} frames", image=name, n=number(self.frames))
        self.setAccessibleName(name)

    def _frame_arrived(self, digest: str, index: int) -> None:
        if self.item is not None and self.item.digest == digest and index == self._frame and self.canvas.shot is None:
            self.show_frame(index)

    def _say_loading(self) -> None:
        if self._picture is None:
            self.canvas.show_nothing(tr("Loading…"))
        else:
            self.canvas.show_frame(self._frame, tr("Loading…"))

    def _drag_window(self, right: float, down: float) -> None:
        self.window_control.drag(right, down)
        self.canvas.set_tone(self.window_control.tone)
        self._write()

    def _release_window(self) -> None:
        self.window_control.release()
        self.state_changed.emit()

    def _window_changed(self) -> None:
        self.canvas.set_tone(self.window_control.tone)
        self._write()
        self.state_changed.emit()

    def _view_changed(self) -> None:
        if self._is_changing:
            return
        self._write()
        self.state_changed.emit()

    def _write(self) -> None:
        """Bring the text over the picture up to date."""
        view = self.canvas.view
        if self.item is None or self._picture is None or view is None:
            return
        under = words_under(self._picture, self.canvas.shot, self.canvas.place)
        corners = corners_of(
            self.item.name, self._picture, view, self.window_control, reveals=self._reveals, under=under
        )
        self.canvas.set_corners(corners, letters_of(self._picture, view.projection))

    def _value_at(self, x: int, y: int) -> str:
        shot = self.canvas.shot
        return value_words(self._picture, shot, x, y) if self._picture is not None and shot is not None else ""

    def _tell_parts(self, digest: str | None) -> None:
        for part in self._parts:
            part.item_shown(digest)


def _stem(view: ItemView) -> str:
    return PurePath(view.name).stem
