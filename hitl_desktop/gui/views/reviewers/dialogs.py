"""A new reviewer, and another password."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.reviewers import LONGEST_NAME, LONGEST_ROLE, SHORTEST_PASSWORD
from hitl_desktop.domain.sentences import say
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.reviewers.form_dialog import FormDialog
from hitl_desktop.gui.views.reviewers.password_field import PasswordField
from hitl_desktop.language import tr

if TYPE_CHECKING:
    from hitl_desktop.workflow.reviewers import Profile, Reviewers


_LIST_HEIGHT: Final = 240


class NewReviewerDialog(FormDialog):
    """Makes a profile and signs in as it: `made(Sitting)`."""

    def __init__(self, theme: Theme, reviewers: Reviewers, parent: QWidget | None = None) -> None:
        words = tr(
            "Decisions are kept under the name. A password is needed only where several people use this machine."
        )
        super().__init__(theme, tr("New reviewer"), words, tr("Begin as this reviewer"), parent)
        self._reviewers = reviewers
        self.name, self.role = QLineEdit(), QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setAccessibleName(tr("Name"))
        self.role.setMaxLength(LONGEST_ROLE)
        self.role.setAccessibleName(tr("Role, if you like"))
        self.role.setPlaceholderText(tr("For example: radiologist"))
        self.password = PasswordField(theme, tr("Password, if you like"))
        self.again = PasswordField(theme, tr("The same again"))
        self.add_row(tr("Name"), self.name)
        self.add_row(tr("Role, if you like"), self.role)
        self.add_row(tr("Password, if you like"), self.password, _rule())
        self.add_row(tr("The same again"), self.again)
        self.name.returnPressed.connect(self.submit)
        self.password.entered.connect(self.submit)
        self.again.entered.connect(self.submit)
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], object]:
        """Make the profile, and sit down as it."""
        name, role, password = self.name.text(), self.role.text(), self.password.text()
        _check_same(password, self.again.text())
        reviewers = self._reviewers

        def make() -> object:
            profile = reviewers.add(name, role, password)
            return reviewers.sign_in(profile.uuid, password)

        return make


class PasswordDialog(FormDialog):
    """Sets, changes or (with `removes`) takes away a password: `made(Profile)`."""

    def __init__(
        self, theme: Theme, reviewers: Reviewers, profile: Profile, *, removes: bool, parent: QWidget | None = None
    ) -> None:
        words = tr("Whoever uses this machine can then decide under this name.") if removes else _warning()
        title = tr("Take the password away?") if removes else tr("Password of {name}", name=profile.name)
        super().__init__(theme, title, words, tr("Take away") if removes else tr("Set password"), parent)
        self.setWindowTitle(tr("Set password") if not removes else title)  # other programs see it: it names nobody
        self._reviewers, self._profile, self._removes = reviewers, profile, removes
        self.before: PasswordField | None = None
        self.password = PasswordField(theme, tr("New password"))
        self.again = PasswordField(theme, tr("The same again"))
        if profile.password:
            self.before = PasswordField(theme, tr("Password until now"))
            self.add_row(tr("Password until now"), self.before)
            self.before.entered.connect(self.submit)
        if not removes:
            self.add_row(tr("New password"), self.password, _rule())
            self.add_row(tr("The same again"), self.again)
            self.password.entered.connect(self.submit)
            self.again.entered.connect(self.submit)
        (self.before or self.password).setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], object]:
        """Set it."""
        before = "" if self.before is None else self.before.text()
        after = "" if self._removes else self.password.text()
        if not self._removes:
            _check_same(after, self.again.text())
            if not after:
                raise KnownError(say("There is no password yet."), say("Type one, twice the same."))
        reviewers, profile_id = self._reviewers, self._profile.uuid
        return lambda: reviewers.set_password(profile_id, before, after)


class InUseDialog(FormDialog):
    """Which reviewers can be chosen: the others stay on record, and can be brought back. `made(None)`."""

    def __init__(self, theme: Theme, reviewers: Reviewers, parent: QWidget | None = None) -> None:
        words = tr("Whoever is not in use is not offered any more. Nothing is deleted; what they decided stays.")
        super().__init__(theme, tr("Reviewers in use"), words, tr("Save"), parent)
        self._reviewers = reviewers
        self.boxes: dict[str, QCheckBox] = {}
        here = reviewers.sitting.reviewer_id
        column = QVBoxLayout()
        for profile in reviewers.all():
            box = QCheckBox(f"{profile.name}  ·  {profile.role}" if profile.role else profile.name)
            box.setChecked(not profile.is_disabled)
            box.setEnabled(profile.uuid != here)
            box.setToolTip("" if box.isEnabled() else tr("At work now"))
            self.boxes[profile.uuid] = box
            column.addWidget(box)
        frame = QWidget()
        frame.setLayout(column)
        area = QScrollArea()
        area.setWidget(frame)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(tr("Reviewers in use"))
        area.setMaximumHeight(theme.px(_LIST_HEIGHT))
        self.middle.addWidget(area)

    def work(self) -> Callable[[], object]:
        """Save who is in use."""
        wanted = {profile_id: not box.isChecked() for profile_id, box in self.boxes.items()}
        reviewers = self._reviewers

        def save() -> None:
            for profile in reviewers.all():
                if profile.is_disabled != wanted[profile.uuid]:
                    reviewers.set_disabled(profile.uuid, disabled=wanted[profile.uuid])

        return save


def _check_same(password: str, again: str) -> None:
    if password != again:
        raise KnownError(say("The two passwords are not the same."), say("Type it again."))


def _rule() -> str:
    return tr("At least {n} characters. Several words in a row are easy to keep in mind.", n=SHORTEST_PASSWORD)


def _warning() -> str:
    return tr(
        "Nobody can look it up or reset it: if it is forgotten, you go on as a new reviewer, and what you decided "
        "stays on record under this name."
    )
