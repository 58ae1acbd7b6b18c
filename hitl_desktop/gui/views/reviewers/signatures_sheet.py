"""The sheet of signatures: who signed what, whether it holds, and a form to sign."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.reviewers import Auth
from hitl_desktop.domain.signatures import LONGEST_WORDS, Checked, Meaning, Subject
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12, SPACE_16, SPACE_24, STRONG
from hitl_desktop.gui.views.reviewers import signature_words as words
from hitl_desktop.gui.views.reviewers.password_field import PasswordField
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import rule
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.moments import day_and_time
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.language import tr

if TYPE_CHECKING:
    from hitl_desktop.store.signatures import SignatureRow

_WIDTH: Final = 820


class SignaturesSheet(QDialog):
    """Signatures are checked, and made, beside the window."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Signatures"))
        self.setAccessibleName(tr("Signatures"))
        self._context = context
        theme = context.theme
        self.setFixedWidth(theme.px(_WIDTH))
        self._found: list[Checked] = []
        self._file: Path | None = None
        columns = [Column(tr("Who")), Column(tr("Says")), Column(tr("Of what")), Column(tr("When")), Column(tr("Now"))]
        self.table = PlainTable(theme, tr("Signatures, the oldest first"), columns, stretch=(0, 1, 2), most=6)
        self.detail = PlainLabel("", "small", "text2", wrap=True)
        self.what, self.meaning, self.own = QComboBox(), QComboBox(), QLineEdit()
        self.password = PasswordField(theme, tr("Password"))
        self.trouble = PlainLabel("", "small", "danger", wrap=True)
        self.sign_button = Button(theme, tr("Sign"), "primary")
        self.file_button = Button(theme, tr("Compare a file…"))
        self.close_button = Button(theme, tr("Close"))
        self._form = QWidget()
        self._lay_out()
        self._fill()
        self._beside = Beside(self)
        self._beside.answered.connect(self._take)
        self.finished.connect(self._beside.close)
        selection = self.table.selectionModel()
        selection.currentRowChanged.connect(lambda now, _before: self._show_detail(now.row()))
        self.meaning.currentIndexChanged.connect(lambda _: self._follow())
        self.what.activated.connect(self._choose_file)
        self.own.textChanged.connect(lambda _: self._follow())
        self.own.returnPressed.connect(self._sign)
        self.password.entered.connect(self._sign)
        self.sign_button.clicked.connect(self._sign)
        self.file_button.clicked.connect(self._compare)
        self.close_button.clicked.connect(self.reject)
        self._check()

    def _fill(self) -> None:
        from hitl_desktop.workflow.signing import certificates_of

        bridge = self._context.bridge
        store = bridge.desk.project.store
        self.what.addItem(tr("This project as it stands"), (Subject.PROJECT, ""))
        for record in certificates_of(store):
            name = tr("Certificate {n}", n=str(record.certificate))
            self.what.addItem(name, (Subject.CERTIFICATE, str(record.certificate)))
        self.what.addItem(tr("A file…"), (Subject.FILE, ""))
        for value, title in words.MEANINGS.items():
            self.meaning.addItem(tr(title), value)
        self.what.setAccessibleName(tr("What is signed"))
        self.meaning.setAccessibleName(tr("What it means"))
        self.own.setAccessibleName(tr("In your own words"))
        self.own.setMaxLength(LONGEST_WORDS)
        self.own.setPlaceholderText(tr("For example: second reading of all items"))
        profile = bridge.reviewers.current
        self._form.setVisible(store.is_writer and profile is not None)
        self.password.setVisible(profile is not None and bool(profile.password))
        self._follow()

    def _follow(self) -> None:
        needs_words = self.meaning.currentData() == Meaning.OWN_WORDS.value
        self.sign_button.setEnabled(not self._is_busy() and (bool(self.own.text().strip()) or not needs_words))

    def _is_busy(self) -> bool:
        return hasattr(self, "_beside") and self._beside.is_busy

    def _check(self) -> None:
        from hitl_desktop.workflow.looking import Looking
        from hitl_desktop.workflow.signing import check_all

        looking, folder, file = Looking(), self._context.bridge.desk.project.folder, self._file
        self.detail.setText(tr("Checking…"))

        def answer() -> object:
            with looking.reading(folder) as store:
                return check_all(store, file, looking.check)

        self._beside.look(looking, answer)
        self._follow()

    def _sign(self) -> None:
        from hitl_desktop.workflow.looking import Looking
        from hitl_desktop.workflow.signing import Wish, prepare

        reviewers = self._context.bridge.reviewers
        profile = reviewers.current
        if profile is None or not self.sign_button.isEnabled():
            return
        if profile.password and not self.password.text():
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        chosen, what = self.what.currentData()
        wish = Wish(Subject(chosen), what, Meaning(self.meaning.currentData()), self.own.text())
        looking, folder = Looking(), self._context.bridge.desk.project.folder
        password = self.password.text()
        self._complain("")
        self._beside.look(looking, partial(prepare, folder, wish, reviewers, profile.uuid, password, looking.check))
        self._follow()

    def _take(self, answer: object) -> None:
        self.password.clear()
        if isinstance(answer, KnownError):
            self._complain(str(answer))
            self._show_detail(self.table.currentIndex().row())
        elif isinstance(answer, Exception):
            raise answer
        elif isinstance(answer, list):
            self._show(answer)
        else:
            self._keep(answer)  # type: ignore[arg-type]
            return
        self._follow()

    def _keep(self, row: SignatureRow) -> None:
        from hitl_desktop.workflow.signing import keep

        bridge = self._context.bridge
        profile = bridge.reviewers.get(row.reviewer_id)
        if bridge.perform(lambda: keep(bridge.desk.project.store, row, profile), self) is not None:
            self.own.clear()
            self._check()

    def _show(self, found: list[Checked]) -> None:
        self._found = found
        rows = []
        for checked in found:
            now, tone = words.holds(checked)
            signed = checked.signed
            if signed is None:
                rows.append([Cell("–"), Cell("–"), Cell("–"), Cell("–"), Cell(now, tone=tone)])
                continue
            rows.append(
                [
                    Cell(words.signer(signed)),
                    Cell(words.meaning(signed)),
                    Cell(words.subject(signed)),
                    Cell(day_and_time(signed.at_utc), tone="text2"),
                    Cell(now, tone=tone),
                ]
            )
        self.table.show_rows(rows)
        if rows:
            self.table.selectRow(len(rows) - 1)
        self._show_detail(len(rows) - 1)

    def _show_detail(self, row: int) -> None:
        if not 0 <= row < len(self._found):
            self.detail.setText(tr("Nothing is signed yet.") if not self._found else "")
            return
        checked = self._found[row]
        text = str(checked.why)
        if checked.signed is not None:
            proved = checked.signed.auth == Auth.PASSWORD.value
            how = tr("Signed with a password.") if proved else tr("Signed without a password.")
            text = f"{text} {how} SHA-256 {checked.signed.digest[:16]}…"
        self.detail.setText(text)

    def _choose_file(self, place: int) -> None:
        subject, _ = self.what.itemData(place)
        if Subject(subject) is not Subject.FILE:
            return
        chosen, _ = QFileDialog.getOpenFileName(self, tr("File to sign"))
        if not chosen:
            self.what.setCurrentIndex(0)
            return
        self.offer_file(Path(chosen))

    def offer_file(self, file: Path) -> None:
        """Have a file ready to be signed."""
        place = self.what.count() - 1
        self.what.setItemData(place, (Subject.FILE, str(file)))
        self.what.setItemText(place, tr("File {name}", name=file.name))
        self.what.setCurrentIndex(place)

    def _compare(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, tr("File to compare with what was signed"))
        if chosen:
            self._file = Path(chosen)
            self._check()

    def _complain(self, text: str) -> None:
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        column.setSpacing(SPACE_12)
        column.addWidget(PlainLabel(tr("Signatures"), "title"))
        about = tr("Who stands for what, as it was then. What comes later makes none of them invalid: it is counted.")
        column.addWidget(PlainLabel(about, "body", "text2", wrap=True))
        column.addWidget(self.table)
        column.addWidget(self.detail)
        form = QVBoxLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(SPACE_8)
        form.addWidget(rule())
        name = self._context.bridge.reviewers.sitting.name
        form.addWidget(PlainLabel(tr("Sign as {name}", name=name), "body", weight=STRONG))
        first = QHBoxLayout()
        first.setSpacing(SPACE_12)
        first.addWidget(self.what, 1)
        first.addWidget(self.meaning, 1)
        form.addLayout(first)
        form.addWidget(self.own)
        form.addWidget(self.password)
        form.addWidget(self.trouble)
        column.addWidget(self._form)
        self.trouble.hide()
        self.password.line.setPlaceholderText(tr("Password"))
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addWidget(self.file_button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        row.addWidget(self.sign_button)
        column.addLayout(row)
