"""Answering a conversation: hands and keys on one side, the session's response on the other."""

from dataclasses import replace

from PySide6.QtCore import QObject

from hitl_desktop.domain.responses import Response
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.viewers.talk_viewer import TalkViewer
from hitl_desktop.gui.viewers.viewer import ItemViewer


class Talking(QObject):
    """Joins the viewer of conversations and the session: the turn that decided and the reply are drafts of it."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = context.bridge
        self._viewer: TalkViewer | None = None
        self._bridge.changed.connect(self.show)
        self._bridge.closing.connect(self._leave)

    def viewer_made(self, viewer: ItemViewer) -> None:
        """Join a new viewer, if it is one of conversations."""
        if isinstance(viewer, TalkViewer):
            self._viewer = viewer
            viewer.turn_chosen.connect(lambda turn: self._respond(turn=turn))
            viewer.reply_changed.connect(lambda reply: self._respond(reply=reply))

    def show(self) -> None:
        """Show what the session has of the item on screen."""
        viewer = self._viewer
        if viewer is None or not self._bridge.is_open or viewer.item is None:
            return
        session = self._bridge.desk.session
        item = session.item
        if item is None or item.digest != viewer.item.digest:  # the page is about to show another one
            return
        viewer.can_answer = session.project.store.is_writer
        viewer.show_response(session.response.turn, session.response.reply)

    def _leave(self) -> None:
        if self._viewer is not None:
            self._viewer.reply.tell()

    def _respond(self, **changes: object) -> None:
        if not self._bridge.is_open:
            return
        session = self._bridge.desk.session
        response: Response = replace(session.response, **changes)  # type: ignore[arg-type]
        self._bridge.perform(lambda: session.respond(response), self)
