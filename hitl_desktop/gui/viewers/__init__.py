"""The viewers of items, one per kind: the table that the review page reads."""

from typing import Final

from hitl_desktop.gui.viewers.comparison_viewer import ComparisonViewer
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.gui.viewers.record_viewer import RecordViewer
from hitl_desktop.gui.viewers.talk_viewer import TalkViewer
from hitl_desktop.gui.viewers.text_viewer import TextViewer
from hitl_desktop.gui.viewers.viewer import ItemView, ItemViewer, ToolAction

VIEWERS: Final[dict[str, type[ItemViewer]]] = {
    "image": ImageViewer,
    "text": TextViewer,
    "preference": ComparisonViewer,
    "record": RecordViewer,
    "conversation": TalkViewer,
}

__all__ = ["VIEWERS", "ItemView", "ItemViewer", "ToolAction"]
