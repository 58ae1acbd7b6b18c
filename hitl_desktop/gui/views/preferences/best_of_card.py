"""Best of n in the window: a prompt, new answers to it, and how the reward model scores them."""

from typing import TYPE_CHECKING, Final, cast

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12
from hitl_desktop.gui.views.titled_card import TitledCard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.language import tr
from hitl_desktop.workflow.jobs import Job, JobState

if TYPE_CHECKING:  # scikit-learn is the worker's
    from hitl_desktop.workflow.best_of import ScoredAnswers

_PROMPT: Final = 64
_ANSWERS: Final = 132
_SHOWN: Final = 90
_BETWEEN: Final = "\n---\n"


class BestOfCard(TitledCard):
    """Scores what is typed, in the worker. Nothing of it is kept."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(tr("Best of several new answers"), parent)
        self._context = context
        self._answers: list[str] = []
        self.set_subtitle(tr("Scored by the reward model in use. Nothing of it is kept."))
        self.prompt = QPlainTextEdit()
        self.prompt.setPlaceholderText(tr("The prompt"))
        self.prompt.setAccessibleName(tr("The prompt"))
        self.prompt.setFixedHeight(context.theme.px(_PROMPT))
        self.prompt.setTabChangesFocus(True)
        self.answers = QPlainTextEdit()
        self.answers.setPlaceholderText(tr("The answers, a line with --- between two of them"))
        self.answers.setAccessibleName(tr("The answers, a line with --- between two of them"))
        self.answers.setFixedHeight(context.theme.px(_ANSWERS))
        self.answers.setTabChangesFocus(True)
        self.button = Button(context.theme, tr("Score the answers"), icon="scale")
        self.button.clicked.connect(self.score)
        self.told = PlainLabel("", "small", "text2", wrap=True)
        columns = [Column(tr("Score"), "", True), Column(tr("Answer"))]
        self.table = PlainTable(
            context.theme, tr("Scores of the answers, the best first"), columns, stretch=(1,), most=9
        )
        self.table.hide()
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addWidget(self.button)
        row.addWidget(self.told, 1)
        column = QVBoxLayout()
        column.setSpacing(SPACE_8)
        for widget in (self.prompt, self.answers):
            column.addWidget(widget)
        column.addLayout(row)
        column.addWidget(self.table)
        self.body.addLayout(column)

    def score(self) -> None:
        """Score what is typed; what is missing is said beside the button."""
        from hitl_desktop.workflow.score_request import comparison_text, score_answers_request

        bridge = self._context.bridge
        if not bridge.is_open or not self.button.isEnabled():
            return
        typed = [part.strip() for part in f"\n{self.answers.toPlainText()}\n".split(_BETWEEN)]
        self._answers = [part for part in typed if part]
        try:
            text = comparison_text(self.prompt.toPlainText(), self._answers)
            request = score_answers_request(bridge.desk.project, (text,))
        except KnownError as error:
            self.told.setText(str(error))
            return
        self.button.setEnabled(False)
        self.told.setText(tr("Scoring"))
        bridge.start("score_answers", lambda p, c: bridge.worker.run("score_answers", request, p, c), self._ended)

    def _ended(self, job: Job) -> None:
        self.button.setEnabled(True)
        self.told.setText("")
        if job.state is JobState.DONE:
            self._show(cast("ScoredAnswers", job.result).scores[0])
        elif isinstance(job.error, KnownError):
            self.told.setText(str(job.error))

    def _show(self, scores: tuple[float, ...]) -> None:
        order = sorted(range(len(scores)), key=lambda place: -scores[place])
        number = self.locale().toString
        rows = [
            [
                Cell(number(scores[place], "f", 2), is_strong=rank == 0),
                Cell(
                    " ".join(self._answers[place].split())[:_SHOWN], is_strong=rank == 0, tooltip=self._answers[place]
                ),
            ]
            for rank, place in enumerate(order)
        ]
        self.table.show_rows(rows)
        self.table.show()
        self.told.setText(tr("Answer {n} is the best of {all}.", n=order[0] + 1, all=len(scores)))
