"""What `decide` answers beyond the class: of a conversation the turn that decided, and the reply."""

import argparse

from hitl_desktop.domain.conversations import of_text
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import Item
from hitl_desktop.domain.responses import Response
from hitl_desktop.workflow.project import Project


def answered(project: Project, item: Item, arguments: argparse.Namespace) -> Response | None:
    """What the options say; None where they say nothing. Raises KnownError where the item is no conversation, or has
    no such turn.
    """
    if arguments.turn is None and not arguments.reply:
        return None
    if project.kind.name != "conversation":
        raise KnownError("Only conversations have turns and replies.", "Leave --turn and --reply out.")
    turns = len(of_text(project.store.items.text(item.index)))
    if arguments.turn is not None and not 1 <= arguments.turn <= turns:
        raise KnownError(f"There is no turn {arguments.turn}.", f"This conversation has {turns}.")
    return Response(turn=None if arguments.turn is None else arguments.turn - 1, reply=arguments.reply.strip())
