"""What may be answered to a label problem: take what is likelier, take one side, choose a class, or leave it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.domain.label_problems import LabelProblem, ProblemSort
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.views.problems.words import class_words
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.flow import Flow
from hitl_desktop.language import tr

if TYPE_CHECKING:
    from hitl_desktop.workflow.project import Project


class ProblemActions(QWidget):
    """`settled(answer)`: the class id or code that all its items are; `upheld()`: its labels are right;
    `other_wanted()`: another class is to be chosen.
    """

    settled = Signal(object)
    upheld = Signal()
    other_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.can_decide = False
        self.is_several = False
        self._answers: tuple[int, int] = (-1, -1)
        caption, theme = context.keymap.caption, context.theme
        self.first = Button(theme, "", "primary")
        self.second = Button(theme, "")
        self.right = Button(theme, "", key=caption("label_right"))
        self.other = Button(theme, tr("Another class…"), key=caption("other_class"))
        self.first.clicked.connect(lambda: self.settled.emit(self._answers[0]))
        self.second.clicked.connect(lambda: self.settled.emit(self._answers[1]))
        self.right.clicked.connect(self.upheld)
        self.other.clicked.connect(self.other_wanted)
        row = Flow(spacing=SPACE_8)
        row.setContentsMargins(0, 0, 0, 0)
        for button in (self.first, self.second, self.right, self.other):
            row.addWidget(button)
        self.setLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def show_problem(self, project: "Project", problem: LabelProblem) -> None:
        """Offer the answers to a problem; greyed where nothing can be decided."""
        caption = self._context.keymap.caption
        self.can_decide = project.store.is_writer
        self.is_several = project.task.value == "several"
        likely = problem.given if problem.likely is None else problem.likely
        is_pair = problem.other is not None
        if is_pair:
            self._answers = (problem.given, likely)
            self._show(self.first, tr("Both {name}", name=class_words(project, problem.given)), caption("previous"))
            self._show(self.second, tr("Both {name}", name=class_words(project, likely)), caption("next"))
        else:
            self._answers = (likely, likely)
            said = tr("Decide as {name}", name=class_words(project, likely))
            self._show(self.first, said, caption("confirm"))
        self.first.setVisible(problem.sort is not ProblemSort.COPY)
        self.second.setVisible(is_pair)
        self.right.set_label(tr("Both labels are right") if is_pair else tr("The label is right"))
        self.other.setVisible(not self.is_several)
        why_not = "" if self.can_decide else tr("This project is open to read only: nothing can be decided here.")
        for button in (self.first, self.second, self.right, self.other):
            button.setEnabled(self.can_decide)
            button.setToolTip(why_not)

    @staticmethod
    def _show(button: Button, words: str, key: str) -> None:
        button.set_label(words)
        button.set_key(key)
