"""The figures of comparisons in words: for the sheet on the model page, and for the report."""

from typing import TYPE_CHECKING, Final

from hitl_desktop.language import mark, number, percent, tr, trn

if TYPE_CHECKING:  # numpy and the store come with the first project
    from hitl_desktop.assurance.preferences import Share, Steadiness
    from hitl_desktop.workflow.preference_figures import PreferenceFigures

_LEVEL: Final = 0.05
TITLES: Final = (
    mark("Right on random pairs"),
    mark("The left one is better"),
    mark("Same answer when asked again"),
    mark("Equal or bad"),
)
"""What the rows of `comparison_rows` are of."""


def comparison_rows(found: "PreferenceFigures") -> list[tuple[str, str, str]]:
    """Title, value, and where it comes from, for each of `TITLES`."""
    of_model = tr("Reward model v{version}; equal and bad ones left out", version=found.version or 0)
    rows = (
        _row(found.right, of_model if found.right else tr("No reward model was measured yet.")),
        _row(found.first_side, _on_sides(found.first_side)),
        _row(found.again.same, _on_repeats(found.again)),
        (tr("{n} of {all}", n=number(found.ties), all=number(found.decided)), ""),
    )
    return [(tr(title), *row) for title, row in zip(TITLES, rows, strict=True)]


def _row(share: "Share | None", note: str) -> tuple[str, str]:
    """A share, and its counts and interval before the note; a dash where nothing is known."""
    if share is None or share.share is None:
        return "–", note
    counted = tr(
        "{n} of {all}, 95 % interval {low} to {high}",
        n=number(share.hits),
        all=number(share.of),
        low=percent(share.low),
        high=percent(share.high),
    )
    return percent(share.share), f"{counted}. {note}" if note else counted


def _on_repeats(found: "Steadiness") -> str:
    """What else hidden repeats tell."""
    if not found.same.of and not found.unanswered:
        return tr("Nothing was asked again yet: that needs answers with twenty others in between.")
    words = []
    if found.kept_side:
        words.append(
            trn(
                "{n} time the same side instead, and so the other answer.",
                "{n} times the same side instead, and so the other answer.",
                found.kept_side,
            )
        )
    if found.unanswered:
        words.append(trn("{n} was not answered.", "{n} were not answered.", found.unanswered))
    return " ".join(words)


def _on_sides(share: "Share") -> str:
    """Whether a side is favoured more than chance explains."""
    if share.chance is None:
        return tr("Nothing was answered here yet.")
    p = tr("p = {p}", p=f"{share.chance:.3f}")
    if share.chance <= _LEVEL:
        return tr("One side is favoured more than chance explains ({p}).", p=p)
    return tr("No side is favoured, as far as one can tell ({p}).", p=p)
