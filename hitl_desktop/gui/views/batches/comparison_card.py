"""How one batch compares with what was there before it: in a sentence, and in figures."""

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.views.titled_card import TitledCard
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.language import decimal, number, percent, tr, trn

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.domain.batch_comparison import BatchComparison, ClassScore
    from hitl_desktop.domain.batches import Batch
    from hitl_desktop.workflow.project import Project

_ROWS: Final = 8
_LEAST: Final = 0.001


class ComparisonCard(TitledCard):
    """Title, what was compared, the verdict, the classifier's figure, and a row for each class score."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("Beside what was there"), parent)
        self._verdict = PlainLabel("", "body", wrap=True)
        self._features = PlainLabel("", "body", "text2", wrap=True)
        self._scores = PlainLabel("", "body", "text2", wrap=True)
        columns = [
            Column(tr("Class")),
            Column(tr("Mean before"), tr("The mean probability of the class among items before"), is_number=True),
            Column(tr("Mean now"), tr("The mean probability of the class in the batch"), is_number=True),
            Column(
                tr("Distance"), tr("Kolmogorov–Smirnov: the largest gap between both distributions"), is_number=True
            ),
            Column(tr("Chance"), tr("Of a distance as large, if nothing has changed"), is_number=True),
        ]
        self.table = PlainTable(theme, tr("Class scores before and now"), columns, stretch=(0,), most=_ROWS)
        self.body.setSpacing(SPACE_8)
        for part in (self._verdict, self._features, self._scores, self.table):
            self.body.addWidget(part)

    def show_comparison(self, batch: "Batch", found: "BatchComparison | None", project: "Project") -> None:
        """Show how a batch compared; None where it was not."""
        self.set_title(tr("Batch {n} beside what was there", n=number(batch.number)))
        for part in (self._features, self._scores, self.table):
            part.setVisible(False)
        if found is None or found.p is None:
            self.set_subtitle("")
            self._verdict.setText(
                tr("They have not been compared with those before them yet.")
                if found is None and is_comparable(project, batch)
                else tr("Too few items to tell whether they are like those before them.")
            )
            return
        self.set_subtitle(_what(batch, found))
        self._verdict.setText(_verdict(batch, found, project))
        if found.auc is not None and found.p_features is not None:
            self._features.setVisible(True)
            self._features.setText(
                tr(
                    "Features: a classifier that has not seen an item tells new from old with an AUC of {auc}; ½ is "
                    "guessing. Chance {p}.",
                    auc=decimal(found.auc, 2),
                    p=_chance(found.p_features),
                )
            )
        if found.scores and found.p_scores is not None:
            self._scores.setVisible(True)
            self.table.setVisible(True)
            self._scores.setText(
                trn(
                    "Scores of model v{version}, beside {n} item that it did not learn from. Chance {p}, all classes "
                    "taken together.",
                    "Scores of model v{version}, beside {n} items that it did not learn from. Chance {p}, all classes "
                    "taken together.",
                    found.scores_against,
                    version=found.model,
                    p=_chance(found.p_scores),
                )
            )
            self.table.show_rows([_row(score, project) for score in sorted(found.scores, key=lambda s: s.p)])


def is_comparable(project: "Project", batch: "Batch") -> bool:
    """True for a batch that can be compared, and has only not been yet."""
    from hitl_desktop.workflow import compare_request

    return compare_request.is_comparable(project, batch)


def _what(batch: "Batch", found: "BatchComparison") -> str:
    words = trn(
        "{n} new item looked at beside {against} of those before",
        "{n} new items looked at beside {against} of those before",
        found.items,
        against=number(found.against),
    )
    if found.first < batch.first:
        return tr("{what}; together with the small batches just before it", what=words)
    return words


def _verdict(batch: "Batch", found: "BatchComparison", project: "Project") -> str:
    from hitl_desktop.workflow.drift import reason

    if found.differs:
        return str(reason(project, batch.number, found))
    return tr("Nothing speaks against its being like the items before it (chance {p}).", p=_chance(found.p or 0.0))


def _row(score: "ClassScore", project: "Project") -> list[Cell]:
    label = project.label(score.label_id)
    return [
        Cell(label.name, label.position),
        Cell(percent(score.before)),
        Cell(percent(score.now)),
        Cell(decimal(score.distance, 2)),
        Cell(_chance(score.p)),
    ]


def _chance(p: float) -> str:
    return f"< {decimal(_LEAST, 3)}" if p < _LEAST else decimal(p, 3)
