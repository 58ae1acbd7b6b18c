"""What the panel is given to show of an item."""

from dataclasses import dataclass

from hitl_desktop.gui.views.review.reasons import Reason
from hitl_desktop.workflow.suggestion import Suggestion


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """An answer that was given before the suggestion was revealed: label ids, and the same in words."""

    label_ids: frozenset[int]
    words: str


@dataclass(frozen=True, slots=True)
class PanelView:
    """All that the panel shows of one item."""

    reason: Reason
    suggestion: Suggestion | None
    model_text: str
    can_decide: bool
    is_hidden: bool = False
    """The suggestion is kept back until the answer: `suggestion` is None then."""
    is_check: bool = False
    """It measures the model, and is never shown beside the answer."""
    why_not: str = ""
    """Why nothing can be changed here, where that is so: neither answers nor notes."""
    own: OwnAnswer | None = None
    """What the reviewer answered before they saw it, to be kept or changed."""
