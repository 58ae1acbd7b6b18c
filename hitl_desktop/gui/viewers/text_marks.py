"""Marked spans of a text: tinted and underlined, in characters of the stored text."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt

from hitl_desktop.domain.evidence import NO_EVIDENCE, Evidence, Span
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers.text_layers import Underlined
from hitl_desktop.gui.viewers.text_pane import TextPane


class TextMarks:
    """A layer of the text pane. `named(label_id)` gives the position and the name of a class."""

    def __init__(self, pane: TextPane, theme: Theme, named: Callable[[int], tuple[int, str]]) -> None:
        self.pane = pane
        self._theme = theme
        self._named = named
        self.evidence: Evidence = NO_EVIDENCE
        self.selected: int | None = None
        pane.add_layer(self)

    def show(self, evidence: Evidence, selected: int | None) -> None:
        """Show this evidence; the selected span has a stronger tint, and is scrolled to when it is chosen."""
        chosen = selected is not None and selected != self.selected
        self.evidence, self.selected = evidence, selected
        if chosen and selected is not None and selected < len(evidence.marks):
            mark = evidence.marks[selected]
            if isinstance(mark, Span):
                self.pane.show_place((mark.start, mark.end))
        self.pane.viewport().update()

    def stretches(self) -> Sequence[Underlined]:
        """The spans as they are painted: a dashed line, so that they do not look like reasons of the model."""
        return [
            self._painted(mark, is_selected=place == self.selected)
            for place, mark in enumerate(self.evidence.marks)
            if isinstance(mark, Span)
        ]

    def _painted(self, mark: Span, *, is_selected: bool) -> Underlined:
        colour, style = self._theme.colour("warn"), Qt.PenStyle.DashLine
        if mark.counts is not None:
            colour = self._theme.colour("ok" if mark.counts else "danger")
            style = Qt.PenStyle.SolidLine if mark.counts else Qt.PenStyle.DashDotDotLine
        elif mark.label_id is not None:
            colour = self._theme.class_colour(self._named(mark.label_id)[0])
        tint = self._theme.colour("accent_soft" if is_selected else "warn_soft")
        return Underlined((mark.start, mark.end), colour, style, tint)
