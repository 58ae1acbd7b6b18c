"""The routing page: a draft that changes nothing until it is applied, a way back, and rules by keys."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QLineEdit
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.policy import Route, RoutingPolicy, Rule, starting_policy, with_limit
from hitl_desktop.domain.policy_conditions import (
    CONDITIONS,
    ColumnOver,
    ConfidenceAtLeast,
    Keywords,
    Known,
    PredictedIs,
)
from hitl_desktop.domain.routing import Ledger
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.review.item_views import panel_view
from hitl_desktop.gui.views.routing.condition_row import KINDS, ConditionRow
from hitl_desktop.gui.views.routing.order_card import MEASURES
from hitl_desktop.gui.views.routing.page import RoutingPage
from hitl_desktop.gui.views.routing.words import ROUTES
from hitl_desktop.workflow import auditing, routing
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests.made_up_model import answer_audit, give_model

Open = Callable[[Path], RoutingPage]


def trained(original: Path, folder: Path, retrain: Callable[[Project], object]) -> Path:
    """A copy of a project with 12 decisions and a model."""
    project = Project.open(Path(shutil.copytree(original, folder)))
    session = ReviewSession(project, "ann")
    for _ in range(12):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)
    retrain(project)
    project.close()
    return folder


@pytest.fixture(scope="module")
def trained_images(_image_original: Path, tmp_path_factory: pytest.TempPathFactory, retrain) -> Path:
    return trained(_image_original, tmp_path_factory.mktemp("trained") / "Pictures.hitl", retrain)


@pytest.fixture(scope="module")
def trained_texts(_text_original: Path, tmp_path_factory: pytest.TempPathFactory, retrain) -> Path:
    return trained(_text_original, tmp_path_factory.mktemp("trained") / "Messages.hitl", retrain)


@pytest.fixture
def opened(context: Context, qtbot: QtBot, tmp_path: Path) -> Open:
    """Open a copy of a project, and show its page."""

    def open_page(folder: Path) -> RoutingPage:
        context.bridge.open_project(Path(shutil.copytree(folder, tmp_path / folder.name)))
        page = RoutingPage(context)
        qtbot.addWidget(page)
        page.show()
        qtbot.waitUntil(lambda: not page.is_busy)
        return page

    return open_page


@pytest.fixture
def page(opened: Open, trained_images: Path) -> RoutingPage:
    """The page of a project with a model, 48 undecided items and the first policy."""
    return opened(trained_images)


@pytest.fixture
def texts(opened: Open, trained_texts: Path) -> RoutingPage:
    """The same of 40 messages."""
    return opened(trained_texts)


def settle(page: RoutingPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not page.is_busy)


def split_at(project: Project, threshold: float) -> Ledger:
    """How the items would stand with the limit there."""
    twin = project.pool.copy()
    twin.set_policy(with_limit(twin.policy, threshold), twin.facts)
    return twin.ledger()


def sentence_at(context: Context, percent: int) -> str:
    split = split_at(context.bridge.desk.project, percent / 100)
    need, proposed = split.needs_review, split.proposed
    return (
        f"At {percent} %: {need} {'needs' if need == 1 else 'need'} you, "
        f"{proposed} {'is' if proposed == 1 else 'are'} proposed."
    )


def test_dragging_only_previews(page: RoutingPage, context: Context) -> None:
    assert page.effect.sentence.text() == sentence_at(context, 90)
    assert not page.bar.isVisible()
    page.effect.slider.setValue(40)
    assert page.effect.sentence.text() == sentence_at(context, 40)
    assert page.effect.spin.value() == 40
    assert page.rules.table.rows()[0].when == "Confidence at least 0.40"
    assert context.bridge.desk.project.pool.threshold == 0.9
    assert page.bar.isVisible()

    page.bar.keep.click()
    assert page.effect.slider.value() == 90
    assert not page.bar.isVisible()


def test_applying_sets_it_once_with_a_reason_and_undo_returns(page: RoutingPage, context: Context) -> None:
    told: list[Message] = []
    context.bridge.notified.connect(told.append)
    page.effect.slider.setValue(40)
    page.bar.why.setText("Fewer to read")
    assert page.bar.apply.label() == "Apply policy 1"
    page.bar.apply.click()
    project = context.bridge.desk.project
    assert project.pool.threshold == 0.4
    assert project.pool.ledger().proposed == split_at(project, 0.4).proposed > 40
    session = context.bridge.desk.session
    assert session.current in session.waiting().tolist(), "the item on screen stays"
    assert len(session.waiting()) <= 2
    assert [(v.number, v.reason) for v in project.store.policies.all()] == [(1, "Fewer to read")]
    assert page.badge.text() == "Policy 1"
    assert not page.bar.isVisible()
    assert [message.action for message in told] == ["Undo"]

    assert told[0].on_action is not None
    told[0].on_action()
    assert project.pool.threshold == 0.9
    assert page.effect.slider.value() == 90
    assert page.history.table.words(0)[3] == "takes back policy 1"
    assert not page.history.take_back.isEnabled()


def test_the_draft_says_what_it_would_change(page: RoutingPage, context: Context) -> None:
    before = context.bridge.desk.project.pool.to_do_by_route()
    split = split_at(context.bridge.desk.project, 1.0)
    assert split.proposed < before[Route.ACCEPT]
    page.effect.slider.setValue(100)
    words = page.bar.words.text()
    assert f"Accept {before[Route.ACCEPT]} → {split.proposed}" in words
    assert f"Review {before[Route.REVIEW]} → {split.needs_review}" in words


def test_typing_and_the_key_of_the_page_set_it(page: RoutingPage, context: Context, qtbot: QtBot) -> None:
    page.effect.spin.selectAll()
    qtbot.keyClicks(page.effect.spin, "55")
    qtbot.keyClick(page.effect.spin, Qt.Key.Key_Return)
    assert context.bridge.desk.project.pool.threshold == 0.9
    page.activateWindow()
    page.bar.apply.click()
    assert context.bridge.desk.project.pool.threshold == 0.55


def test_bar_and_histogram_add_up(page: RoutingPage) -> None:
    page.effect.slider.setValue(50)
    numbers = [int(part.split()[0]) for part in page.effect.bar.accessibleDescription().split(", ")]
    assert sum(numbers) == 60
    counted = [int(part.split(": ")[1].split()[0]) for part in page.histogram.accessibleDescription().split(", ")]
    assert sum(counted) == 48
    assert sum(row.items or 0 for row in page.rules.table.rows()) == 60


def test_the_keys_on_the_buttons_work_where_the_page_puts_the_focus(texts: RoutingPage, qtbot: QtBot) -> None:
    """It is at the first button, not in the table, that the page begins."""
    texts.activateWindow()
    texts.rules.add.setFocus()
    qtbot.waitUntil(texts.rules.add.hasFocus)
    qtbot.keyClick(texts.rules.add, Qt.Key.Key_Insert)
    assert texts.rules.editor.isVisible()
    assert len(texts.rules.policy.rules) == 2
    texts.rules.audit.setFocus()
    qtbot.keyClick(texts.rules.audit, Qt.Key.Key_Insert)
    assert len(texts.rules.policy.rules) == 2, "in a field it is the field's"


def test_a_rule_is_added_filled_in_and_moved_by_keys(texts: RoutingPage, context: Context, qtbot: QtBot) -> None:
    table = texts.rules.table
    table.setFocus()
    table.select(0)
    qtbot.keyClick(table, Qt.Key.Key_Insert)
    editor = texts.rules.editor
    assert editor.isVisible()
    assert [row.when for row in table.rows()] == ["Every item", "Confidence at least 0.90", "Everything else"]
    editor.add.click()
    (condition,) = editor.conditions
    condition.kind.setCurrentIndex(condition.kind.findData("keywords"))
    condition.kind.activated.emit(condition.kind.currentIndex())
    assert not texts.bar.apply.isEnabled(), "a condition without words is not complete"
    words = condition.field("words")
    assert isinstance(words, QLineEdit)
    qtbot.keyClicks(words, "refund, password")
    editor.route.setCurrentIndex(editor.route.findData(Route.ESCALATE))
    editor.route.activated.emit(editor.route.currentIndex())
    settle(texts, qtbot)
    assert texts.bar.apply.isEnabled()
    rule = Rule((Keywords(("refund", "password")),), Route.ESCALATE)
    assert texts.draft is not None
    assert texts.draft.rules[0] == rule
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()

    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert texts.draft.rules[1] == rule
    qtbot.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    settle(texts, qtbot)
    texts.bar.apply.click()
    project = context.bridge.desk.project
    assert project.policy.rules[0] == rule
    found = project.routes.rule == 0
    said = [index for index in range(40) if any(w in project.store.items.text(index) for w in ("refund", "password"))]
    assert found.nonzero()[0].tolist() == said


def test_rules_are_copied_and_deleted_by_keys_and_nothing_happens_to_everything_else(
    page: RoutingPage, qtbot: QtBot
) -> None:
    table = page.rules.table
    table.setFocus()
    table.select(0)
    qtbot.keyClick(table, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert [row.when for row in table.rows()] == ["Confidence at least 0.90"] * 2 + ["Everything else"]
    assert page.rules.oddities() == ["Rule 2 is never reached: rule 1 takes every item that it could."]
    table.setFocus()
    table.select(2)
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert len(table.rows()) == 3
    table.select(1)
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert len(table.rows()) == 2
    assert not page.bar.isVisible(), "it is the policy in force again"


def test_everything_else_has_a_route_only(page: RoutingPage, qtbot: QtBot) -> None:
    page.rules.table.setFocus()
    page.rules.table.select(1)
    qtbot.keyClick(page.rules.table, Qt.Key.Key_F2)
    editor = page.rules.editor
    assert not editor.add.isVisible()
    editor.route.setCurrentIndex(editor.route.findData(Route.REMOVE))
    editor.route.activated.emit(editor.route.currentIndex())
    assert page.draft is not None
    assert page.draft.otherwise is Route.REMOVE
    assert "Everything else is taken however unsure the model is of it. Send it to review." in page.rules.oddities()
    assert not page.effect.slider.isEnabled()


def test_a_limit_and_two_numbers_are_edited_in_place(page: RoutingPage, qtbot: QtBot) -> None:
    page.rules.act("edit", 0)
    limit = page.rules.editor.conditions[0].field("limit")
    assert isinstance(limit, QDoubleSpinBox)
    limit.setValue(0.625)
    assert page.effect.slider.value() == 62
    page.rules.audit.setValue(2)
    page.rules.capacity.setValue(30)
    assert page.draft == RoutingPolicy(
        (Rule((ConfidenceAtLeast(0.625),), Route.ACCEPT),), daily_capacity=30, audit_every=2
    )


def test_a_class_is_chosen_among_several(page: RoutingPage, context: Context) -> None:
    page.rules.act("edit", 0)
    (row,) = page.rules.editor.conditions
    row.kind.setCurrentIndex(row.kind.findData("predicted_is"))
    row.kind.activated.emit(row.kind.currentIndex())
    actions = row.field("labels").actions_of_names()  # type: ignore[attr-defined]
    actions["lines"].setChecked(True)
    labels = [context.bridge.desk.project.label_named(name).id for name in ("dots", "lines")]
    assert page.draft is not None
    assert page.draft.rules[0].conditions == (PredictedIs(tuple(labels)),)


def test_a_column_is_offered_and_another_one_is_refused_with_its_name(context: Context, qtbot: QtBot) -> None:
    known = Known(((1, "cat"),), frozenset({"amount", "kind"}), several=False)
    row = ConditionRow(context.theme, known, ConfidenceAtLeast(0.5))
    qtbot.addWidget(row)
    row.kind.setCurrentIndex(row.kind.findData("column_over"))
    row.kind.activated.emit(row.kind.currentIndex())
    box = row.field("column")
    assert isinstance(box, QComboBox)
    assert [box.itemText(place) for place in range(box.count())] == ["amount", "kind"]
    assert row.condition() == ColumnOver("amount", 0.0)
    box.setCurrentText("sum")
    with pytest.raises(KnownError, match="There is no column named sum"):
        row.condition()


def test_a_policy_is_saved_and_loaded_as_a_draft(page: RoutingPage, context: Context, tmp_path: Path) -> None:
    page.effect.slider.setValue(70)
    page.save(tmp_path / "policy.json")
    page.bar.keep.click()
    page.load(tmp_path / "policy.json")
    assert page.effect.slider.value() == 70
    assert context.bridge.desk.project.policy.version == 0
    told: list[Message] = []
    context.bridge.notified.connect(told.append)
    (tmp_path / "policy.json").write_text('{"hitl_policy": 9}', "utf-8")
    page.load(tmp_path / "policy.json")
    assert "newer version" in told[0].text
    assert page.effect.slider.value() == 70


def test_an_older_version_is_looked_at_before_it_is_applied(page: RoutingPage, context: Context) -> None:
    for value in (40, 70):
        page.effect.slider.setValue(value)
        page.bar.apply.click()
    page.history.table.row_chosen.emit(1)
    assert page.effect.slider.value() == 40
    assert page.bar.apply.label() == "Apply policy 3"
    assert context.bridge.desk.project.pool.threshold == 0.7
    page.history.take_back.click()
    assert context.bridge.desk.project.pool.threshold == 0.4
    assert not page.bar.isVisible()


def test_another_policy_in_force_takes_the_place_of_the_draft(page: RoutingPage, context: Context) -> None:
    page.effect.slider.setValue(40)
    project = context.bridge.desk.project
    context.bridge.perform(lambda: routing.move_limit(project, 0.8))
    assert page.effect.slider.value() == 80
    assert not page.bar.isVisible()


def test_a_decision_keeps_the_draft(page: RoutingPage, context: Context) -> None:
    page.effect.slider.setValue(40)
    session = context.bridge.desk.session
    assert session.item is not None
    truth = session.item.truth_id
    context.bridge.perform(lambda: session.decide(Verdict.CORRECTED, truth))
    assert page.effect.slider.value() == 40
    assert page.effect.sentence.text() == sentence_at(context, 40)


def test_the_slider_comes_back_from_its_end(page: RoutingPage) -> None:
    page.effect.slider.setValue(0)
    assert page.effect.slider.isEnabled()
    page.effect.slider.setValue(80)
    assert page.draft == starting_policy(0.8)


def test_decisions_are_counted_without_reading_the_columns_again(
    page: RoutingPage, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "known_of", None)  # to ask again would be an error
    session = context.bridge.desk.session
    assert session.item is not None
    truth = session.item.truth_id
    context.bridge.perform(lambda: session.decide(Verdict.CORRECTED, truth))
    numbers = [int(part.split()[0]) for part in page.effect.bar.accessibleDescription().split(", ")]
    assert sum(numbers) == 60
    assert "13 decided" in page.effect.bar.accessibleDescription()


def test_order_changes_apply_at_once(page: RoutingPage, context: Context) -> None:
    project = context.bridge.desk.project
    box = page.order.strategy
    place = box.findData("entropy")
    box.setCurrentIndex(place)
    box.activated.emit(place)
    assert project.strategy == "entropy"
    measures = page.order.measure
    place = measures.findData("least_confidence")
    measures.setCurrentIndex(place)
    measures.activated.emit(place)
    assert project.pool.measure == "least_confidence"


def test_the_words_on_confidence_are_the_same_everywhere(page: RoutingPage, context: Context) -> None:
    """Of what the checks calibrated, of what others did, and of what nothing did."""
    desk = context.bridge.desk
    project = desk.project
    assert project.model is not None
    file = project.folder / project.model.folder / "card.json"
    facts = json.loads(file.read_text("utf-8"))
    for calibration, checks, on_page, on_panel in (
        (None, 0, "not yet calibrated: 1 of 100 checks", "not yet calibrated"),
        ("platt", 0, "calibrated by its makers on other data", "calibrated elsewhere"),
        ("platt", 120, "calibrated on 120 random checks", "calibrated"),
    ):
        facts |= {"calibration": calibration, "card": {"calibration_checks": checks}}
        file.write_text(json.dumps(facts), "utf-8")
        project.calibrated.clear()  # the card of a version never changes but here
        context.bridge.changed.emit(Changes(routing=True), None)
        assert page.effect.meaning.text().endswith(f"The confidence is {on_page}.")
        assert panel_view(desk, can_decide=True).model_text == f"Model v1 · {on_panel}"


def test_the_tables_of_words_are_whole() -> None:
    from hitl_desktop.domain.predictions import UNCERTAINTY_MEASURES

    assert set(MEASURES) == set(UNCERTAINTY_MEASURES)
    assert set(KINDS) == set(CONDITIONS)
    assert set(ROUTES) == set(Route)


def test_the_wheel_moves_the_threshold_only_with_the_focus(page: RoutingPage) -> None:
    page.order.strategy.setFocus()
    slider = page.effect.slider
    at = QPointF(slider.rect().center())
    turn = QWheelEvent(
        at,
        slider.mapToGlobal(at),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(slider, turn)
    assert slider.value() == 90


def test_without_a_model_everything_needs_you(context: Context, text_project_folder: Path, qtbot: QtBot) -> None:
    context.bridge.open_project(text_project_folder)
    page = RoutingPage(context)
    qtbot.addWidget(page)
    page.show()
    settle(page, qtbot)
    assert page.effect.sentence.text() == "At 90 %: 40 need you, 0 are proposed."
    assert page.histogram.accessibleDescription() == "No item has a suggestion yet"


def test_what_a_certificate_covers_is_marked_on_rule_and_slider(
    opened: Open, image_project_folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "Certified").mkdir()
    folder = image_project_folder.rename(tmp_path / "Certified" / "Pictures.hitl")
    project = Project.open(folder)
    confidence = give_model(project)
    give_model(project, wrong=[row for row in range(60) if confidence[row] < 0.8])
    project.set_threshold(0.7)
    auditing.begin(project, 0.1, 0.2, 40, "ann")
    answer_audit(ReviewSession(project, "ann"))
    project.close()
    page = opened(folder)
    qtbot.waitUntil(lambda: not page.is_busy)
    effect = page.effect
    assert effect.proof.text().startswith("Looser than ")
    assert effect.slider.mark_x() is not None
    assert [row.is_certified for row in page.rules.table.rows()] == [False, False]
    effect.spin.setValue(95)
    qtbot.waitUntil(lambda: not page.is_busy)
    assert [row.is_certified for row in page.rules.table.rows()] == [True, False]
    other = RoutingPolicy((Rule((PredictedIs((1,)), ConfidenceAtLeast(0.95)), Route.ACCEPT),), Route.REVIEW)
    page.edit(other)
    qtbot.waitUntil(lambda: not page.is_busy)
    assert effect.slider.mark_x() is None
    assert not effect.proof.isVisibleTo(page)
