"""Two versions of the model side by side, on the same checks, with the items on which they differ."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from hitl_desktop.domain.labels import in_words
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.card_row import CardRow
from hitl_desktop.gui.views.figures_in_words import count, counted, interval, moment, percent
from hitl_desktop.gui.views.model_sheet import ModelSheet
from hitl_desktop.gui.views.titled_card import TitledCard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable

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
        self.figures = PlainTable(theme, "The two versions", (Column(""),))
        self.classes = PlainTable(theme, "Right on every class", (Column("Class"),))
        self.items = PlainTable(theme, "Items on which they differ", (Column("Item"),), most=_ITEMS_SHOWN)
        self.all_items = Button(theme, "Open them all", "link", size="small")
        self._items_card = TitledCard("Where they differ")
        self._items_card.head.addWidget(self.all_items)
        self._classes_card = TitledCard("Right, class by class")
        self._lay_out(context)
        self.all_items.clicked.connect(self._open_all)
        self.items.row_chosen.connect(self._open)

    def show_comparison(self, shown: "VersionComparison") -> None:
        """Show a comparison."""
        self._shown = shown
        first, second = f"v{shown.first.version}", f"v{shown.second.version}"
        self.set_title(f"{second} beside {first}")
        self._verdict.setText(_verdict(shown))
        numbers = (Column(first, is_number=True), Column(second, is_number=True))
        self.figures.set_columns((Column(""), *numbers))
        self.figures.show_rows(_figures(shown))
        only = (Column(f"Only {first}", is_number=True), Column(f"Only {second}", is_number=True))
        self.classes.set_columns((Column("Class"), Column("Checks", is_number=True), *numbers, *only))
        self.classes.show_rows([_class_row(label, pair) for label, pair in shown.classes])
        self._classes_card.set_subtitle(f"Checks of each class that a version gets right · {shown.words}")
        self.items.set_columns((Column("Item"), Column("It is"), Column(f"{first} says"), Column(f"{second} says")))
        self.items.show_rows([_item_row(each) for each in shown.differences])
        said = counted(len(shown.differences), "check", "checks")
        self._items_card.set_subtitle(f"{said}. Enter opens one in review" if shown.differences else "On no check")
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
            words = f"v{self._shown.first.version} and v{self._shown.second.version} differ"
            self.items_wanted.emit(tuple(each.index for each in self._shown.differences), words)

    def _lay_out(self, context: Context) -> None:
        self.column.addWidget(self._verdict)
        figures = TitledCard("The two versions")
        figures.set_subtitle("Both on the same checks")
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
    pair, first, second = shown.overall, shown.first.version, shown.second.version
    both = f"On {shown.words}, v{second} is right where v{first} is wrong {_times(pair.gained)}, "
    return f"{both}and wrong where v{first} is right {_times(pair.lost)}."


def _times(number: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(number, f"{count(number)} times")


def _figures(shown: "VersionComparison") -> list[list[Cell]]:
    sides = (shown.first, shown.second)
    return [
        [Cell("Accuracy"), *(Cell(_accuracy(side), is_strong=True) for side in sides)],
        [Cell("95 % interval"), *(Cell(interval(s.accuracy) if s.accuracy else "–") for s in sides)],
        [Cell("Learned from"), *(Cell(_learned_from(side)) for side in sides)],
        [Cell("Trained"), *(Cell(moment(side.made_utc)) for side in sides)],
    ]


def _accuracy(side: "Side") -> str:
    return percent(side.accuracy.share, side.accuracy.of) if side.accuracy else "–"


def _learned_from(side: "Side") -> str:
    return counted(side.decisions, "decision", "decisions") if side.decisions else "none of yours"


def _class_row(label: "Label", pair: "Pair") -> list[Cell]:
    net = pair.gained - pair.lost
    return [
        Cell(label.name, label.position),
        Cell(count(pair.checks)),
        Cell(count(pair.old_right), is_strong=net < 0),
        Cell(count(pair.new_right), is_strong=net > 0),
        Cell(count(pair.lost)),
        Cell(count(pair.gained)),
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
        return Cell("could not be read", tone="text2")
    labels = answer if isinstance(answer, tuple) else (answer,)
    words = in_words(label.name for label in labels)
    mark = labels[0].position if labels else -1
    return Cell(f"{words}, right" if is_right else words, mark, is_strong=is_right)
