"""A suggestion as the panel shows it: ranked bars, a line for the rest, and what stands beside it."""

from collections.abc import Sequence
from typing import Final

from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.predictions import whole_percents
from hitl_desktop.gui.views.review.panel_view import PanelView
from hitl_desktop.gui.widgets.probability_bars import FEW, SHOWN, BarRow
from hitl_desktop.gui.widgets.shares import percent_of
from hitl_desktop.language import percent, tr, trn
from hitl_desktop.workflow.suggestion import Suggestion

LIKELY_BUTTONS: Final = 8
"""With more classes than have buttons, these many have."""
_LITTLE: Final = 0.004
Bars = tuple[list[BarRow], str, str]
"""The bars, the words on those that have none, and the words at the end of that line."""


def bar_rows(suggestion: Suggestion, labels: Sequence[Label], *, several: bool) -> Bars:
    """The classes, likeliest first, or each of several findings by itself."""
    ranked = sorted(labels, key=lambda label: -probability_of(suggestion, label))
    shown = len(ranked) if len(ranked) <= FEW else SHOWN
    return (_findings if several else _classes)(suggestion, ranked[:shown], ranked[shown:])


def _classes(suggestion: Suggestion, shown: Sequence[Label], others: Sequence[Label]) -> Bars:
    """Whole percents that add up to 100, the rest included."""
    percents = dict(enumerate(whole_percents(suggestion.probabilities)))
    rows = []
    for label in shown:
        probability = probability_of(suggestion, label)
        words = _percent(probability, percents.get(label.position, 0))
        rows.append(BarRow(label.position, label.name, words, probability))
    rest = sum(percents.get(label.position, 0) for label in others)
    share = _percent(sum(probability_of(suggestion, label) for label in others), rest)
    words = trn("{n} other class {share}", "{n} other classes {share}", len(others), share=share) if others else ""
    return rows, words, trn("Lead {n} point", "Lead {n} points", round(suggestion.lead * 100))


def _findings(suggestion: Suggestion, shown: Sequence[Label], others: Sequence[Label]) -> Bars:
    """The percents of findings do not add up."""
    claims = [(label, probability_of(suggestion, label)) for label in shown]
    rows = [BarRow(label.position, label.name, percent_of(p), p) for label, p in claims]
    most = percent_of(probability_of(suggestion, others[0])) if others else ""
    count = len(others)
    words = trn("{n} other finding up to {most}", "{n} other findings up to {most}", count, most=most) if count else ""
    return rows, words, tr("Each by itself")


def suggested_ids(suggestion: Suggestion | None) -> set[int]:
    """The class that is suggested, or the findings, by label id."""
    if suggestion is None:
        return set()
    if suggestion.findings is not None:
        return {label.id for label in suggestion.findings}
    return {suggestion.predicted.id} if suggestion.predicted else set()


def differs(suggestion: Suggestion, label_id: int | None, findings: tuple[int, ...] | None) -> bool:
    """True when the class or the findings decided on are not those suggested."""
    answer = findings if label_id is None else (label_id,)
    return answer is not None and set(answer) != suggested_ids(suggestion)


def probability_of(suggestion: Suggestion, label: Label) -> float:
    """Probability of a class; 0 for one that was added after the model was made."""
    return suggestion.probabilities[label.position] if label.position < len(suggestion.probabilities) else 0.0


def _percent(probability: float, whole: int) -> str:
    """A whole percent; what is little is not said to be nothing, also where rounding left it none."""
    return percent_of(min(probability, _LITTLE)) if probability > 0 and whole == 0 else percent(whole / 100)


def likeliest(view: PanelView, labels: Sequence[Label]) -> list[Label]:
    """The likeliest classes in class order, so that a class keeps its side; the first ones without a model.

    While the suggestion is hidden they are the first ones too, and they stay when it is revealed: only it is added.
    """
    suggestion, first = view.suggestion, list(labels[:LIKELY_BUTTONS])
    if suggestion is None:
        return first
    if view.own is not None:
        wanted = suggested_ids(suggestion) - {label.id for label in first}
        return [*first[: LIKELY_BUTTONS - len(wanted)], *(label for label in labels if label.id in wanted)]
    ranked = sorted(labels, key=lambda label: -probability_of(suggestion, label))[:LIKELY_BUTTONS]
    return sorted(ranked, key=lambda label: label.position)


def act_words(answer: str, *, is_own: bool, is_suggested: bool) -> str:
    """What the first button does."""
    if is_own:
        return tr("Keep {answer}", answer=answer)
    return tr("Confirm {answer}", answer=answer) if is_suggested else tr("Save {answer}", answer=answer)
