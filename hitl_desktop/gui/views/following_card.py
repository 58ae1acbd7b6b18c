"""The card of the model page that says how far the reviewers go along with the model."""

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.figures_in_words import interval, percent
from hitl_desktop.gui.views.titled_card import TitledCard
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.language import decimal, mark, number, tr, trn

if TYPE_CHECKING:  # numpy comes with the first project, not with the first paint
    from hitl_desktop.assurance.estimates import Estimate
    from hitl_desktop.assurance.following import Difference
    from hitl_desktop.workflow.following_report import Changed, Following, LedChecks

_COLUMNS: Final = (
    (mark("Same answer as the model"), ""),
    (mark("Suggestion in view"), mark("First answers given with the suggestion beside the item")),
    (mark("Suggestion hidden"), mark("First answers given before the suggestion was seen")),
    (
        mark("Seeing it adds"),
        mark("In view less hidden, with its interval; only where chance drew which was which"),
    ),
)
_NOTHING: Final = mark("No answer yet to an item with a suggestion.")
_NO_MIX: Final = mark(
    "Answers given with the suggestion in view cannot tell whether it led you. With a random mix (in the settings) "
    "this page compares both."
)
_TRUTH: Final = mark("Right and wrong are told by the labels of your data that are kept as hidden truth.")
_NO_TRUTH: Final = mark(
    "Nothing here tells whether the model was right: your own answers are no measure of it, for they may have "
    "followed it."
)


class FollowingCard(TitledCard):
    """How often the answer is the suggestion, with it in view and without, and what became of revealed ones."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("Do you follow the model?"), parent)
        columns = [
            Column(tr(title), tr(tip) if tip else "", is_number=place > 0)
            for place, (title, tip) in enumerate(_COLUMNS)
        ]
        self.table = PlainTable(theme, tr("How often the answer is the suggestion"), columns)
        self.words = PlainLabel("", "small", "text2", wrap=True)
        self.body.addWidget(self.table)
        self.body.addWidget(self.words)

    def show_following(self, found: "Following", checks: "LedChecks | None") -> None:
        """Show what the log tells; `checks` of the model in use, None where nothing measures."""
        has_answers = found.in_view.same is not None or found.hidden.same is not None
        self.table.setVisible(has_answers)
        self.table.show_rows(_rows(found))
        by = trn("First answers of {n} reviewer", "First answers of {n} reviewers", found.reviewers)
        self.set_subtitle(tr("{answers}, with 95 % intervals; no random checks", answers=by) if has_answers else "")
        sentences = [*_about(found), *_about_checks(checks)] if has_answers else [tr(_NOTHING), *_about_checks(checks)]
        self.words.setText("\n".join(sentences))


def _rows(found: "Following") -> list[list[Cell]]:
    mixed = found.mixed
    rows = [_row(tr("All items"), found.in_view.same, found.hidden.same, mixed.more_same if mixed else None)]
    if found.with_truth:
        rows += [
            _row(
                tr("Where it was right"),
                found.in_view.same_when_right,
                found.hidden.same_when_right,
                mixed.when_right if mixed else None,
            ),
            _row(
                tr("Where it was wrong"),
                found.in_view.same_when_wrong,
                found.hidden.same_when_wrong,
                mixed.when_wrong if mixed else None,
            ),
        ]
    return rows


def _row(name: str, seen: "Estimate | None", unseen: "Estimate | None", more: "Difference | None") -> list[Cell]:
    return [Cell(name), _share(seen), _share(unseen), _more(more)]


def _share(found: "Estimate | None") -> Cell:
    if found is None:
        return Cell("–", tone="text2", tooltip=tr("No such answer yet"))
    return Cell(
        tr(
            "{right} of {of} · {share} · {interval}",
            right=number(found.right),
            of=number(found.of),
            share=percent(found.share),
            interval=interval(found),
        )
    )


def _more(found: "Difference | None") -> Cell:
    if found is None:
        return Cell("–", tone="text2")
    points = [decimal(100 * value, 0).replace("-", "−") for value in (found.value, found.low, found.high)]
    words = tr("{points} points · {low} to {high}", points=points[0], low=points[1], high=points[2])
    tip = tr("Chance alone is a poor explanation") if found.is_clear else tr("This may be chance")
    return Cell(words, is_strong=found.is_clear, tooltip=tip)


def _about(found: "Following") -> list[str]:
    said = []
    went_along = found.mixed.went_along if found.mixed else None
    if went_along is not None:
        said.append(
            tr(
                "Of the items you would have answered otherwise, you went along with the model on about {share} "
                "({interval}) when its suggestion was in view.",
                share=percent(went_along.share),
                interval=interval(went_along),
            )
        )
    if found.changed.all is not None:
        said.append(_changed(found.changed))
    if found.mixed is None:
        said.append(tr(_NO_MIX))
    said.append(tr(_TRUTH) if found.with_truth else tr(_NO_TRUTH))
    return said


def _changed(found: "Changed") -> str:
    every = found.all
    if every is None:
        return ""
    words = tr(
        "When it was revealed and differed, you changed to it in {right} of {of} ({share}, {interval}).",
        right=number(every.right),
        of=number(every.of),
        share=percent(every.share),
        interval=interval(every),
    )
    right, wrong = found.when_right, found.when_wrong
    if right is None or wrong is None:
        return words
    return tr(
        "{words} Where it was right: {right} of {of_right}; where it was wrong: {wrong} of {of_wrong}.",
        words=words,
        right=number(right.right),
        of_right=number(right.of),
        wrong=number(wrong.right),
        of_wrong=number(wrong.of),
    )


def _about_checks(checks: "LedChecks | None") -> list[str]:
    if checks is None or checks.in_view is None:
        return []
    seen = checks.in_view
    words = tr(
        "{n} of the random checks were answered with a suggestion in view, which may flatter the model: it was right "
        "on {right} of them.",
        n=number(seen.of),
        right=number(seen.right),
    )
    if checks.hidden is None:
        return [words]
    others = tr("Of the other {n} on {right}.", n=number(checks.hidden.of), right=number(checks.hidden.right))
    return [f"{words} {others}"]
