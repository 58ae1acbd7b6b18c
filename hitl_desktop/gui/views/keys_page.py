"""The keys in force, in groups: a sheet over the window (F1 or ?), and those of every day on the settings page."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import Keymap, printed
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_12, SPACE_24, SPACE_32, STRONG
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.key_cap import key_cap_width, paint_key_cap
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.language import explained, mark, tr, trc

CLASSES: Final = "class_keys"
"""Stands for the keys of the classes among the commands of a group."""

GROUPS: Final[dict[str, dict[str, str]]] = {
    mark("Decide"): {
        "confirm": mark("Confirm the suggestion"),
        CLASSES: mark("Choose a class, in class order"),
        "none": mark("None of the findings"),
        "other_class": mark("Choose a class by its first letters"),
        "skip": mark("Skip for now"),
        "unsure": mark("Unsure"),
        "flag": mark("Flag"),
        "note": mark("Write a note"),
        "undo": mark("Undo"),
        "redo": mark("Redo"),
        "matters": mark("This one matters: it counts three times"),
        "ignore_training": mark("Ignore it for training"),
    },
    mark("Compare answers"): {
        "better_left": mark("The left answer is better"),
        "equal": mark("Both answers are equal"),
        "both_bad": mark("Both answers are bad"),
        "better_right": mark("The right answer is better"),
        "rank": mark("Of more answers: rank them in this order"),
        "all_equal": mark("Of more answers: all equal"),
        "all_bad": mark("Of more answers: all bad"),
        "save_ranking": mark("Of more answers: save the ranking"),
        "stack": mark("One above the other, or side by side"),
        "rate": mark("Rate the answers"),
    },
    mark("Move"): {
        "previous": mark("Previous item, without deciding"),
        "next": mark("Next item, without deciding"),
        "filter": mark("Filter the queue"),
        "clear_filter": mark("Clear the filter"),
        "compare": mark("Compare side by side"),
        "go_to": mark("Go to an item"),
        "jump": mark("Go to a page, command or item"),
    },
    mark("View"): {
        "queue": mark("Show or hide the queue"),
        "panel": mark("Show or hide the panel"),
        "item_only": mark("Item only"),
        "why": mark("Why does the model think so?"),
        "why_other": mark("Why not another answer?"),
    },
    mark("Item"): {
        "fit": mark("Fit the picture"),
        "full": mark("One to one"),
        "zoom_in": mark("Zoom in, or larger text"),
        "zoom_out": mark("Zoom out, or smaller text"),
        "reset_view": mark("Reset the view"),
        "go_left": mark("Look left in the picture, or choose the word there"),
        "go_right": mark("Look right, or choose the word there"),
        "go_up": mark("Look up, or choose the word there"),
        "go_down": mark("Look down, or choose the word there"),
        "reach_left": mark("One chosen word fewer, or what was measured to the left"),
        "reach_right": mark("One chosen word more, or what was measured to the right"),
        "overlays": mark("Text over the picture"),
        "private": mark("Show or hide patient text"),
        "narrower": mark("A narrower window"),
        "wider": mark("A wider window"),
        "level_up": mark("A higher level"),
        "level_down": mark("A lower level"),
        "next_preset": mark("Next window preset"),
        "reset_window": mark("Reset the window"),
        "invert": mark("Invert"),
        "flip": mark("Flip left to right"),
        "flip_down": mark("Flip top to bottom"),
        "turn": mark("Turn clockwise"),
        "turn_back": mark("Turn anticlockwise"),
        "length": mark("Measure a length; again puts one, Shift and arrows move its end"),
        "probe": mark("Read values; again pins one, Shift and arrows move it"),
        "magnifier": mark("Magnifier, while held"),
        "frame_back": mark("Frame before"),
        "frame_on": mark("Next frame"),
        "frames_back": mark("Ten frames back"),
        "frames_on": mark("Ten frames on"),
        "cine": mark("Play the frames"),
        "reveal": mark("Reveal a covered picture"),
        "find_text": mark("Find in the text"),
        "raw_text": mark("The text as it is stored"),
        "turns": mark("A conversation as turns"),
        "columns": mark("All columns of the record"),
        "turn_before": mark("Turn before"),
        "turn_after": mark("Next turn"),
        "turn_decides": mark("This turn decides"),
        "reply": mark("Write the reply that should have been given"),
        "mark_box": mark("Draw boxes; again puts one in the middle"),
        "mark_ellipse": mark("Draw ellipses; again puts one in the middle"),
        "mark_arrow": mark("Draw arrows; again puts one in the middle"),
        "mark_words": mark("Mark the selected words"),
        "mark_counts": mark("This should count (selected words, mark, strongest reason)"),
        "mark_counts_not": mark("This should not count"),
        "next_mark": mark("Next mark; arrows move it, with Ctrl they size it"),
        "previous_mark": mark("Previous mark"),
        "mark_class": mark("Name the class of the mark"),
        "mark_remove": mark("Remove the mark"),
    },
    mark("Gallery"): {
        "confirm_chosen": mark("Confirm what is chosen"),
        "alike": mark("Choose what is like this item"),
    },
    mark("Label problems"): {
        "label_right": mark("The label is right"),
    },
    mark("Pages"): {
        "page_review": mark("Review"),
        "page_gallery": mark("Gallery"),
        "page_model": mark("Model"),
        "page_routing": mark("Routing"),
        "page_figures": mark("Figures"),
        "page_history": mark("History"),
        "page_map": mark("Map"),
        "page_settings": mark("Settings"),
    },
    mark("Everywhere"): {
        "train": mark("Train now"),
        "problems": mark("Label problems"),
        "steer": mark("Steer"),
        "automatic": mark("Pause or resume the automatic"),
        "recall": mark("Recall automatic decisions"),
        "export": mark("Export"),
        "report": mark("Report"),
        "add_items": mark("Add items"),
        "verify": mark("Check the record"),
        "masks": mark("Masks over writing in pictures"),
        "signatures": mark("Signatures"),
        "switch_reviewer": mark("Switch reviewer"),
        "lock": mark("Lock now"),
        "classes": mark("Change the classes"),
        "new_project": mark("New project"),
        "open_folder": mark("Open a folder of images"),
        "open_table": mark("Open a table of texts"),
        "settings": mark("Settings"),
        "keys": mark("Show the keys"),
        "change_keys": mark("Change the keys"),
        "leave": mark("Leave"),
    },
}
_REST: Final = mark("Everywhere")
_GAP: Final = 4
_SHEET_COLUMN: Final = 320
_SHEET_COLUMNS: Final = (
    (mark("Decide"), mark("Compare answers"), mark("View")),
    (mark("Item"), mark("Move"), mark("Gallery"), mark("Label problems")),
    (mark("Everywhere"), mark("Pages")),
)


class KeyLine(NamedTuple):
    """One line: what it does, and the keys for it as they are printed."""

    text: str
    keys: tuple[str, ...]


def key_groups(keymap: Keymap) -> dict[str, list[KeyLine]]:
    """The lines of every group, for the keys in force. A command without a key has no line."""
    groups: dict[str, list[KeyLine]] = {}
    for group, commands in GROUPS.items():
        lines = [KeyLine(tr(text), _caps(keymap, command)) for command, text in commands.items()]
        groups[group] = [line for line in lines if line.keys]
    named = {command for commands in GROUPS.values() for command in commands}
    # A command nobody has described yet is still shown, under its own name.
    unnamed = [command for command in keymap.keys if command not in named]
    groups[_REST] += [KeyLine(command.replace("_", " ").capitalize(), _caps(keymap, command)) for command in unnamed]
    return groups


def _caps(keymap: Keymap, command: str) -> tuple[str, ...]:
    if command == CLASSES:
        last = len(keymap.class_keys) - 1
        return (
            (tr("{first} – {last}", first=keymap.class_caption(0), last=keymap.class_caption(last)),)
            if last > 0
            else ()
        )
    if command == "rank":
        keys = keymap.keys.get(command, ())
        return (tr("{first} – {last}", first=printed(keys[0]), last=printed(keys[-1])),) if keys else ()
    return tuple(printed(key) for key in keymap.keys.get(command, ()))


class KeyRow(QWidget):
    """What a key does, in as many lines as it needs, and its caps at the end of the line."""

    def __init__(self, theme: Theme, line: KeyLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self.setAccessibleName(explained(line.text, trc("between two keys", " or ").join(line.keys)))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, SPACE_4, 0, SPACE_4)
        row.setSpacing(SPACE_12)
        row.addWidget(PlainLabel(line.text, "body", wrap=True), 1)
        row.addWidget(_Caps(theme, line.keys), 0, Qt.AlignmentFlag.AlignTop)


class _Caps(Painted):
    def __init__(self, theme: Theme, keys: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._keys = keys
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = sum(key_cap_width(key, self.theme) for key in self._keys) + _GAP * (len(self._keys) - 1)
        return QSize(width, self.theme.line("body"))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = 0
        for key in self._keys:
            width = key_cap_width(key, self.theme)
            paint_key_cap(painter, self.placed(QRect(left, 0, width, self.height())), key, self.theme)
            left += width + _GAP


class KeyGroup(QWidget):
    """A title and its lines."""

    def __init__(self, theme: Theme, title: str, lines: Sequence[KeyLine], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        heading = PlainLabel(title, "small", "text2", weight=STRONG)
        heading.setContentsMargins(0, 0, 0, SPACE_4)
        column.addWidget(heading)
        for line in lines:
            column.addWidget(KeyRow(theme, line))


class KeysSheet(QDialog):
    """The cheat sheet. Esc, F1 and the button close it; it forgets itself when closed."""

    change_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keymap = context.keymap
        self.setObjectName("keys_sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Keys"))
        self.setAccessibleName(tr("Keys: {keymap}", keymap=tr(context.keymap.title)))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_24)
        outer.setSpacing(SPACE_24)
        head = QHBoxLayout()
        head.addWidget(PlainLabel(tr(context.keymap.title), "title"))
        head.addStretch(1)
        change = Button(context.theme, tr("Change keys…"), key=context.keymap.caption("change_keys"))
        change.clicked.connect(self._change_keys)
        head.addWidget(change)
        close = Button(context.theme, tr("Close"), key=context.keymap.caption("leave"))
        close.clicked.connect(self.reject)
        head.addWidget(close)
        outer.addLayout(head)
        area = _Tall()
        columns = self._columns(context, parent.window().width() - 2 * SPACE_24 if parent is not None else None)
        area.setWidget(columns)
        columns.setAutoFillBackground(False)  # which the area has just asked for
        outer.addWidget(area, 1)
        if parent is not None:  # Qt would keep a dialog within two thirds of the screen
            self.resize(self.sizeHint().boundedTo(parent.window().size()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The key that opened the sheet closes it, too."""
        if self._keymap.command(event) == "keys":
            self.reject()
        else:
            super().keyPressEvent(event)

    def _change_keys(self) -> None:
        self.reject()
        self.change_wanted.emit()

    def _columns(self, context: Context, room: int | None) -> QWidget:
        """The groups in as many columns as have `room`, in logical pixels; None for all of them."""
        groups = key_groups(context.keymap)
        host = QWidget()
        grid = QGridLayout(host)
        grid.setContentsMargins(0, 0, SPACE_12, 0)
        grid.setHorizontalSpacing(SPACE_32)
        wide = context.theme.px(_SHEET_COLUMN)
        many = len(_SHEET_COLUMNS) if room is None else max(1, min(len(_SHEET_COLUMNS), room // wide))
        for place in range(many):
            titles = [title for kept in _SHEET_COLUMNS[place::many] for title in kept]
            column = QVBoxLayout()
            column.setSpacing(SPACE_24)
            for title in titles:
                column.addWidget(KeyGroup(context.theme, tr(title), groups[title]))
            column.addStretch(1)
            grid.addLayout(column, 0, place)
            grid.setColumnStretch(place, 1)
        host.setMinimumWidth(many * wide)
        return host


class _Tall(QScrollArea):
    """As large as its content, where the window has room for that; else it scrolls, by the arrow keys, too."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)  # the ground of the sheet

    def sizeHint(self) -> QSize:
        content = self.widget()
        if content is None:
            return super().sizeHint()
        width = content.minimumSizeHint().expandedTo(content.minimumSize()).width()
        height = content.heightForWidth(width) if content.hasHeightForWidth() else content.sizeHint().height()
        return QSize(width + self.verticalScrollBar().sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(480, self.sizeHint().width()), 200)
