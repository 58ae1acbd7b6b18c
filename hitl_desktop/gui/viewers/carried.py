"""How a picture was looked at, carried over to the window that takes the place of this one: for another language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hitl_desktop.gui.viewers.image_canvas import Overlays
from hitl_desktop.gui.viewers.measures import LengthTool
from hitl_desktop.gui.viewers.projection import Projection
from hitl_desktop.gui.viewers.window_control import WindowControl

if TYPE_CHECKING:
    from hitl_desktop.gui.viewers.image_viewer import ImageViewer


@dataclass(frozen=True, slots=True)
class Carried:
    """Of the picture `digest`: its frame, the window it was seen through, the part in view, and what was measured."""

    digest: str
    frame: int
    window: WindowControl
    projection: Projection | None
    overlays: Overlays
    lengths: LengthTool


def carried_from(viewer: ImageViewer) -> Carried:
    """How a viewer shows its picture now. The viewer may go."""
    assert viewer.item is not None  # noqa: S101 - asked for only while there is a picture
    canvas = viewer.canvas
    return Carried(
        viewer.item.digest, viewer.frame, viewer.window_control, canvas.projection, canvas.overlays, viewer.length
    )


def show_as(viewer: ImageViewer, carried: Carried) -> None:
    """Show the picture as it was shown."""
    viewer.canvas.set_overlays(carried.overlays)
    viewer.length.go_on_from(carried.lengths)
    viewer.show_frame(carried.frame)
    viewer.window_control.go_on_from(carried.window)
    if carried.projection is not None:
        viewer.canvas.show_like(carried.projection)
