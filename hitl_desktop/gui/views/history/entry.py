"""One decision in the history of an item, in words. It is told of one decision after the other, as widgets that are
made anew with every look cost time, and what Qt's binding keeps of each.
"""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.domain.decisions import Decision
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.views.history import words
from hitl_desktop.gui.widgets.card import rule
from hitl_desktop.gui.widgets.icon_text import IconText
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.moments import day_and_time
from hitl_desktop.language import listed, tr
from hitl_desktop.workflow.past_decisions import PastDecision
from hitl_desktop.workflow.project import Project


class Entry(QWidget):
    """What was decided, when, from what to what, by whom, and what was said with it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rule = rule()
        self._title = IconText(theme, "", "")
        self._when = PlainLabel("", "small", "text2")
        self._told = PlainLabel("", "body", wrap=True)
        self._facts = PlainLabel("", "small", "text2", elide=True, cut="end")
        self._said = PlainLabel("", "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE_8)
        column.setSpacing(2)
        column.addWidget(self._rule)
        head = QHBoxLayout()
        head.setContentsMargins(0, SPACE_8 - 2, 0, 0)
        head.setSpacing(SPACE_8)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._when)
        column.addLayout(head)
        column.addWidget(self._told)
        column.addWidget(self._facts)
        column.addWidget(self._said)

    def show_decision(self, project: Project, past: PastDecision, *, is_first: bool) -> None:
        """Say what there is of a decision; a line keeps it from the one above, unless it is the first."""
        event, is_over = past.event, past.entry.is_taken_back
        word, icon, _ = words.verdict_of(project, event)
        before, after = words.from_side(project, past), words.to_side(project, past)
        was = tr("{name}, suggested", name=before.words) if before.is_suggested else before.words
        self._rule.setVisible(not is_first)
        self._title.set_text(tr("Taken back since") if is_over else tr(word), "undo-2" if is_over else icon)
        self._when.setText(day_and_time(event.at_utc))
        self._told.setText(tr("{before} → {after}", before=was, after=after.words))
        self._told.set_tone("text2" if is_over else "text")
        facts = [words.who(event), words.proof(event), words.model(event)]
        if event.seconds is not None:
            facts.append(tr("{seconds} s", seconds=words.seconds(event)))
        self._facts.setText(listed(facts))
        said = "\n".join(_said(event))
        self._said.setText(said)
        self._said.setVisible(bool(said))


def _said(event: Decision) -> list[str]:
    """What was said with a decision, a line each."""
    said = []
    if event.reason:
        said.append(tr("Reason: {words}", words=words.reason(event)))
    if event.response.turn is not None:
        said.append(tr("Turn {n} decided", n=event.response.turn + 1))
    if event.response.reply:
        said.append(tr("Reply: {words}", words=event.response.reply))
    if event.note:
        said.append(tr("Note: {words}", words=event.note))
    return said
