"""What was typed or marked and is not decided yet: kept at once, so that it survives whatever ends the program.

It is taken only once it is kept: where the disk refuses, the session has what it had, and so has the screen.
"""

from typing import TYPE_CHECKING

from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.responses import Response
from hitl_desktop.workflow.marking import Marks

if TYPE_CHECKING:
    from hitl_desktop.workflow.review import ReviewSession


def take_marks(session: "ReviewSession", marks: Marks) -> Changes:
    """Have the item on screen marked like this. Raises DiskTrouble: the marks are what they were."""
    changes = keep_draft(session, marks=marks)
    session.marks = marks
    return changes


def take_response(session: "ReviewSession", response: Response) -> Changes:
    """Have this answered beyond the class of the item on screen. Raises DiskTrouble: nothing has changed."""
    changes = keep_draft(session, response=response)
    session.response = session.own_response = response
    return changes


def keep_draft(
    session: "ReviewSession", note: str | None = None, marks: Marks | None = None, response: Response | None = None
) -> Changes:
    """Keep what was done with the item on screen; None: as it was. Raises DiskTrouble."""
    if session.current is None:
        return NOTHING
    items = session.project.store.items
    with session.project.store.transaction():
        note = items.draft(session.current) if note is None else note
        items.set_draft(
            session.current,
            note,
            (marks or session.marks).draft,
            session.own_response if response is None else response,
        )
    return Changes(items=frozenset({session.current}))
