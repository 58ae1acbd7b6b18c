"""A viewer for pages that show an item beside others: set up like the one of the review page, with pictures covered."""

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.cover import COVERS, NO_COVER, Cover
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.viewers import VIEWERS
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.gui.viewers.reveal import Reveal
from hitl_desktop.gui.viewers.text_viewer import TextViewer
from hitl_desktop.gui.viewers.viewer import ItemViewer


def cover_chosen(context: Context) -> Cover:
    """What lies over pictures until they are revealed."""
    return COVERS.get(context.settings.value.cover, NO_COVER)


def viewer_for(context: Context, media: Media) -> ItemViewer:
    """A viewer of the open project's kind."""
    viewer = VIEWERS[context.bridge.desk.project.kind.name](context.theme, media)
    if isinstance(viewer, ImageViewer):
        viewer.set_canvas(context.settings.value.canvas)
        viewer.add_part(Reveal(viewer, lambda: cover_chosen(context)))
    if isinstance(viewer, TextViewer):
        viewer.set_text_points(context.settings.value.text_points)
    return viewer
