"""What the viewer and the panel are given of an item."""

from hitl_desktop.domain.decisions import Exposure, Slot
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import ANSWERED, Item
from hitl_desktop.gui.decoded import Source
from hitl_desktop.gui.viewers.viewer import ItemView
from hitl_desktop.gui.views.review.panel_view import OwnAnswer, PanelView
from hitl_desktop.gui.views.review.reasons import (
    CLOSE_LEAD,
    REVEALED,
    Reason,
    blind_reason,
    new_kind,
    reason,
    reason_of_findings,
    said,
)
from hitl_desktop.gui.views.review.route_reason import escalated, sent, two_differ
from hitl_desktop.language import number, percent, tr
from hitl_desktop.workflow.comparisons import comparison_of, sides_now
from hitl_desktop.workflow.item_files import paths_of
from hitl_desktop.workflow.masked_columns import masked_columns
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.repeats import is_asked_again
from hitl_desktop.workflow.suggestion import Suggestion
from hitl_desktop.workflow.workspace import Desk


def item_view(project: Project, item: Item) -> ItemView:
    """The item for its viewer; an image that has moved keeps its old path, so that the reason names it."""
    masked = masked_columns(project.store)
    fields = {name: "" if name in masked else value for name, value in item.fields.items()}
    if project.kind.from_rows:
        text = project.kind.without(project.store.items.text(item.index), masked)
        if project.kind.compares:
            return comparison_view(project, item, text, fields, masked)
        return ItemView(item.digest, item.name, None, text, fields, masked)
    path: Source
    try:
        path = project.item_source(item)
    except KnownError:
        path = project.data_root / paths_of(project.store, item)[0]
    return ItemView(item.digest, item.name, path, "", fields, masked)


def comparison_view(
    project: Project, item: Item, text: str, fields: dict[str, str], masked: frozenset[str]
) -> ItemView:
    """A comparison as it stands on screen; who gave each answer, and its score, once it is decided.

    Of two, which stands left or right, it then says what lists and label problems call each.
    """
    sides = sides_now(project, item)
    beside: tuple[str, ...] = ()
    if item.state in ANSWERED and not is_asked_again(project, item.index):
        sources = [answer.source for answer in comparison_of(project, item).answers]
        shown = project.suggestion(item.index)
        shares = [percent(p) for p in shown.probabilities[: len(sources)]] if shown else [""] * len(sources)
        called = [label.name for label in project.labels[:2]] if len(sources) == 2 else [""] * len(sources)
        told = zip(called, sources, shares, strict=False)
        beside = tuple(" · ".join(part for part in parts if part) for parts in told)
    return ItemView(item.digest, item.name, None, text, fields, masked, sides, beside if any(beside) else ())


def _routed(project: Project, index: int, slot: Slot, shown: Suggestion | None) -> Reason | None:
    """The reason that the routing policy gives, where it says more than the order of asking."""
    found = two_differ(project, index) or escalated(project, index, slot)
    found = found or new_kind(slot, is_novel=project.pool.is_novel(index))
    if found is None and slot is Slot.UNCERTAIN and shown is not None and shown.lead >= CLOSE_LEAD:
        return sent(project, index)
    return found


def panel_view(desk: Desk, *, can_decide: bool) -> PanelView:
    """The item on screen for the panel: why it is asked, and what was suggested when it came."""
    session, project = desk.session, desk.project
    shown, own = session.visible, session.look.own
    if session.look.exposure is Exposure.HIDDEN:
        why = blind_reason(is_check=session.look.is_check)
    elif own is not None:
        why = said(REVEALED)
    elif shown is not None and shown.findings is not None:
        doubtful = project.labels[shown.most_doubtful].name
        why = reason_of_findings(session.slot, doubtful, shown, project.pool.threshold)
    else:
        line, leader = project.pool.threshold, shown.words if shown else ""
        is_sure = shown is not None and shown.confidence >= line
        why = reason(session.slot, leader, shown.lead if shown else None, line, is_sure=is_sure)
    is_hidden = session.look.exposure is Exposure.HIDDEN
    if session.current is not None and own is None and not is_hidden:
        why = _routed(project, session.current, session.slot, shown) or why
    model_text = tr("No model yet") if project.model is None else ""
    if shown is not None:
        from hitl_desktop.workflow import insight

        confidence = insight.calibration_in_short(project, shown.model_version)
        model_text = tr("Model v{version} · {confidence}", version=shown.model_version, confidence=confidence)
        if shown.quick_updates:
            quick = number(shown.quick_updates)
            model_text = tr("Model v{version} + {n} at once", version=shown.model_version, n=quick)
    answer = None
    if own is not None:
        ids = own.findings if own.findings is not None else (own.label_id,)
        answer = OwnAnswer(frozenset(i for i in ids if i is not None), project.answer_words(own.label_id, own.findings))
    why_not = ""
    if not project.store.is_writer:
        why_not = tr("This project is open to read only: nothing can be decided here.")
    return PanelView(
        why, shown, model_text, can_decide and not why_not, is_hidden, session.look.is_check, why_not, answer
    )
