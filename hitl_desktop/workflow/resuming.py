"""Where a session goes on when a project is opened again."""

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.reviewers import Sitting
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.repeats import may_repeat
from hitl_desktop.workflow.review_queue import ReviewQueue


def left_at(project: Project, queue: ReviewQueue, sitting: Sitting) -> tuple[int, Slot] | None:
    """The item that was on screen when the project was closed, and why; None where the queue goes on from its front."""
    store = project.store
    stored, remembered = store.fact("current"), store.fact("current_slot")
    if not isinstance(stored, int) or not 0 <= stored < len(project.pool):
        return None
    slot = Slot(remembered) if remembered in set(Slot) else queue.slot_of(stored)
    if slot is Slot.REPEAT:
        return (stored, slot) if may_repeat(project, sitting, stored) else None
    # In another order than it was shown in, its place says nothing: the queue goes on from the front.
    if store.fact("order") != queue.order_name() and queue.waiting_place(stored) > 0:
        queue.put_in_front(stored, slot)
    return stored, slot
