"""Marking the item on screen: hands and keys on one side, the session's evidence on the other."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from hitl_desktop.domain.evidence import NO_EVIDENCE, Area, Evidence, Mark, Shape, Span
from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.mark_shapes import drawn, grown, moved_inside
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.viewers.image_marks import ImageMarks
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.gui.viewers.text_marks import TextMarks
from hitl_desktop.gui.viewers.text_viewer import TextViewer
from hitl_desktop.gui.viewers.viewer import ItemViewer, ToolAction
from hitl_desktop.gui.views.review.class_picker import ClassPicker
from hitl_desktop.gui.views.review.marks_block import MarkRow, MarksBlock
from hitl_desktop.language import mark, number, tr, trn

if TYPE_CHECKING:
    from hitl_desktop.workflow.review import ReviewSession

KINDS: Final = {
    "box": ("square-dashed-mouse-pointer", mark("Box")),
    "ellipse": ("circle", mark("Ellipse")),
    "arrow": ("arrow-up-right", mark("Arrow")),
    "span": ("text-align-start", mark("Words")),
}
"""Icon and word of every kind of mark."""
COUNTING: Final = (
    ("mark_counts_not", "ban", mark("This should not count"), False),
    ("mark_counts", "check", mark("This should count"), True),
)
"""Command, icon, words and meaning of the two things that marks can teach."""
_TOOLS: Final = ("box", "ellipse", "arrow")
_COARSE: Final = 10
_NO_CLASS: Final = 0
_PUT_SHARE: Final = 0.1
"""Of the shorter side of the picture: half the size of a mark that a key puts."""
_ARROWS: Final[dict[int, tuple[int, int]]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class ReviewMarks(QObject):
    """Joins the viewers, the block in the panel and the session. One mark may be selected; keys then work on it.

    `shown()` whenever the marks of the item on screen are shown; `counting_wanted(counts)` says that something should,
    or should not, count.
    """

    shown = Signal()
    counting_wanted = Signal(bool)

    def __init__(self, context: Context, block: MarksBlock, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._page = parent
        self.block = block
        self._images: ImageMarks | None = None
        self._texts: TextMarks | None = None
        self._viewers: list[ItemViewer] = []
        self.selected: int | None = None
        self._next_counts: bool | None = None
        block.counting_wanted.connect(self.counting_wanted)
        block.selected.connect(self.select)
        block.class_wanted.connect(self.pick_class)
        block.removal_wanted.connect(self.remove)

    @property
    def evidence(self) -> Evidence:
        """What is marked in the item on screen."""
        return self._session.marks.evidence if self._context.bridge.is_open else NO_EVIDENCE

    def viewer_made(self, viewer: ItemViewer) -> None:
        """Add the tools and the layer to a new viewer."""
        self._viewers.append(viewer)
        if isinstance(viewer, ImageViewer):
            self._images = ImageMarks(
                viewer.canvas,
                self._context.theme,
                on_drawn=self._drawn,
                on_changed=self._changed,
                on_selected=self.select,
                named=self._named,
            )
            viewer.canvas.add_layer(self._images)
            viewer.add_part(self)
        elif isinstance(viewer, TextViewer):
            self._texts = TextMarks(viewer.pane, self._context.theme, self._named)
            viewer.add_actions(self.tool_actions)

    def show(self) -> None:
        """Show the marks of the session's item."""
        evidence = self.evidence
        if self.selected is not None and self.selected >= len(evidence.marks):
            self.selected = None
        for layer in (self._images, self._texts):
            if layer is not None:
                layer.show(evidence, self.selected)
        rows = [self._row(mark) for mark in evidence.marks]
        self.block.show_marks(rows, self.selected)
        said = trn("{n} mark", "{n} marks", len(rows)) if rows else ""
        for viewer in self._viewers:
            viewer.setAccessibleDescription(said)
        self.shown.emit()

    def forget_selection(self) -> None:
        """Another item has come on screen."""
        self.selected = None

    # The viewer's part: tools in its row.

    def tool_actions(self) -> Sequence[ToolAction]:
        """Box, ellipse and arrow; for texts, marking the words that are selected; and what should count or not."""
        caption = self._context.keymap.caption
        if self.kind == "text":
            words = tr("Mark the selected words")
            return [
                ToolAction("mark_words", words, "square-dashed-mouse-pointer", caption("mark_words"), self.mark_words),
                *self._counting_actions(),
            ]
        if self.kind != "image":  # a place in what is stored would say nothing to people
            return []
        in_hand = self._images.tool_in_hand() if self._images else ""
        return [
            ToolAction(
                f"mark_{kind}",
                tr(KINDS[kind][1]),
                KINDS[kind][0],
                caption(f"mark_{kind}"),
                partial(self.take, kind),
                True,
                in_hand == kind,
            )
            for kind in _TOOLS
        ] + self._counting_actions()

    def _counting_actions(self) -> list[ToolAction]:
        caption = self._context.keymap.caption
        return [
            ToolAction(name, tr(words), icon, caption(name), partial(self.counting_wanted.emit, counts))
            for name, icon, words, counts in COUNTING
        ]

    def handle_key(self, event: QKeyEvent) -> bool:
        """The viewer asks; our keys come through the page's keymap and `adjust`."""
        return False

    def item_shown(self, digest: str | None) -> None:
        """Another picture is on the canvas: its marks come with the session's item."""

    # Commands.

    def take(self, kind: str) -> None:
        """Take the tool of a kind of mark into the hand, or put it away."""
        self._next_counts = None
        if self.kind == "image" and self._images is not None and self._images.canvas.view is not None:
            self._images.take(kind)

    def take_or_put(self, kind: str) -> None:
        """Take the tool into the hand; where it is there already, put a mark in the middle of what is in view.

        So a mark needs no mouse: it is selected, and arrows move it and change its size.
        """
        images = self._images
        view = images.canvas.view if images is not None else None
        if self.kind != "image" or images is None or view is None or images.tool_in_hand() != kind:
            self.take(kind)
            return
        (x, y), half = images.canvas.middle, min(view.size) * _PUT_SHARE
        shape = drawn(kind, view.inside((x - half, y - half)), view.inside((x + half, y + half)), view.frame)
        if shape is not None:
            self._drawn(shape, view.size)

    def draw_next(self, counts: bool) -> None:
        """Take a box into the hand: what is drawn with it next should, or should not, count."""
        if self._images is not None and self._images.tool_in_hand() not in ("box", "ellipse"):
            self.take("box")
        self._next_counts = counts

    def selected_words(self) -> Span | None:
        """The words of the text on screen that are selected, as a mark; None without any."""
        if self.kind != "text" or self._texts is None or self._session.current is None:
            return None
        chosen = self._texts.pane.selected
        if chosen is None or chosen[0] >= chosen[1]:
            return None
        return Span(*chosen, self.text[chosen[0] : chosen[1]])

    @property
    def text(self) -> str:
        """The stored text of the item on screen."""
        session = self._session
        return "" if session.current is None else session.project.store.items.text(session.current)

    def size_and_frame(self) -> tuple[tuple[int, int] | None, int]:
        """The size of the picture on screen, None without one, and the frame that its features are made of."""
        view = self._images.canvas.view if self._images is not None else None
        return (None, 0) if view is None else (view.size, (view.frames - 1) // 2)

    def add(self, marks: tuple[Mark, ...], *, select: bool = True) -> None:
        """Add marks to those of the item, as one step."""
        there = self.evidence.marks
        size = self.size_and_frame()[0] if self.kind == "image" else None
        self._keep((*there, *marks), size, select=len(there) if select else None)

    def put(self, place: int, mark: Mark) -> None:
        """Put another mark in the place of one."""
        marks = self.evidence.marks
        self._keep((*marks[:place], mark, *marks[place + 1 :]))

    def mark_words(self) -> None:
        """Mark the selected words; take the mark away where just they are marked already."""
        chosen = self.selected_words()
        if chosen is None:
            return
        marks = self.evidence.marks
        there = [m for m in marks if isinstance(m, Span) and (m.start, m.end) == (chosen.start, chosen.end)]
        if there:
            self._keep(tuple(m for m in marks if m not in there))
        else:
            self.add((chosen,))

    def select(self, place: int | None) -> None:
        """Work on this mark from now on; None: on none."""
        if place != self.selected:
            self.selected = place
            self._go_to_its_frame()
            self.show()

    def _go_to_its_frame(self) -> None:
        """A mark in another picture of the stack is looked at there."""
        mark = self.evidence.marks[self.selected] if self.selected is not None else None
        if isinstance(mark, Shape) and self.kind == "image":
            for viewer in self._viewers:
                if isinstance(viewer, ImageViewer) and viewer.frame != mark.frame < viewer.frames:
                    viewer.show_frame(mark.frame)

    def select_next(self, by: int) -> None:
        """Go to the next mark (1) or the one before (−1), around the end."""
        count = len(self.evidence.marks)
        if count:
            at = -1 if self.selected is None and by > 0 else self.selected or 0
            self.select((at + by) % count)

    def remove(self) -> None:
        """Take the selected mark away."""
        if self.selected is not None:
            marks = self.evidence.marks
            place = self.selected
            self.selected = None
            self._keep((*marks[:place], *marks[place + 1 :]))

    def pick_class(self) -> None:
        """Say which class the selected mark speaks for, or none."""
        if self.selected is None:
            return
        offered = self._context.bridge.desk.project.offered
        nothing = Label(_NO_CLASS, tr("No class"), len(offered))
        picker = ClassPicker(self._context.theme, [*offered, nothing], self._page)
        picker.accepted.connect(lambda: self._give_class(picker.chosen))
        picker.open()

    def adjust(self, event: QKeyEvent) -> bool:
        """Keys on the selected mark: arrows move it (Shift: by ten), with Ctrl they change its size; Esc lets it go.

        True when the key was used up.
        """
        if self.selected is None or self._context.bridge.desk.session.current is None:
            return False
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() == Qt.Key.Key_Escape and modifiers == Qt.KeyboardModifier.NoModifier:
            self.select(None)
            return True
        way, shape = _ARROWS.get(event.key()), self.evidence.marks[self.selected]
        if way is None or not isinstance(shape, Shape) or modifiers & Qt.KeyboardModifier.AltModifier:
            return False
        far = _COARSE if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
        size = (self.evidence.width or 0, self.evidence.height or 0)
        change = grown if modifiers & Qt.KeyboardModifier.ControlModifier else moved_inside
        self._changed(self.selected, change(shape, way[0] * far, way[1] * far, *size), size)
        return True

    def _drawn(self, shape: Shape, size: tuple[int, int]) -> None:
        marks = self.evidence.marks
        if self._next_counts is not None and isinstance(shape, Area):
            shape = replace(shape, counts=self._next_counts)
        self._next_counts = None
        self._keep((*marks, shape), size, select=len(marks))

    def _changed(self, place: int, shape: Shape, size: tuple[int, int]) -> None:
        marks = self.evidence.marks
        self._keep((*marks[:place], shape, *marks[place + 1 :]), size)

    def _give_class(self, label: Label | None) -> None:
        if self.selected is None or label is None or self.selected >= len(self.evidence.marks):
            return
        marks = self.evidence.marks
        named = replace(marks[self.selected], label_id=None if label.id == _NO_CLASS else label.id)
        self._keep((*marks[: self.selected], named, *marks[self.selected + 1 :]))

    def _keep(self, marks: tuple[Mark, ...], size: tuple[int, int] | None = None, *, select: int | None = None) -> None:
        """One step: the session keeps it as a draft, and says so to everybody."""
        before = self.evidence
        width, height = size or (before.width, before.height)
        if select is not None:
            self.selected = select
        session = self._session
        self._context.bridge.perform(lambda: session.mark(Evidence(marks, width, height)), self)

    def _row(self, mark: Mark) -> MarkRow:
        icon, words = KINDS[mark.kind]
        said = tr(words)
        if isinstance(mark, Span):
            said = tr("“{words}”", words=" ".join(mark.text.split()))
        elif mark.frame:
            said = tr("{mark}, frame {number}", mark=said, number=number(mark.frame + 1))
        if isinstance(mark, Area) and mark.counts is not None:
            icon = "check" if mark.counts else "ban"
            said = tr("counts: {mark}", mark=said) if mark.counts else tr("does not count: {mark}", mark=said)
        if mark.label_id is None:
            return MarkRow(icon, said)
        return MarkRow(icon, said, *self._named(mark.label_id))

    def _named(self, label_id: int) -> tuple[int, str]:
        label = self._context.bridge.desk.project.label(label_id)
        return label.position, label.name

    @property
    def kind(self) -> str:
        """The kind of item that is open; empty without a project."""
        return self._context.bridge.desk.project.kind.name if self._context.bridge.is_open else ""

    @property
    def _session(self) -> "ReviewSession":
        return self._context.bridge.desk.session
