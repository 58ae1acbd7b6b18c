"""Two versions of the model side by side, on the same checks, with the items on which they differ."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from hitl_desktop.domain.labels import in_words
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.card_row import CardRow
from hitl_desktop.gui.views.figures_in_words import interval, percent, version_name
from hitl_desktop.gui.views.model_sheet import ModelSheet
from hitl_desktop.gui.views.titled_card import TitledCard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.moments import day_and_time
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.language import number, tr, trn

if TYPE_CHECKING:  # numpy comes with the first project, not with the first paint
    from hitl_desktop.assurance.paired import Pair
    from hitl_desktop.domain.labels import Label
    from hitl_desktop.workflow.version_comparison import Difference, Side, VersionComparison

_LEAST_FOR_TWO: Final = 980
_SHARES: Final = (5, 4)
_ITEMS_SHOWN: Final = 14


class ModelCompare(ModelSheet):
    """`items_wanted` carries the pool indexes that a row stands for, and its words."""

    items_wanted = Signal(object, str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self._shown: VersionComparison | None = None
        self._verdict = PlainLabel("", "body", "text2", wrap=True)
        self.figures = PlainTable(theme, tr("The two versions"), (Column(""),))
        self.classes = PlainTable(theme, tr("Right on every class"), (Column(tr("Class")),))
        self.items = PlainTable(theme, tr("Items on which they differ"), (Column(tr("Item")),), most=_ITEMS_SHOWN)
        self.all_items = Button(theme, tr("Open them all"), "link", size="small")
        self._items_card = TitledCard(tr("Where they differ"))
        self._items_card.head.addWidget(self.all_items)
        self._classes_card = TitledCard(tr("Right, class by class"))
        self._lay_out(context)
        self.all_items.clicked.connect(self._open_all)
        self.items.row_chosen.connect(self._open)

    def show_comparison(self, shown: "VersionComparison") -> None:
        """Show a comparison."""
        self._shown = shown
        first, second = version_name(shown.first.version), version_name(shown.second.version)
        self.set_title(tr("{second} beside {first}", first=first, second=second))
        self._verdict.setText(_verdict(shown))
        numbers = (Column(first, is_number=True), Column(second, is_number=True))
        self.figures.set_columns((Column(""), *numbers))
        self.figures.show_rows(_figures(shown))
        only = tuple(Column(tr("Only {version}", version=v), is_number=True) for v in (first, second))
        self.classes.set_columns((Column(tr("Class")), Column(tr("Checks"), is_number=True), *numbers, *only))
        self.classes.show_rows([_class_row(label, pair) for label, pair in shown.classes])
        self._classes_card.set_subtitle(
            tr("Checks of each class that a version gets right · {checks}", checks=shown.words)
        )
        self.items.set_columns(
            (
                Column(tr("Item")),
                Column(tr("It is")),
                *(Column(tr("{version} says", version=v)) for v in (first, second)),
            )
        )
        self.items.show_rows([_item_row(each) for each in shown.differences])
        said = trn(
            "{n} check. Enter opens one in review", "{n} checks. Enter opens one in review", len(shown.differences)
        )
        self._items_card.set_subtitle(said if shown.differences else tr("On no check"))
        self.items.setVisible(bool(shown.differences))
        self.all_items.setVisible(bool(shown.differences))

    def verdict(self) -> str:
        """The sentence below the title."""
        return self._verdict.text()

    def _open(self, row: int) -> None:
        if self._shown is not None:
            each = self._shown.differences[row]
            self.items_wanted.emit((each.index,), each.name)

    def _open_all(self) -> None:
        if self._shown is not None:
            versions = {"first": self._shown.first.version, "second": self._shown.second.version}
            words = tr("v{first} and v{second} differ", **versions)
            self.items_wanted.emit(tuple(each.index for each in self._shown.differences), words)

    def _lay_out(self, context: Context) -> None:
        self.column.addWidget(self._verdict)
        figures = TitledCard(tr("The two versions"))
        figures.set_subtitle(tr("Both on the same checks"))
        figures.body.addWidget(self.figures)
        figures.body.addStretch(1)
        self._classes_card.body.addWidget(self.classes)
        self._classes_card.body.addStretch(1)
        cards = (self._classes_card, figures)
        self.column.addWidget(CardRow(context.theme, cards, _SHARES, least=_LEAST_FOR_TWO))
        self._items_card.body.addWidget(self.items)
        self.column.addWidget(self._items_card)
        self.column.addStretch(1)


def _verdict(shown: "VersionComparison") -> str:
    if not shown.overall.gained and not shown.overall.lost:
        versions = {"first": shown.first.version, "second": shown.second.version}
        return tr("On {checks}, v{first} and v{second} are right and wrong alike.", checks=shown.words, **versions)
    return tr(
        "On {checks}, v{second} is right where v{first} is wrong {gained}, and wrong where v{first} is right {lost}.",
        checks=shown.words,
        first=shown.first.version,
        second=shown.second.version,
        gained=_times(shown.overall.gained),
        lost=_times(shown.overall.lost),
    )


def _times(often: int) -> str:
    words = {0: tr("never"), 1: tr("once"), 2: tr("twice")}
    return words.get(often) or trn("{n} time", "{n} times", often)


def _figures(shown: "VersionComparison") -> list[list[Cell]]:
    sides = (shown.first, shown.second)
    return [
        [Cell(tr("Accuracy")), *(Cell(_accuracy(side), is_strong=True) for side in sides)],
        [Cell(tr("95 % interval")), *(Cell(interval(s.accuracy) if s.accuracy else "–") for s in sides)],
        [Cell(tr("Learned from")), *(Cell(_learned_from(side)) for side in sides)],
        [Cell(tr("Trained")), *(Cell(day_and_time(side.made_utc)) for side in sides)],
    ]


def _accuracy(side: "Side") -> str:
    return percent(side.accuracy.share, side.accuracy.of) if side.accuracy else "–"


def _learned_from(side: "Side") -> str:
    return trn("{n} decision", "{n} decisions", side.decisions) if side.decisions else tr("none of yours")


def _class_row(label: "Label", pair: "Pair") -> list[Cell]:
    net = pair.gained - pair.lost
    return [
        Cell(label.name, label.position),
        Cell(number(pair.checks)),
        Cell(number(pair.old_right), is_strong=net < 0),
        Cell(number(pair.new_right), is_strong=net > 0),
        Cell(number(pair.lost)),
        Cell(number(pair.gained)),
    ]


def _item_row(each: "Difference") -> list[Cell]:
    return [
        Cell(each.name),
        _said(each.truth, is_right=False),
        _said(each.first, is_right=each.is_loss),
        _said(each.second, is_right=each.is_gain),
    ]


def _said(answer: "Label | tuple[Label, ...] | None", *, is_right: bool) -> Cell:
    """A class, or a set of findings."""
    if answer is None:
        return Cell(tr("could not be read"), tone="text2")
    labels = answer if isinstance(answer, tuple) else (answer,)
    words = in_words(label.name for label in labels)
    glyph = labels[0].position if labels else -1
    return Cell(tr("{answer}, right", answer=words) if is_right else words, glyph, is_strong=is_right)
