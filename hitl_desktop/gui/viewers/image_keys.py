"""The tools and keys of the image viewer: one place that says which does what, so caps and keys cannot differ."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from hitl_desktop.gui.viewers.image_canvas import Overlays
from hitl_desktop.gui.viewers.measures import LengthTool, ProbeTool
from hitl_desktop.gui.viewers.viewer import ToolAction
from hitl_desktop.language import tr

if TYPE_CHECKING:
    from hitl_desktop.gui.viewers.image_viewer import ImageViewer

_PAGE: Final = 10
_PAN: Final = {"Ctrl+Left": (1, 0), "Ctrl+Right": (-1, 0), "Ctrl+Up": (0, 1), "Ctrl+Down": (0, -1)}
"""Which way the picture moves: as with scroll bars, an arrow shows what lies in its direction."""
_WINDOW: Final = {"Alt+Left": (-1, 0), "Alt+Right": (1, 0), "Alt+Up": (0, 1), "Alt+Down": (0, -1)}
"""Width and level, in steps: left narrows, right widens, up raises the level, down lowers it."""
_NUDGE: Final = {"Shift+Left": (-1, 0), "Shift+Right": (1, 0), "Shift+Up": (0, -1), "Shift+Down": (0, 1)}
"""What was measured last moves by a pixel of the picture."""
_PART_OF_PANE: Final = 8
_REPEATS: Final = frozenset({"+", "=", "-", "Up", "Down", "PgUp", "PgDown", "V", *_PAN, *_WINDOW, *_NUDGE})
"""Keys that do their work again while they are held; every other one does it once."""


def key_action(viewer: ImageViewer, event: QKeyEvent) -> Callable[[], None] | None:
    """What a key does; None when it means nothing here. A key held down is used up, but does most things once."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    pressed = QKeySequence(QKeyCombination(modifiers, Qt.Key(event.key()))).toString(
        QKeySequence.SequenceFormat.PortableText
    )
    # On keyboards where the plus sign needs Shift, both with and without it mean the key of the plus sign.
    pressed = {"Shift++": "+", "=": "+", "Shift+=": "+", "Shift+-": "-", "_": "-"}.get(pressed, pressed)
    action = _always(viewer).get(pressed) or _of_frames(viewer).get(pressed) or _of_grey(viewer, pressed)
    if pressed in _NUDGE:
        action = _nudge(viewer, *_NUDGE[pressed])
    if pressed == "Esc" and viewer.canvas.tool is not None:
        action = _put_away(viewer)
    if pressed in ("Del", "Backspace") and viewer.canvas.tool is not None:
        action = _remove_last(viewer)
    if action is not None and event.isAutoRepeat() and pressed not in _REPEATS:
        return _nothing
    return action


def image_tools(viewer: ImageViewer) -> list[ToolAction]:
    """The tools in the row above the picture, as they are now."""
    return [
        *_zoom_tools(viewer),
        *(_window_tools(viewer) if viewer.window_control.window is not None else []),
        ToolAction("flip", tr("Flip left to right"), "flip-horizontal-2", "H", viewer.canvas.flip, starts_group=True),
        ToolAction("turn", tr("Turn clockwise"), "rotate-cw", "T", lambda: viewer.canvas.turn(1)),
        ToolAction("turn_back", tr("Turn anticlockwise"), "rotate-ccw", "Shift+T", lambda: viewer.canvas.turn(-1)),
        *_measure_tools(viewer),
        *_overlay_tools(viewer),
    ]


def _zoom_tools(viewer: ImageViewer) -> list[ToolAction]:
    projection = viewer.canvas.projection
    fits = projection is not None and projection.fits
    is_full = projection is not None and projection.scale == 1.0
    return [
        ToolAction("fit", tr("Fit"), "maximize", "Ctrl+0", viewer.canvas.fit, True, fits, worded=True),
        ToolAction("full", tr("One to one"), "scan", "Ctrl+1", viewer.one_to_one, True, is_full),
        ToolAction("zoom_in", tr("Zoom in"), "zoom-in", "+", viewer.zoom_in),
        ToolAction("zoom_out", tr("Zoom out"), "zoom-out", "−", viewer.zoom_out),
    ]


def _window_tools(viewer: ImageViewer) -> list[ToolAction]:
    control = viewer.window_control
    menu = tuple(
        ToolAction(
            f"preset_{place}",
            name,
            "",
            str(place + 1) if viewer.digits_choose_presets and place < 9 else "",
            partial(viewer.choose_preset, place),
            True,
            place == control.place,
        )
        for place, name in enumerate(control.names)
    )
    return [
        ToolAction("next_preset", tr("Window presets"), "sun", "V", viewer.next_preset, menu=menu, starts_group=True),
        ToolAction("invert", tr("Invert"), "contrast", "I", viewer.invert, True, control.inverted),
        ToolAction("reset_window", tr("Reset the window"), "refresh-cw", "0", viewer.reset_window),
    ]


def _measure_tools(viewer: ImageViewer) -> list[ToolAction]:
    tool, canvas = viewer.canvas.tool, viewer.canvas
    return [
        ToolAction(
            "length",
            tr("Measure a length"),
            "ruler",
            "L",
            lambda: viewer.toggle_tool(viewer.length),
            True,
            tool is viewer.length,
            starts_group=True,
        ),
        ToolAction(
            "probe",
            tr("Read values"),
            "crosshair",
            "P",
            lambda: viewer.toggle_tool(viewer.probe),
            True,
            tool is viewer.probe,
        ),
        ToolAction(
            "magnifier",
            tr("Magnifier"),
            "search",
            "M",
            lambda: viewer.magnify(not canvas.magnifies),
            True,
            canvas.magnifies,
        ),
    ]


def _overlay_tools(viewer: ImageViewer) -> list[ToolAction]:
    is_full = viewer.canvas.overlays is not Overlays.NONE
    tools = [
        ToolAction(
            "overlays", tr("Text over the picture"), "info", "O", viewer.turn_overlays, True, is_full, starts_group=True
        )
    ]
    if viewer.frames > 1:
        plays = viewer.cine.plays
        text = tr("Stop") if plays else tr("Play the frames")
        tools.append(ToolAction("cine", text, "pause" if plays else "play", "J", viewer.toggle_cine, True, plays))
    if viewer.has_private:
        text = tr("Hide patient text") if viewer.reveals else tr("Patient text hidden")
        icon = "eye" if viewer.reveals else "eye-off"
        tools.append(
            ToolAction("private", text, icon, "Shift+O", viewer.toggle_private, True, viewer.reveals, worded=True)
        )
    return tools


def _always(viewer: ImageViewer) -> dict[str, Callable[[], None]]:
    canvas = viewer.canvas
    return {
        "Ctrl+0": canvas.fit,
        "Ctrl+1": viewer.one_to_one,
        "+": viewer.zoom_in,
        "-": viewer.zoom_out,
        "Home": viewer.reset_view,
        "O": viewer.turn_overlays,
        "H": canvas.flip,
        "Shift+H": lambda: canvas.flip(upside_down=True),
        "T": lambda: canvas.turn(1),
        "Shift+T": lambda: canvas.turn(-1),
        "M": lambda: viewer.magnify(True, until_released=True),
        "L": lambda: _take_or_put(viewer, viewer.length),
        "P": lambda: _take_or_put(viewer, viewer.probe),
        "Shift+O": viewer.toggle_private,
        **{key: partial(_pan, viewer, *way) for key, way in _PAN.items()},
    }


def _of_frames(viewer: ImageViewer) -> dict[str, Callable[[], None]]:
    if viewer.frames < 2:
        return {}
    return {
        "Up": lambda: viewer.step_frame(-1),
        "Down": lambda: viewer.step_frame(1),
        "PgUp": lambda: viewer.step_frame(-_PAGE),
        "PgDown": lambda: viewer.step_frame(_PAGE),
        "J": viewer.toggle_cine,
    }


def _of_grey(viewer: ImageViewer, pressed: str) -> Callable[[], None] | None:
    if viewer.window_control.window is None:
        return None
    if viewer.digits_choose_presets and len(pressed) == 1 and pressed in "123456789":
        return partial(viewer.choose_preset, int(pressed) - 1)
    found: dict[str, Callable[[], None]] = {
        **{key: partial(viewer.step_window, *way) for key, way in _WINDOW.items()},
        "V": viewer.next_preset,
        "I": viewer.invert,
        "0": viewer.reset_window,
    }
    return found.get(pressed)


def _pan(viewer: ImageViewer, right: int, down: int) -> None:
    canvas = viewer.canvas
    canvas.move_by(right * canvas.width() / _PART_OF_PANE, down * canvas.height() / _PART_OF_PANE)


def _take_or_put(viewer: ImageViewer, tool: LengthTool | ProbeTool) -> None:
    """The key of a tool takes it into the hand; pressed again, it measures in the middle of what is in view."""
    view = viewer.canvas.view
    if viewer.canvas.tool is not tool or view is None:
        viewer.toggle_tool(tool)
    else:
        tool.put(view, viewer.canvas.middle)


def _nudge(viewer: ImageViewer, right: int, down: int) -> Callable[[], None] | None:
    tool, view = viewer.canvas.tool, viewer.canvas.view
    if view is None or not isinstance(tool, LengthTool | ProbeTool) or not tool.has_any(view):
        return None
    return partial(tool.nudge, view, right, down)


def _put_away(viewer: ImageViewer) -> Callable[[], None]:
    return lambda: viewer.canvas.set_tool(None)


def _remove_last(viewer: ImageViewer) -> Callable[[], None] | None:
    tool = viewer.canvas.tool
    return lambda: _take_back(viewer) if tool in (viewer.length, viewer.probe) else None


def _take_back(viewer: ImageViewer) -> None:
    (viewer.length if viewer.canvas.tool is viewer.length else viewer.probe).remove_last()


def _nothing() -> None:
    """A key that is held and does its work once."""
