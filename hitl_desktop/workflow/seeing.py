"""What a reviewer could see of a suggestion when they answer from a list, and not on the review page."""

from dataclasses import replace

from hitl_desktop.domain.decisions import Exposure
from hitl_desktop.domain.items import Item
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.suggesting import Look, keeps_back, look_of
from hitl_desktop.workflow.suggestion import Suggestion


def seen_from_afar(session: ReviewSession, item: Item, shown: Suggestion | None) -> Look:
    """What goes with the decision: lists keep back what is to be answered without, and an answer from there follows no
    reveal.
    """
    project = session.project
    seen = look_of(project, item, project.store.decisions.of_item(item.index), shown, session.reviewer)
    if keeps_back(project, item) and seen.exposure is Exposure.SHOWN:
        return replace(seen, exposure=Exposure.HIDDEN, own=None)
    return replace(seen, own=None)
