"""The viewer of conversations: turns, the one that decided, and the reply that should have been given."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent

from hitl_desktop.domain.conversations import Role, of_text
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers.reply_bar import ReplyBar
from hitl_desktop.gui.viewers.text_layers import Underlined
from hitl_desktop.gui.viewers.text_viewer import TextViewer
from hitl_desktop.gui.viewers.viewer import ItemView, ToolAction
from hitl_desktop.kinds.transcripts import Turn, turns_in_json
from hitl_desktop.language import mark, tr, trn

_SPEAKERS: Final = {
    Role.CUSTOMER: mark("Customer"),
    Role.AGENT: mark("Agent"),
    Role.SYSTEM: mark("Instructions"),
    Role.TOOL: mark("Tool"),
}
_TINT: Final = 26
_STRONG_TINT: Final = 60


class TalkViewer(TextViewer):
    """Shows a stored conversation turn by turn. While `can_answer`, a turn is under the keys, may be marked as the one
    that decided, and a reply may be written.

    `turn_chosen(int or None)`: another turn decided, or none. `reply_changed(str)`: another reply is written, told
    soon after the last key and when the field is left.
    """

    turn_chosen = Signal(object)
    reply_changed = Signal(str)

    def __init__(self, theme: Theme, media: Media) -> None:
        super().__init__(theme, media)
        self.can_answer = False
        self.decided: int | None = None
        """The turn that decided, from 0."""
        self._at = -1
        self.reply = ReplyBar(theme, self)
        self.reply.changed.connect(self.reply_changed)
        self.reply.left.connect(lambda: self.setFocus(Qt.FocusReason.OtherFocusReason))
        self.reply.hide()
        self.add_below(self.reply)
        self.pane.add_layer(self)

    def show_item(self, view: ItemView) -> None:
        self._at, self.decided = -1, None
        super().show_item(view)
        words = self.length_of(view)
        self.setAccessibleName(tr("Conversation {name}, {turns}", name=view.name, turns=words))

    def clear(self) -> None:
        self._at, self.decided = -1, None
        self.reply.show_reply("")
        self.reply.hide()
        super().clear()

    def turns_in(self, view: ItemView) -> list[Turn]:
        """The turns, their speakers in the reader's language, or by the name they have in the data."""
        turns = turns_in_json(view.text)
        said = of_text(view.text) if turns else ()
        if len(said) != len(turns):
            return turns
        return [
            replace(turn, speaker=one.name or tr(_SPEAKERS[one.role])) for turn, one in zip(turns, said, strict=True)
        ]

    def length_of(self, view: ItemView) -> str:
        """How many turns there are."""
        return trn("{n} turn", "{n} turns", len(self.turns_in(view)))

    def show_response(self, turn: int | None, reply: str) -> None:
        """Show which turn decided and the reply, as they are kept; a reply that is being written stays."""
        if turn != self.decided:
            self.decided = turn if turn is not None and turn < len(self._turns) else None
            if self._at < 0 and self.decided is not None:
                self._at = self.decided
        if not self.reply.is_written_in:
            self.reply.show_reply(reply)
            self.reply.setVisible(bool(reply))
        self._told()

    def step(self, by: int) -> None:
        """Put another turn under the keys: from the end at first, as there it is mostly decided."""
        if not self._turns:
            return
        last = len(self._turns) - 1
        self._at = (last if by < 0 else 0) if self._at < 0 else min(max(self._at + by, 0), last)
        turn = self._turns[self._at]
        self.pane.show_place((turn.at, turn.end))
        self._told()

    def choose(self) -> None:
        """The turn under the keys is the one that decided; once more: it is not."""
        if not self._turns or not self.can_answer:
            return
        if self._at < 0:
            self._at = len(self._turns) - 1
        self.decided = None if self.decided == self._at else self._at
        self.turn_chosen.emit(self.decided)
        self._told()

    def write(self) -> None:
        """Open the field for the reply."""
        if self.can_answer and self.item is not None:
            self.reply.show()
            self.reply.write()

    def tool_actions(self) -> list[ToolAction]:
        found = super().tool_actions()
        if not self.can_answer:
            return found
        is_decided = self.decided is not None and self.decided == self._at
        words = tr("This turn decides")
        return [
            *found,
            ToolAction("turn_before", tr("Turn before"), "chevron-up", "Shift+Up", lambda: self.step(-1)),
            ToolAction("turn_after", tr("Next turn"), "chevron-down", "Shift+Down", lambda: self.step(1)),
            ToolAction("turn_decides", words, "target", "Shift+D", self.choose, True, is_decided, worded=True),
            ToolAction(
                "reply", tr("Reply"), "message-square-text", "Shift+N", self.write, True, self.reply.isVisible(),
                worded=True,
            ),
        ]  # fmt: skip

    def handle_key(self, event: QKeyEvent) -> bool:
        if self.reply.is_written_in:
            if event.key() == Qt.Key.Key_Escape:
                self.reply.leave()
                return True
            return False
        return self._talk_key(event) or super().handle_key(event)

    def stretches(self) -> Sequence[Underlined]:
        """The turn under the keys is tinted; the one that decided is tinted strongly and underlined."""
        found = []
        if 0 <= self._at < len(self._turns) and self._at != self.decided:
            found.append(self._painted(self._at, "accent", _TINT, Qt.PenStyle.NoPen))
        if self.decided is not None and self.decided < len(self._turns):
            found.append(self._painted(self.decided, "warn", _STRONG_TINT, Qt.PenStyle.SolidLine))
        return found

    def _painted(self, place: int, tone: str, strength: int, style: Qt.PenStyle) -> Underlined:
        turn = self._turns[place]
        colour = self.theme.colour(tone)
        tint = QColor(colour)
        tint.setAlpha(strength)
        return Underlined((turn.start, turn.end), colour, style, tint)

    def _talk_key(self, event: QKeyEvent) -> bool:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier != Qt.KeyboardModifier.ShiftModifier:
            return False
        does: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Up: lambda: self.step(-1),
            Qt.Key.Key_Down: lambda: self.step(1),
            Qt.Key.Key_D: self.choose,
            Qt.Key.Key_N: self.write,
        }
        if not self.can_answer or event.key() not in does:
            return False
        does[event.key()]()
        return True

    def _told(self) -> None:
        decided = "" if self.decided is None else tr("Turn {n} decides", n=self.decided + 1)
        at = "" if self._at < 0 else tr("Turn {n}", n=self._at + 1)
        self.setAccessibleDescription(", ".join(part for part in (at, decided) if part))
        self.pane.viewport().update()
        self.state_changed.emit()
