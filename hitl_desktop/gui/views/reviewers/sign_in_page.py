"""Who is reviewing: shown in the place of a project while the program cannot know who is there, or it is locked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, SPACE_12, SPACE_16, SPACE_32, STRONG
from hitl_desktop.gui.views.reviewers.dialogs import NewReviewerDialog
from hitl_desktop.gui.views.reviewers.password_field import PasswordField
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel, Tone
from hitl_desktop.language import tr

if TYPE_CHECKING:
    from hitl_desktop.workflow.reviewers import Profile

_WIDTH: Final = 440
_ROWS_SHOWN: Final = 6
_ID: Final = Qt.ItemDataRole.UserRole


class SignInPage(QWidget):
    """`signed_in()` when somebody is at work; `left()` when it was closed with nothing changed, where it may be; and
    `close_wanted()` for closing the project.
    """

    signed_in = Signal()
    left = Signal()
    close_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sign_in_page")
        self.setAccessibleName(tr("Who is reviewing?"))
        self._context = context
        self._reviewers = context.bridge.reviewers
        theme = context.theme
        self.title = PlainLabel("", "claim", wrap=True)
        self.words = PlainLabel("", "body", "text2", wrap=True)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Reviewers"))
        self.password_name = PlainLabel(tr("Password"), "small", "text2", weight=STRONG)
        self.password = PasswordField(theme, tr("Password"))
        self.trouble = PlainLabel("", "small", "danger", wrap=True)
        self.begin_button = Button(theme, tr("Begin"), "primary")
        self.leave_button = Button(theme, tr("Back"))
        self.close_button = Button(theme, tr("Close project"))
        self.new_button = Button(theme, tr("New reviewer…"), "link", size="small")
        self.forgotten_button = Button(theme, tr("Forgot the password?"), "link", size="small")
        self._lay_out()
        self._beside = Beside(self)
        self._beside.answered.connect(self._take)
        self.list.currentRowChanged.connect(lambda _: self._choose())
        self.list.itemActivated.connect(lambda _: self._begin())
        self.password.entered.connect(self._begin)
        self.begin_button.clicked.connect(self._begin)
        self.leave_button.clicked.connect(self.left)
        self.close_button.clicked.connect(self.close_wanted)
        self.new_button.clicked.connect(self._new)
        self.forgotten_button.clicked.connect(self._forgotten)

    def ask(self) -> None:
        """Ask who is there: anew where that is not known, of the one at work where it is locked."""
        sitting = self._reviewers.sitting
        is_known = sitting.is_locked and not self._reviewers.needs_asking
        self.title.setText(tr("Locked") if is_known else tr("Who is reviewing?"))
        project = self._context.bridge.desk.project.name if self._context.bridge.is_open else ""
        self.words.setText(
            tr("{name} goes on after the password, or somebody else begins.", name=sitting.name)
            if is_known
            else tr("Decisions in {project} are kept under this name.", project=project)
        )
        self.begin_button.set_label(tr("Unlock") if is_known else tr("Begin"))
        self.leave_button.setVisible(not sitting.is_locked)
        self.list.clear()
        chosen = sitting.reviewer_id
        for place, profile in enumerate(self._reviewers.active()):
            entry = QListWidgetItem(f"{profile.name}  ·  {profile.role}" if profile.role else profile.name)
            entry.setData(_ID, profile.uuid)
            if profile.password:
                entry.setIcon(self._context.theme.icon("lock", 16))
                entry.setToolTip(tr("Has a password"))
            self.list.addItem(entry)
            if profile.uuid == chosen:
                self.list.setCurrentRow(place)
        rows = min(max(self.list.count(), 1), _ROWS_SHOWN)
        self.list.setFixedHeight(rows * max(self.list.sizeHintForRow(0), 20) + 2 * self.list.frameWidth())
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        self._choose()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self._focus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.leave_button.isVisible():
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _chosen(self) -> Profile | None:
        entry = self.list.currentItem()
        return None if entry is None else self._reviewers.get(str(entry.data(_ID)))

    def _choose(self) -> None:
        profile = self._chosen()
        asks = profile is not None and bool(profile.password)
        self.password.clear()
        self._complain("")
        for widget in (self.password, self.password_name, self.forgotten_button):
            widget.setVisible(asks)
        self.begin_button.setEnabled(profile is not None)

    def _focus(self) -> None:
        (self.password if self.password.isVisible() else self.list).setFocus(Qt.FocusReason.TabFocusReason)

    def _begin(self) -> None:
        profile = self._chosen()
        if profile is None or self._beside.is_busy:
            return
        if profile.password and not self.password.text():
            self._focus()
            return
        from hitl_desktop.workflow.looking import Looking

        password, reviewers = self.password.text(), self._reviewers
        self._complain("")
        self._set_busy(True)
        self._beside.look(Looking(), lambda: reviewers.sign_in(profile.uuid, password))

    def _take(self, answer: object) -> None:
        self._set_busy(False)
        self.password.clear()
        if isinstance(answer, KnownError):
            self._complain(str(answer))
            self._focus()
            return
        if isinstance(answer, Exception):
            raise answer
        self.signed_in.emit()

    def _set_busy(self, busy: bool) -> None:
        for widget in (self.list, self.password, self.begin_button, self.new_button):
            widget.setEnabled(not busy)

    def _complain(self, words: str, tone: Tone = "danger") -> None:
        self.trouble.set_tone(tone)
        self.trouble.setText(words)
        self.trouble.setVisible(bool(words))

    def _forgotten(self) -> None:
        self._complain(
            tr(
                "Nobody can look it up or reset it: the key that signs for this reviewer is sealed with it. Begin as a "
                "new reviewer, under a name that tells the two apart. What was decided and signed stays on record."
            ),
            "text2",
        )
        self.new_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _new(self) -> None:
        dialog = NewReviewerDialog(self._context.theme, self._reviewers, self)
        dialog.made.connect(lambda _: self.signed_in.emit())
        dialog.open()

    def _lay_out(self) -> None:
        middle = QFrame()
        middle.setFixedWidth(self._context.theme.px(_WIDTH))
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, SPACE_32, 0, SPACE_32)
        column.setSpacing(SPACE_8)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addSpacing(SPACE_12)
        column.addWidget(self.list)
        column.addSpacing(SPACE_4)
        parts: tuple[QWidget, ...] = (self.password_name, self.password, self.trouble)
        for widget in parts:
            column.addWidget(widget)
        column.addSpacing(SPACE_8)
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addWidget(self.begin_button)
        row.addWidget(self.leave_button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        column.addLayout(row)
        column.addSpacing(SPACE_16)
        more = QHBoxLayout()
        more.setSpacing(SPACE_12)
        more.addWidget(self.new_button)
        more.addWidget(self.forgotten_button)
        more.addStretch(1)
        column.addLayout(more)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        across = QHBoxLayout()  # and not aligned: then the height of wrapped words would not count
        across.addStretch(1)
        across.addWidget(middle)
        across.addStretch(1)
        outer.addLayout(across)
        outer.addStretch(2)
