"""What an explanation says, in words: titles, names of the parts, and figures that add up as they are printed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from hitl_desktop.domain.explanations import Basis, Comparison, Explanation, Part, PartKind, Refusal
from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.records import Record, record_of
from hitl_desktop.gui.views.review.answer_words import answer_part_name, side_names
from hitl_desktop.gui.views.review.record_words import column_of, part_name
from hitl_desktop.language import decimal, mark, number, tr, trn
from hitl_desktop.workflow.masked_columns import masked_columns
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.suggestion import Suggestion

_DIGITS: Final = 2
_PARTS: Final[dict[PartKind, str]] = {
    PartKind.PLACES: mark("Places in the picture"),
    PartKind.TEXTURE: mark("Texture, everywhere"),
    PartKind.COLOUR: mark("Brightness and colour"),
    PartKind.OWN: mark("Features of your own model"),
}
_BASES: Final[dict[Basis, tuple[str, str]]] = {
    Basis.EXACT: (mark("exact"), mark("These are the numbers that the model itself adds up.")),
    Basis.ON_THE_WAY: (
        mark("shared out"),
        mark(
            "The model compares whole items and adds nothing up. Its score is shared out among the parts by what each "
            "changes on the straight way from nothing to this item."
        ),
    ),
    Basis.LEFT_OUT: (
        mark("word by word"),
        mark(
            "A word has what its letters add, exactly, and what the score loses when the language model reads the text "
            "without it. What words do only together is in the rest."
        ),
    ),
}
_REFUSALS: Final[dict[Refusal, str]] = {
    Refusal.OWN_FEATURES: mark("The features come from a model of your own, which cannot be looked into."),
    Refusal.JUMPS: mark("This model decides by thresholds, so that no part has a share of its own."),
    Refusal.ONE_CLASS: mark("The model knows one class only that is still in use."),
    Refusal.NOT_READ: mark("The model could not read this item."),
}


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part as it is shown: its name, its value as printed and as a number, and whether it stands for the answer."""

    name: str
    value: float
    printed: str

    @property
    def supports(self) -> bool:
        """True for a part that speaks for the answer."""
        return self.value > 0


@dataclass(frozen=True, slots=True)
class WhyView:
    """An explanation as it is shown. `this` and `other` are the two answers; `other` None: that it is not there."""

    title: str
    total: str
    basis: str
    basis_in_full: str
    this: Label | None
    other: Label | None
    rows: tuple[PartRow, ...]
    refusal: str


def why_view(explanation: Explanation, project: Project) -> WhyView:
    """An explanation in words and printed figures."""
    this, other = _label(project, explanation.comparison.this), _label(project, explanation.comparison.other)
    if project.kind.compares:
        names = side_names(project, explanation.item_index)
        this, other = _on_side(this, names), _on_side(other, names)
    short, full = _BASES[explanation.basis]
    total = tr("adds up to {score}", score=signed(explanation.score))
    if explanation.is_raw:
        total = tr("adds up to {score}, before calibration", score=signed(explanation.score))
    full = f"{tr(full)} {tr('0 is a tie; each 0.69 more makes the answer twice as likely against the other.')}"
    refusal = _REFUSALS.get(explanation.refusal, "")
    return WhyView(
        _title(explanation, this, other),
        "" if refusal else total,
        "" if refusal else tr(short),
        "" if refusal else full,
        this,
        other,
        tuple(_rows(explanation, project)),
        tr(refusal) if refusal else "",
    )


def without_quick(view: WhyView, shown: Suggestion | None) -> WhyView:
    """The same, said to be of the version alone where decisions since had moved what is shown at once."""
    if shown is None or not shown.quick_updates or not view.total:
        return view
    total = trn(
        "{total}, before {n} decision since v{version}",
        "{total}, before {n} decisions since v{version}",
        shown.quick_updates,
        total=view.total,
        version=shown.model_version,
    )
    return replace(view, total=total)


def signed(value: float) -> str:
    """A figure with its sign: +0.62, −0.97."""
    shown = decimal(abs(value), _DIGITS)
    if round(abs(value), _DIGITS) == 0:
        return shown
    return f"+{shown}" if value > 0 else f"−{shown}"


def in_sum(values: Sequence[float], total: float, taker: int) -> list[float]:
    """Values rounded as they are printed, so that they add up to the printed total: `taker` takes the difference."""
    rounded = [round(value, _DIGITS) for value in values]
    rounded[taker] = round(rounded[taker] + round(total, _DIGITS) - sum(rounded), _DIGITS)
    return rounded


def _rows(explanation: Explanation, project: Project) -> list[PartRow]:
    parts, total = explanation.parts, explanation.score
    if not parts:
        return []
    names = side_names(project, explanation.item_index) if project.kind.compares else ()
    record = None
    if any(part.kind in (PartKind.FIELD, PartKind.EARLIER) for part in parts):
        record = record_of(project.store.items.text(explanation.item_index))
    is_text, masked = project.kind.from_rows, masked_columns(project.store)
    kinds = [part.kind for part in parts]
    largest = max(range(len(parts)), key=lambda place: abs(parts[place].value))
    taker = kinds.index(PartKind.REST) if PartKind.REST in kinds else largest
    values = in_sum([part.value for part in parts], total, taker)
    return [
        PartRow(
            answer_part_name(part, names) if names else _name(part, record, masked, is_text=is_text),
            value,
            signed(value),
        )
        for part, value in zip(parts, values, strict=True)
    ]


def _name(part: Part, record: Record | None, masked: frozenset[str], *, is_text: bool) -> str:
    match part.kind:
        case PartKind.FIELD | PartKind.EARLIER if column_of(part) in masked:
            return tr("a hidden column")
        case PartKind.FIELD | PartKind.EARLIER if record is not None:
            return part_name(part, record)
        case PartKind.START if record is not None:
            return tr("before the first column")
        case PartKind.REST if record is not None:
            return tr("the rest")
        case PartKind.WORD:
            words = " ".join(part.words.split())
            times = len(part.spans)
            return words if times == 1 else tr("{words} ×{times}", words=words, times=number(times))
        case PartKind.REST:
            return tr("all other words") if is_text else tr("the rest")
        case PartKind.START:
            return tr("before the first word") if is_text else tr("an average picture")
    return tr(_PARTS[part.kind])


def _title(explanation: Explanation, this: Label | None, other: Label | None) -> str:
    if this is None:
        return tr("Why does the model think so?")
    if other is not None:
        return tr("Why {this} rather than {other}", this=this.name, other=other.name)
    if explanation.score >= 0:
        return tr("Why {finding}", finding=this.name)
    return tr("Why not {finding}", finding=this.name)


def _label(project: Project, label_id: int | None) -> Label | None:
    """The class that an answer counts as now."""
    if label_id is None or label_id < 0:
        return None
    now = project.label_now(label_id)
    return project.label(label_id if now is None else now)


def _on_side(label: Label | None, names: Sequence[str]) -> Label | None:
    """An answer by where it stands on screen."""
    return None if label is None or label.position >= len(names) else replace(label, name=names[label.position])


def next_comparison(explanation: Explanation) -> Comparison | None:
    """The comparison after the one that is shown; None when there is no other."""
    if len(explanation.comparisons) < 2:
        return None
    place = explanation.comparisons.index(explanation.comparison)
    return explanation.comparisons[(place + 1) % len(explanation.comparisons)]
