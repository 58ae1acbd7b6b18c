"""The section of the settings about who is reviewing: name, role, password, when to lock, and the others."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.reviewers import LONGEST_NAME, LONGEST_ROLE
from hitl_desktop.domain.sentences import listed
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.locking import MINUTES
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.views.reviewers.dialogs import InUseDialog, NewReviewerDialog, PasswordDialog
from hitl_desktop.gui.views.setting_fields import CONTROL_WIDTH
from hitl_desktop.gui.views.setting_rows import Section
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr, trn
from hitl_desktop.workflow.reviewers import Profile
from hitl_desktop.workflow.settings import default_reviewer

_NAME_WIDTH: Final = 300
_OTHERS_NAMED: Final = 4


class ReviewersSection(Section):
    """Changes apply at once. `reviewer_changed()` when who is at work goes by another name, or may be locked;
    `switch_wanted()` to ask who is there.
    """

    reviewer_changed = Signal()
    switch_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, tr("Reviewer"), can_reset=False, parent=parent)
        self._context = context
        self._reviewers = context.bridge.reviewers
        theme = context.theme
        self.name, self.role = QLineEdit(), QLineEdit()
        self.name_note = PlainLabel("", "small", "text2", wrap=True)
        self.role_note = PlainLabel("", "small", "text2", wrap=True)
        self.set_password = Button(theme, "", icon="lock", size="small")
        self.remove_password = Button(theme, tr("Take away…"), "link", size="small")
        self.password_note = PlainLabel("", "small", "text2", wrap=True)
        self.idle = QComboBox()
        self.switch = Button(theme, tr("Switch…"), icon="users", size="small")
        self.new = Button(theme, tr("New reviewer…"), "link", size="small")
        self.in_use = Button(theme, tr("In use…"), "link", size="small")
        self.others_note = PlainLabel("", "small", "text2", wrap=True)
        self._fill()
        self.name.textEdited.connect(self._check_name)
        self.name.editingFinished.connect(self._name_entered)
        self.role.editingFinished.connect(self._role_entered)
        self.set_password.clicked.connect(lambda: self._ask_password(removes=False))
        self.remove_password.clicked.connect(lambda: self._ask_password(removes=True))
        self.idle.activated.connect(self._choose_idle)
        self.switch.clicked.connect(self.switch_wanted)
        self.new.clicked.connect(self._new)
        self.in_use.clicked.connect(self._ask_in_use)

    def controls(self) -> list[QWidget]:
        """What can be walked to by Tab, in order."""
        return [
            self.name,
            self.role,
            self.set_password,
            self.remove_password,
            self.idle,
            self.switch,
            self.new,
            self.in_use,
        ]

    def show_choices(self) -> None:
        """Show what holds."""
        profile = self._profile()
        is_open = self._context.bridge.is_open
        if not self.name.hasFocus():
            self.name.setText(profile.name)
            self._check_name(profile.name)
        if not self.role.hasFocus():
            self.role.setText(profile.role)
        has = bool(profile.password)
        self.set_password.set_label(tr("Change the password…") if has else tr("Set a password…"))
        self.remove_password.setVisible(has)
        self.password_note.setText(
            tr("It is asked for when a project is opened, and before a signature.")
            if has
            else tr("Without one, whoever uses this machine can decide under this name.")
        )
        with QSignalBlocker(self.idle):
            place = self.idle.findData(self._context.settings.value.lock_minutes)
            self.idle.setCurrentIndex(max(0, place))
        self.idle.setEnabled(has)
        others = [other.name for other in self._reviewers.active() if other.uuid != profile.uuid]
        self.switch.setEnabled(is_open)
        self.in_use.setVisible(len(self._reviewers.all()) > 1)
        more = len(others) - _OTHERS_NAMED
        words = str(listed(others[:_OTHERS_NAMED]))
        if more > 0:
            words = trn("{names} and {n} more", "{names} and {n} more", more, names=words)
        self.others_note.setText(words or tr("Nobody else so far."))

    def choose_name(self, name: str) -> None:
        """Go by another name from now on; "" for the login name."""
        wanted = name or default_reviewer()
        try:
            profile = self._reviewers.rename(self._profile().uuid, wanted)
        except KnownError as error:
            self._say(str(error), is_good=False)
            return
        self._context.settings.change(reviewer=profile.name if name else "")
        self.name.setText(profile.name)
        self._check_name(profile.name)
        self.reviewer_changed.emit()

    def _profile(self) -> Profile:
        return self._reviewers.current or self._reviewers.last

    def _check_name(self, name: str) -> None:
        is_good = bool(name.strip())
        self._say(
            tr("Every decision is kept under this name. Decisions made before keep theirs.")
            if is_good
            else tr("A decision needs a name. Type one, or leave it as it was."),
            is_good=is_good,
        )

    def _say(self, words: str, *, is_good: bool) -> None:
        self.name_note.set_tone("text2" if is_good else "danger")
        self.name_note.setText(words)

    def _name_entered(self) -> None:
        name, known = " ".join(self.name.text().split()), self._profile().name
        if not name:
            self.name.setText(known)
            self._check_name(known)
        elif name != known:
            self.choose_name(name)

    def _role_entered(self) -> None:
        profile = self._profile()
        role = " ".join(self.role.text().split())
        if role == profile.role:
            return
        try:
            self._reviewers.set_role(profile.uuid, role)
        except KnownError as error:
            self.role_note.set_tone("danger")
            self.role_note.setText(str(error))
            self.role_note.show()
            return
        self.role_note.hide()
        self.reviewer_changed.emit()

    def _ask_password(self, *, removes: bool) -> None:
        dialog = PasswordDialog(
            self._context.theme, self._reviewers, self._profile(), removes=removes, parent=self.window()
        )
        dialog.made.connect(lambda _: self._followed())
        dialog.open()

    def _new(self) -> None:
        dialog = NewReviewerDialog(self._context.theme, self._reviewers, self.window())
        dialog.made.connect(lambda _: self._followed())
        dialog.open()

    def _ask_in_use(self) -> None:
        dialog = InUseDialog(self._context.theme, self._reviewers, self.window())
        dialog.made.connect(lambda _: self._followed())
        dialog.open()

    def _followed(self) -> None:
        self.reviewer_changed.emit()
        self.show_choices()

    def _choose_idle(self, place: int) -> None:
        self._context.settings.change(lock_minutes=int(self.idle.itemData(place)))
        self.reviewer_changed.emit()

    def _fill(self) -> None:
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setMinimumWidth(_NAME_WIDTH)
        self.name.setAccessibleName(tr("Your name as the reviewer"))
        self.role.setMaxLength(LONGEST_ROLE)
        self.role.setMinimumWidth(_NAME_WIDTH)
        self.role.setAccessibleName(tr("Your role, if you like"))
        self.role.setPlaceholderText(tr("For example: radiologist"))
        self.idle.setMinimumWidth(CONTROL_WIDTH)
        self.idle.setAccessibleName(tr("Lock when nobody is there"))
        for minutes in MINUTES:
            self.idle.addItem(
                trn("After {n} minute", "After {n} minutes", minutes) if minutes else tr("Never"), minutes
            )
        WheelGuard(self).guard(self.idle)
        self.add_row(tr("Your name"), self.name, self.name_note)
        self.add_row(tr("Your role"), self.role, self.role_note)
        self.role_note.hide()
        self.add_row(tr("Password"), _beside(self.set_password, self.remove_password), self.password_note)
        self.add_row(tr("Lock when nobody is there"), self.idle)
        self.add_row(tr("Others"), _beside(self.switch, self.new, self.in_use), self.others_note)


def _beside(*widgets: QWidget) -> QWidget:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    box = QWidget()
    box.setLayout(row)
    return box
