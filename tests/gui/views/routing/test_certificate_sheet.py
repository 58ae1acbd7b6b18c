"""The sheet at every stage, by keys: begin an audit, answer it, read the certificate, print it."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtPrintSupport import QPrintDialog
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.certificates import Standing
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.sentences import say
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.question import Question
from hitl_desktop.gui.views.routing.certificate_print import PrintedPage
from hitl_desktop.gui.views.routing.certificate_sheet import CertificateSheet
from hitl_desktop.workflow.amending import decide_again
from hitl_desktop.workflow.certifying import suspend
from hitl_desktop.workflow.project import Project
from tests.made_up_model import answer, answer_audit, give_model


@pytest.fixture
def sheet(context: Context, image_project_folder: Path, qtbot: QtBot) -> CertificateSheet:
    """The sheet of sixty pictures and a model that is right on all of them."""
    project = Project.open(image_project_folder)
    give_model(project)
    project.set_threshold(0.8)
    project.close()
    context.bridge.open_project(image_project_folder)
    sheet = CertificateSheet(context)
    sheet.resize(448, 900)
    qtbot.addWidget(sheet)
    sheet.show()
    return sheet


def stage(sheet: CertificateSheet) -> str:
    assert sheet.content is not None
    return sheet.content.stage


def begin(sheet: CertificateSheet, qtbot: QtBot) -> None:
    sheet.form.alpha.setValue(20.0)
    qtbot.keyClick(sheet.form.begin_button, Qt.Key.Key_Return)


def answered(sheet: CertificateSheet, context: Context) -> None:
    """Answer the whole audit, as the review page does: through the bridge."""
    session = context.bridge.desk.session
    while session.project.store.audits.open():
        item = session.item
        assert item is not None
        truth = item.truth_id
        context.bridge.perform(lambda: session.decide(Verdict.CORRECTED, truth))  # noqa: B023 - called at once


def test_before_an_audit_it_says_what_one_would_need(sheet: CertificateSheet, qtbot: QtBot) -> None:
    assert stage(sheet) == "none"
    assert "never be certified" in sheet.form.words.text(), "2 % of so few items"
    assert not sheet.form.begin_button.isEnabled()
    sheet.form.alpha.setValue(20.0)
    assert "With no error about" in sheet.form.words.text()
    assert sheet.form.begin_button.isEnabled()
    usual = sheet.form.audits.value()
    sheet.form.delta.setValue(20)
    assert sheet.form.audits.value() < usual, "the number follows as long as nobody typed one"
    sheet.form.audits.setValue(2)
    assert "at least" in sheet.form.words.text()
    assert not sheet.form.begin_button.isEnabled()
    sheet.form.audits.setValue(20)
    sheet.form.delta.setValue(10)
    assert sheet.form.audits.value() == 20, "a number that was typed stays"


def test_an_audit_shows_how_many_are_left_and_nothing_else(
    sheet: CertificateSheet, context: Context, qtbot: QtBot
) -> None:
    begin(sheet, qtbot)
    assert stage(sheet) == "auditing"
    assert sheet.content is not None
    record = context.bridge.desk.project.store.audits.open()
    assert record is not None
    drawn = len(record.audit.drawn)
    assert sheet.content.claim == f"{drawn} of {drawn} checks are left."
    assert not sheet.plot.isVisible()
    assert not sheet.facts.isVisible()
    assert not sheet.form.isVisible()
    session = context.bridge.desk.session
    session.go_to(record.audit.drawn[0].index)
    truth = session.item.truth_id if session.item else None
    context.bridge.perform(lambda: session.decide(Verdict.CORRECTED, truth))
    assert sheet.content.claim == f"{drawn - 1} of {drawn} checks are left."
    assert "wrong" not in sheet.content.claim


def test_the_certificate(sheet: CertificateSheet, context: Context, qtbot: QtBot) -> None:
    begin(sheet, qtbot)
    answered(sheet, context)
    assert stage(sheet) == "valid"
    content = sheet.content
    assert content is not None
    assert content.status == "Certificate 1, valid"
    assert content.claim == "At most 20 in 100 answers at 0.80 or above are wrong, with 90 % confidence."
    assert "None was wrong." in content.evidence
    assert [step.sort for step in content.lollipops].count("proved") >= 1
    assert sum(step.is_chosen for step in content.lollipops) == 1
    assert [row.name for row in content.classes] == ["dots", "lines", "plain"]
    assert dict(content.facts)["Risk spent"] == "6.1 % of 10 % (audit 1)"
    assert sheet.print_button.isVisible()
    assert not sheet.form.isVisible()
    assert "At most 20 in 100" in sheet.accessibleDescription()
    assert len(sheet.plot.marks()) == len(content.lollipops)
    place = sheet.plot.marks()[-1]
    assert sheet.plot.told_at(place.at) == place.text
    qtbot.keyClick(sheet.again_button, Qt.Key.Key_Return)
    assert sheet.form.isVisible()
    assert sheet.form.alpha.hasFocus() or not sheet.isActiveWindow()


def test_a_limit_that_is_too_strict_is_told(sheet: CertificateSheet, context: Context, qtbot: QtBot) -> None:
    begin(sheet, qtbot)
    answered(sheet, context)
    context.bridge.perform(lambda: context.bridge.desk.project.set_threshold(1.0))
    assert sheet.content is not None
    assert "stricter than any that was proved" in sheet.content.evidence


def test_after_a_failed_audit_it_says_not_yet_and_offers_another(
    sheet: CertificateSheet, context: Context, qtbot: QtBot
) -> None:
    begin(sheet, qtbot)
    project = context.bridge.desk.project
    answer_audit(context.bridge.desk.session, skip=project.store.audits.open_items())
    sheet.hide()
    sheet.show()
    assert stage(sheet) == "not yet"
    assert sheet.content is not None
    assert sheet.content.claim.startswith("Not yet.")
    assert sheet.plot.isVisible()
    assert sheet.form.isVisible()
    assert not sheet.print_button.isVisible()
    give_model(project, seed=6)
    sheet.hide()
    sheet.show()
    assert stage(sheet) == "not yet"
    assert sheet.content.claim == "The last audit was of model v1; v2 is in use."
    assert sheet.content.evidence.startswith("The proof stopped at")


def test_a_suspended_certificate_says_why_first(sheet: CertificateSheet, context: Context, qtbot: QtBot) -> None:
    begin(sheet, qtbot)
    answered(sheet, context)
    project = context.bridge.desk.project
    context.bridge.perform(lambda: suspend(project, say("New items differ.")))
    assert stage(sheet) == "suspended"
    assert sheet.content is not None
    assert sheet.content.claim == "New items differ."
    assert "It said: At most 20 in 100" in sheet.content.evidence
    assert sheet.form.isVisible()


def test_a_changed_answer_is_followed(sheet: CertificateSheet, context: Context, qtbot: QtBot) -> None:
    begin(sheet, qtbot)
    answered(sheet, context)
    session = context.bridge.desk.session
    project = session.project
    for index in sorted(project.store.audits.drawn_items()):
        truth = project.store.items.get(index).truth_id
        other = next(label.id for label in project.labels if label.id != truth)
        context.bridge.perform(
            lambda: decide_again(session, index, Verdict.CORRECTED, other, reason="looked again")  # noqa: B023
        )
        if stage(sheet) == "suspended":
            return
    pytest.fail("so many wrong ones prove nothing")


def test_ending_an_audit_asks_first(sheet: CertificateSheet, context: Context, qtbot: QtBot) -> None:
    begin(sheet, qtbot)
    qtbot.keyClick(sheet.end_button, Qt.Key.Key_Return)
    question = sheet.findChild(Question)
    assert question is not None
    question.no_button.click()
    assert stage(sheet) == "auditing"
    qtbot.keyClick(sheet.end_button, Qt.Key.Key_Return)
    question = sheet.findChildren(Question)[-1]
    question.yes_button.click()
    assert stage(sheet) == "none"
    (record,) = context.bridge.desk.project.store.audits.all()
    assert record.standing is Standing.ABANDONED


def test_a_large_pool_is_counted_and_drawn_beside_the_window(
    sheet: CertificateSheet, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hitl_desktop.workflow.finding.AT_ONCE", 10)
    sheet.form.reload()
    assert sheet.form.is_busy
    qtbot.waitUntil(lambda: not sheet.form.is_busy)
    begin(sheet, qtbot)
    assert not sheet.form.begin_button.isEnabled()
    qtbot.waitUntil(lambda: stage(sheet) == "auditing")


def test_it_prints_black_on_white_as_a4(
    sheet: CertificateSheet, context: Context, qtbot: QtBot, tmp_path: Path
) -> None:
    begin(sheet, qtbot)
    answered(sheet, context)
    pdf = QPdfWriter(str(tmp_path / "certificate.pdf"))
    sheet.print_to(pdf)
    assert pdf.pageLayout().pageSize().id() == QPageSize.PageSizeId.A4
    assert (tmp_path / "certificate.pdf").stat().st_size > 2000
    assert sheet.content is not None
    context.theme.set_mode("dark")
    page = QImage(640, 920, QImage.Format.Format_RGB32)
    page.fill("white")
    painter = QPainter(page)
    written = PrintedPage(painter, page.width(), page.height(), lambda: None, context.theme)
    written.write(sheet.content, "Pictures")
    painter.end()
    context.theme.set_mode("light")
    corner = page.pixelColor(2, 915)
    assert corner.name() == "#ffffff"
    colours = [page.pixelColor(x, y) for x in range(0, 640, 3) for y in range(0, 920, 3)]
    assert all(c.red() == c.green() == c.blue() for c in colours), "no colour, whatever the theme"
    assert any(c.red() < 80 for c in colours)
    assert QSizeF(page.size()).height() > written.y > 400


def test_what_does_not_fit_goes_on_on_another_page(sheet: CertificateSheet, context: Context, qtbot: QtBot) -> None:
    begin(sheet, qtbot)
    answered(sheet, context)
    assert sheet.content is not None
    page = QImage(640, 300, QImage.Format.Format_RGB32)
    painter = QPainter(page)
    pages: list[int] = []
    PrintedPage(painter, 640, 300, lambda: pages.append(1), context.theme).write(sheet.content, "Pictures")
    painter.end()
    assert len(pages) >= 2


def test_without_a_project_there_is_nothing(context: Context, qtbot: QtBot) -> None:
    sheet = CertificateSheet(context)
    qtbot.addWidget(sheet)
    sheet.show()
    assert sheet.content is None
    sheet.print_it()


def test_the_item_on_screen_turns_blind_when_it_is_drawn(
    sheet: CertificateSheet, context: Context, qtbot: QtBot
) -> None:
    begin(sheet, qtbot)
    session = context.bridge.desk.session
    while session.current not in session.project.store.audits.open_items():
        answer(session)
    assert session.visible is None


def test_print_asks_for_a_printer(
    sheet: CertificateSheet, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[object] = []
    monkeypatch.setattr(sheet, "print_to", printed.append)
    monkeypatch.setattr(QPrintDialog, "exec", lambda _: QPrintDialog.DialogCode.Accepted)
    sheet.print_it()
    assert not printed, "there is no certificate yet"
    begin(sheet, qtbot)
    answered(sheet, context)
    qtbot.keyClick(sheet.print_button, Qt.Key.Key_Return)
    assert len(printed) == 1
    monkeypatch.setattr(QPrintDialog, "exec", lambda _: QPrintDialog.DialogCode.Rejected)
    sheet.print_it()
    assert len(printed) == 1
