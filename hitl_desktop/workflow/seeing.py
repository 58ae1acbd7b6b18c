"""What a reviewer could see of a suggestion when they answer from a list, and not on the review page."""

from dataclasses import replace

from hitl_desktop.domain.decisions import Exposure
from hitl_desktop.domain.items import Item, ItemState
from hitl_desktop.workflow.project import Suggestion
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.suggesting import Look, look, suggesting_of


def seen_from_afar(session: ReviewSession, item: Item, shown: Suggestion | None, *, is_kept_back: bool) -> Look:
    """What goes with the decision. With `is_kept_back` the lists do not tell what is suggested while it is not decided.

    An answer given from a list follows no reveal.
    """
    project = session.project
    seen = look(
        suggesting_of(project.store),
        item,
        project.store.decisions.of_item(item.index),
        shown,
        reviewer=session.reviewer,
        seed=project.seed,
        in_reserve=bool(project.reserve.members[item.index]),
    )
    if is_kept_back and item.state is not ItemState.DECIDED and seen.exposure is Exposure.SHOWN:
        return replace(seen, exposure=Exposure.HIDDEN, own=None)
    return replace(seen, own=None)
