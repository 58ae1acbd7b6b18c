"""The model page's overview: headline, three questions, versions, and what lies below them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_12
from hitl_desktop.gui.views.card_row import CardRow
from hitl_desktop.gui.views.following_card import FollowingCard
from hitl_desktop.gui.views.model_cards import LearningCard, MistakesCard, ReliabilityCard
from hitl_desktop.gui.views.model_depth import ClassCard, PassCard
from hitl_desktop.gui.views.model_headline import ModelHeadline
from hitl_desktop.gui.views.model_side import ChallengerCard, StopCard
from hitl_desktop.gui.views.model_versions import NEWEST, ModelVersionView
from hitl_desktop.gui.views.page_column import page_column
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.class_count_bars import ClassCount, ClassCountBars
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import listed, mark, tr, trn

if TYPE_CHECKING:
    from hitl_desktop.domain.labels import Label
    from hitl_desktop.workflow.model_report import ModelReport

_CARDS: Final = (324, 456, 372)
_LOWER: Final = (796, 372)
_DEEP: Final = (2, 3)
_LEAST_FOR_THREE: Final = 1080
_LEAST_FOR_TWO: Final = 980
_CLASSES_SHOWN: Final = 10
_WITHOUT_MODEL: Final = mark(
    "Until then the order of asking is by chance, and there is no suggestion to confirm: choose a class."
)


class ModelOverview(QWidget):
    """Shows a report. Everything a person can ask for is told by signals of its parts and by `items_wanted`."""

    items_wanted = Signal(object, str)
    card_wanted = Signal(int)
    compare_wanted = Signal(int)
    use_wanted = Signal(int)
    open_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = context.theme
        self._theme = theme
        self._report: ModelReport | None = None
        self._shows_all = False
        self.headline = ModelHeadline(context)
        self.reliability = ReliabilityCard(theme)
        self.mistakes = MistakesCard(theme)
        self.learning = LearningCard(theme)
        self.versions = ModelVersionView(theme)
        self.challenger = ChallengerCard(theme)
        self.stop = StopCard(theme)
        self.passing = PassCard(theme)
        self.classes = ClassCard(theme)
        self.following = FollowingCard(theme)
        self.empty = Card(tr("There is no model yet"))
        self.need = PlainLabel("", "body", "text", wrap=True)
        self.open_first = Button(theme, tr("Open a model…"), "link", size="small")
        self.decided = Card(tr("Decided, by class"))
        self._bars = ClassCountBars(theme)
        self.all_versions = Button(theme, tr("Show all"), "link", size="small")
        self.open_model = Button(theme, tr("Open a model…"), "link", size="small")
        self.open_model.setToolTip(tr("Keep a model that was saved as a file as a new version"))
        self._versions_note = PlainLabel("", "small", "text2")
        self._build()
        self._connect()

    def show_report(self, report: "ModelReport", threshold: float, decided: "Sequence[tuple[Label, int]]") -> None:
        """Show a report; `threshold` is the line in force, `decided` counts decisions by class, in class order."""
        self._report = report
        has_model = report.version is not None
        self.headline.show_report(report)
        self.empty.setVisible(not has_model)
        self._questions.setVisible(has_model)
        self._lower.setVisible(has_model)
        self._deep.setVisible(has_model)
        self.following.setVisible(has_model)
        self.decided.setVisible(not has_model)
        if not has_model:
            self._show_decided(decided)
            return
        for card in (self.reliability, self.mistakes, self.learning):
            card.show_report(report)
        self.challenger.show_notice(report.challenger)
        self.stop.show_advice(report.stop)
        self.passing.show_report(report, threshold)
        self.classes.show_report(report, {label.id: number for label, number in decided})
        self._show_versions()

    def _show_decided(self, decided: "Sequence[tuple[Label, int]]") -> None:
        """Without a model: what there is to learn from. With many classes, those with most decisions."""
        most = sorted(decided, key=lambda row: -row[1])[:_CLASSES_SHOWN]
        shown = [row for row in decided if row in most]
        self._bars.show_counts([ClassCount(label.position, label.name, number) for label, number in shown])
        hidden = len(decided) - len(shown)
        total = trn("{n} item", "{n} items", sum(number for _, number in decided))
        rest = trn("{n} class not shown", "{n} classes not shown", hidden) if hidden else ""
        self.decided.set_title(tr("Decided, by class"), listed((total, rest)))

    def _show_versions(self) -> None:
        report = self._report
        if report is None:
            return
        every = report.versions
        # The one in use is always there, however old it is.
        shown = [row for place, row in enumerate(every) if self._shows_all or place < NEWEST or row.role == "in use"]
        self.versions.show_versions(shown, report.watched.name if report.watched else "")
        hidden = len(every) - len(shown)
        self.all_versions.setVisible(len(every) > NEWEST)
        self.all_versions.set_label(
            tr("Show the newest") if self._shows_all else trn("Show all {n}", "Show all {n}", len(every))
        )
        self._versions_note.setText(
            trn("{n} older one hidden", "{n} older ones hidden", hidden) if hidden else tr("every version is kept")
        )

    def _connect(self) -> None:
        self.headline.card_wanted.connect(self._card_of_the_one_in_use)
        self.mistakes.items_wanted.connect(self.items_wanted)
        self.versions.compare_wanted.connect(self.compare_wanted)
        self.versions.card_wanted.connect(self.card_wanted)
        self.versions.use_wanted.connect(self.use_wanted)
        self.challenger.compare_wanted.connect(self.compare_wanted)
        self.challenger.use_wanted.connect(self.use_wanted)
        self.all_versions.clicked.connect(self._toggle_all)
        self.open_model.clicked.connect(self.open_wanted)
        self.open_first.clicked.connect(self.open_wanted)

    def _card_of_the_one_in_use(self) -> None:
        if self._report is not None and self._report.version is not None:
            self.card_wanted.emit(self._report.version)

    def _toggle_all(self) -> None:
        self._shows_all = not self._shows_all
        self._show_versions()

    def _build(self) -> None:
        column = page_column(self)
        column.addWidget(self.headline)
        column.addWidget(self._empty_card())
        self.decided.body.addWidget(self._bars)
        column.addWidget(self.decided)
        theme = self._theme
        self._questions = CardRow(
            theme, (self.reliability, self.mistakes, self.learning), _CARDS, least=_LEAST_FOR_THREE
        )
        column.addWidget(self._questions)
        # The same proportions as above, so that the edges of the cards stand in line.
        self._lower = CardRow(theme, (self._versions_card(), self._side()), _LOWER, least=_LEAST_FOR_TWO)
        column.addWidget(self._lower)
        self._deep = CardRow(theme, (self.passing, self.classes), _DEEP, least=_LEAST_FOR_TWO)
        column.addWidget(self._deep)
        column.addWidget(self.following)
        column.addStretch(1)

    def _empty_card(self) -> Card:
        self.empty.body.addWidget(self.need)
        self.empty.body.addWidget(PlainLabel(tr(_WITHOUT_MODEL), "body", "text2", wrap=True))
        self.empty.head.addWidget(self.open_first)
        return self.empty

    def _versions_card(self) -> Card:
        card = Card(tr("Versions"))
        layout = card.layout()
        if layout is not None:
            layout.setSpacing(SPACE_4)
        card.head.addWidget(self._versions_note)
        card.head.addWidget(self.all_versions)
        card.head.addWidget(self.open_model)
        card.body.addWidget(self.versions)
        card.body.addStretch(1)
        return card

    def _side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_12)
        column.addWidget(self.challenger)
        column.addWidget(self.stop)
        column.addStretch(1)
        return side
