"""Saying what should, or should not, count: the selected words, a mark, or what the reasons show as strongest."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.evidence import Area, Box, Mark, Span
from hitl_desktop.domain.explanations import Explanation, PartKind
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.review.effect_line import EffectLine
from hitl_desktop.gui.views.review.marking import ReviewMarks
from hitl_desktop.gui.views.review.why import Why
from hitl_desktop.gui.views.review.why_layers import OUTLINED, regions
from hitl_desktop.gui.views.review.why_words import signed
from hitl_desktop.language import percent, tr

if TYPE_CHECKING:
    from hitl_desktop.workflow.mark_effect_request import MarkEffect

_SOON_MS: Final = 150
"""A mark is often changed again at once: moved, or another made beside it."""


class Counting(QObject):
    """Keys and buttons on one side, the marks of the item on the other; and below the item, what they change."""

    def __init__(self, context: Context, marks: ReviewMarks, why: Why, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._marks = marks
        self._why = why
        self.line = EffectLine()
        self.below = (self.line, why.strip)
        self._asked: tuple[int | None, tuple[Area, ...], int | None] = (None, (), None)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._ask)
        marks.shown.connect(self._follow)
        marks.counting_wanted.connect(self.say)
        why.strip.counts_not_wanted.connect(lambda: self.say(False))
        why.explainer.weighed.connect(self._tell)
        why.explainer.not_weighed.connect(self._tell_why_not)
        context.bridge.closing.connect(self._project_closes)

    def say(self, counts: bool) -> None:
        """It should count, or should not: the selected words; else the selected mark (once more the same takes it
        back); else what the reasons, when they are shown, give most weight; else what is drawn next.
        """
        from hitl_desktop.workflow.teaching_marks import can_teach

        bridge = self._context.bridge
        if not bridge.is_open or bridge.desk.session.current is None:
            return
        if not can_teach(bridge.desk.project):
            words = tr("What counts can be marked in texts and pictures that have one class each.")
            bridge.notified.emit(Message(words, "info"))
            return
        chosen = self._marks.selected_words()
        if chosen is not None:
            self._mark_words(chosen, counts)
        elif self._marks.selected is not None:
            self._mark_selected(self._marks.selected, counts)
        elif self._why.is_open and self._why.explanation is not None:
            self._mark_reason(self._why.explanation, counts)
        elif self._marks.kind == "image":
            self._marks.draw_next(counts)
        else:
            words = tr("Select the words first, or ask why ({key}): then the strongest are marked.",
                       key=self._context.keymap.caption("why"))  # fmt: skip
            bridge.notified.emit(Message(words, "info"))

    def _mark_words(self, chosen: Span, counts: bool) -> None:
        marks = self._marks.evidence.marks
        for place, there in enumerate(marks):
            if isinstance(there, Span) and (there.start, there.end) == (chosen.start, chosen.end):
                self._mark_selected(place, counts)
                return
        self._marks.add((replace(chosen, counts=counts),))

    def _mark_selected(self, place: int, counts: bool) -> None:
        there = self._marks.evidence.marks[place]
        if isinstance(there, Area):
            self._marks.put(place, replace(there, counts=None if there.counts == counts else counts))

    def _mark_reason(self, explanation: Explanation, counts: bool) -> None:
        """Mark the strongest of the reasons that is not marked yet; it speaks for the class that it is a reason for."""
        found: tuple[Mark, ...] = ()
        if explanation.grid:
            found = self._strongest_region(explanation, counts)
        else:
            found = self._strongest_word(explanation, counts)
        if found:
            self._marks.add(found, select=False)
        else:
            self._context.bridge.notified.emit(Message(tr("There is no further reason to mark."), "info"))

    def _strongest_word(self, explanation: Explanation, counts: bool) -> tuple[Mark, ...]:
        marked = {(m.start, m.end) for m in self._marks.evidence.marks if isinstance(m, Span)}
        words = sorted((p for p in explanation.parts if p.kind is PartKind.WORD), key=lambda part: -abs(part.value))
        for part in words:
            spans = [span for span in part.spans if span not in marked]
            if spans:
                label_id = self._speaks_for(explanation, part.value)
                text = self._marks.text
                return tuple(Span(a, b, text[a:b], label_id, counts) for a, b in spans)
        return ()

    def _strongest_region(self, explanation: Explanation, counts: bool) -> tuple[Mark, ...]:
        amounts = np.asarray(explanation.grid)
        size, frame = self._marks.size_and_frame()
        if size is None:
            return ()
        wide, high = size[0] / amounts.shape[1], size[1] / amounts.shape[0]
        marked = [m for m in self._marks.evidence.marks if isinstance(m, Box)]
        found = regions(amounts, OUTLINED * float(np.abs(amounts).max()))
        for region in sorted(found, key=lambda cells: -abs(sum(float(amounts[cell]) for cell in cells))):
            rows, columns = [row for row, _ in region], [column for _, column in region]
            left, top = round(min(columns) * wide, 2), round(min(rows) * high, 2)
            right, bottom = round((max(columns) + 1) * wide, 2), round((max(rows) + 1) * high, 2)
            label_id = self._speaks_for(explanation, sum(float(amounts[cell]) for cell in region))
            box = Box(left, top, round(right - left, 2), round(bottom - top, 2), frame, label_id, counts)
            if not any((m.x, m.y, m.width, m.height) == (box.x, box.y, box.width, box.height) for m in marked):
                return (box,)
        return ()

    def _speaks_for(self, explanation: Explanation, value: float) -> int | None:
        """The class, as it counts now, that a reason with this value speaks for."""
        said = explanation.comparison.this if value > 0 else explanation.comparison.other
        return None if said is None else self._context.bridge.desk.project.label_now(said)

    # What it changes.

    def _follow(self) -> None:
        """Other marks are shown, or another item: find out what they change."""
        bridge = self._context.bridge
        if not bridge.is_open:
            return
        session = bridge.desk.session
        marks = self._marks.evidence.teaching
        visible = session.visible
        asked = (session.current, marks, visible.model_version if visible else None)
        if asked == self._asked:
            return
        self._asked = asked
        self._soon.stop()
        self._why.explainer.weigh(None)
        if not marks or session.current is None:
            self.line.say("")
            return
        self.line.say(tr("Finding out what that changes…"))
        self._soon.start()

    def _ask(self) -> None:
        from hitl_desktop.workflow.mark_effect_request import mark_effect_request

        desk = self._context.bridge.desk
        session, project = desk.session, desk.project
        index, marks = session.current, self._marks.evidence.teaching
        if index is None or not marks:
            return
        decided = int(project.pool.label_ids[index])
        visible = session.visible
        label_id = decided if decided >= 0 else None
        if label_id is None and visible is not None and visible.predicted is not None:
            label_id = visible.predicted.id
        now = None if label_id is None or visible is None else project.label_now(label_id)
        try:
            request = mark_effect_request(project, index, self._marks.evidence, now, self._about(marks))
        except KnownError as error:
            self._tell_why_not(error)
            return
        self._why.explainer.weigh(request)

    def _project_closes(self) -> None:
        self._soon.stop()
        self._asked = (None, (), None)
        self.line.say("")

    def _about(self, marks: tuple[Area, ...]) -> tuple[Area, ...]:
        """The mark that is selected, else all of them."""
        place = self._marks.selected
        chosen = None if place is None else self._marks.evidence.marks[place]
        return (chosen,) if isinstance(chosen, Area) and chosen in marks else marks

    @Slot(object)
    def _tell(self, effect: "MarkEffect") -> None:
        if not self._context.bridge.is_open or effect.index != self._asked[0] or not self._asked[1]:
            return
        self.line.say(
            tr(
                "Fitted without and with these marks: {name} from {before} to {after}, the part of what is marked from "
                "{part_before} to {part_after}.",
                name=self._context.bridge.desk.project.label(effect.label_id).name,
                before=percent(effect.before, 0),
                after=percent(effect.after, 0),
                part_before=signed(effect.part_before),
                part_after=signed(effect.part_after),
            )
        )

    @Slot(object)
    def _tell_why_not(self, error: KnownError) -> None:
        if self._asked[1]:
            self.line.say(str(error))
