"""The watch list: what has a limit, how far it is from it, and how long the rest will take."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import MEDIUM, ROW, SPACE_4, SPACE_8, SPACE_12
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card, rule
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_icon
from hitl_desktop.language import listed, number, tr, trn

if TYPE_CHECKING:
    from hitl_desktop.workflow.figures.values import Watch

_FIELD: Final = 108
_ICON: Final = 16
_SIGNS: Final = {"ok": ("check", "ok"), "look": ("triangle-alert", "warn"), "unknown": ("circle", "text3")}
_IN_PERCENT: Final = ("intervention", "override", "repeats")


class Sign(Painted):
    """An icon in the colour of a token. The words beside it say the same."""

    def __init__(self, theme: Theme, icon: str, colour: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._icon, self._colour = icon, colour
        self.setFixedSize(_ICON + 4, _ICON + 4)

    def show_icon(self, icon: str, colour: str) -> None:
        """Show another one."""
        self._icon, self._colour = icon, colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_icon(QPainter(self), self.theme, self.rect(), self._icon, self._colour, _ICON)


class WatchRow(QWidget):
    """Sign, what is watched, its value, its limit; the limit becomes a field while limits are changed."""

    limit_changed = Signal(str, float)

    def __init__(self, theme: Theme, watch_id: str, title: str, span: tuple[float, float]) -> None:
        super().__init__()
        self._theme, self._id, self._title = theme, watch_id, title
        self._factor = 100.0 if watch_id in _IN_PERCENT else 1.0
        self.sign = Sign(theme, "circle", "text3")
        self.value = PlainLabel("", "small", "text2", elide=True, cut="end")
        self.limit = PlainLabel("", "small", "text2", elide=True, cut="end")
        self.limit.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        self.field = _field(theme, title, span, self._factor, is_p=watch_id in ("gap", "drift"))
        self._guard = WheelGuard(self)
        self._guard.guard(self.field)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_12)
        grid.addWidget(self.sign, 0, 0)
        name = PlainLabel(title, "body", weight=MEDIUM, elide=True, cut="end")
        grid.addWidget(name, 0, 1)
        grid.addWidget(self.value, 0, 2)
        grid.addWidget(self.limit, 0, 3)
        grid.addWidget(self.field, 0, 3, Qt.AlignmentFlag.AlignTrailing)
        grid.setColumnStretch(1, 5)
        grid.setColumnStretch(2, 5)
        grid.setColumnStretch(3, 4)
        grid.setColumnMinimumWidth(3, theme.px(120))
        self.setMinimumHeight(theme.px(ROW))
        self.field.setVisible(False)
        self.field.valueChanged.connect(lambda value: self.limit_changed.emit(self._id, value / self._factor))

    def show_watch(self, watch: "Watch", *, editing: bool) -> None:
        """Show where it stands."""
        self.sign.show_icon(*_SIGNS[watch.state.value])
        self.value.setText(watch.value_words)
        self.limit.setText(watch.limit_words)
        self.field.blockSignals(True)
        self.field.setValue(self._factor * watch.limit)
        self.field.blockSignals(False)
        self.setMinimumHeight(self._theme.px(ROW + (SPACE_4 if editing else 0)))  # a field is as high as a row of words
        self.limit.setVisible(not editing)
        self.field.setVisible(editing)
        state = {"ok": tr("in its limits"), "look": tr("look at it"), "unknown": tr("cannot be told yet")}
        self.setAccessibleName(self._title)
        self.setAccessibleDescription(listed((state[watch.state.value], watch.value_words, watch.limit_words)))


class WatchCard(Card):
    """`limit_changed(str, float)`: something is to be held against another limit."""

    limit_changed = Signal(str, float)

    def __init__(self, theme: Theme, titles: Mapping[str, str], spans: Mapping[str, tuple[float, float]]) -> None:
        super().__init__(tr("Watch list"))
        self._theme = theme
        self._watched: list[Watch] = []
        self.rows: dict[str, WatchRow] = {}
        self._rules: dict[str, QWidget] = {}
        self.edit = Button(theme, tr("Change limits"), "link", size="small")
        self.edit.setCheckable(True)
        self.count = PlainLabel("", "small", "text2")
        self.head.addWidget(self.count)
        self.head.addWidget(self.edit)
        self.body.setSpacing(0)
        for watch_id, title in titles.items():
            row = WatchRow(theme, watch_id, tr(title), spans[watch_id])
            row.limit_changed.connect(self.limit_changed)
            self.rows[watch_id], self._rules[watch_id] = row, rule()
            self.body.addWidget(row)
            self.body.addWidget(self._rules[watch_id])
        self.body.addStretch(1)
        self.pace = PlainLabel("", "small", wrap=True)
        self.pace.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._pace_row = QWidget()
        line = QHBoxLayout(self._pace_row)
        line.setContentsMargins(0, SPACE_12, 0, 0)
        line.setSpacing(SPACE_8)
        line.addWidget(Sign(theme, "clock", "accent"), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.pace, 1)
        self.body.addWidget(self._pace_row)
        self.edit.toggled.connect(lambda _: self.show_watch(self._watched))

    def show_watch(self, found: "Sequence[Watch]") -> None:
        """Show where everything stands."""
        self._watched = list(found)
        there = {watch.id: watch for watch in found}
        for watch_id, row in self.rows.items():
            row.setVisible(watch_id in there)
            self._rules[watch_id].setVisible(watch_id in there)
            if watch_id in there:
                row.show_watch(there[watch_id], editing=self.edit.isChecked())
        look = sum(watch.state.value == "look" for watch in found)
        checks = trn("{n} check", "{n} checks", len(found))
        self.count.setText(tr("{checks}, {n} to look at", checks=checks, n=number(look)))
        self.edit.set_label(tr("Done") if self.edit.isChecked() else tr("Change limits"))

    def show_pace(self, words: str) -> None:
        """Say how long the rest takes; nothing to say hides the line."""
        self.pace.setText(words)
        self._pace_row.setVisible(bool(words))


class _Field(QDoubleSpinBox):
    """A number whose Enter does not reach the page."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        event.accept()


def _field(theme: Theme, title: str, span: tuple[float, float], factor: float, *, is_p: bool) -> QDoubleSpinBox:
    box = _Field()
    box.setDecimals(3 if is_p else 1)
    box.setSingleStep(0.005 if is_p else 1.0 if factor > 1 else 0.1)
    box.setRange(factor * span[0], factor * span[1])
    box.setKeyboardTracking(False)
    box.setAccessibleName(tr("Limit of “{title}”", title=title))
    if factor > 1:
        box.setSuffix(" %")
    box.lineEdit().setTextMargins(SPACE_8, 0, 0, 0)
    box.setFixedWidth(theme.px(_FIELD))  # all of one width, whatever stands in them
    return box
