"""What a second reader is offered, and what lists keep from them."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.policy import Route, RoutingPolicy
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.queue_model import QueueModel, QueueRole
from hitl_desktop.gui.views.done_page import DonePage
from hitl_desktop.gui.views.review.item_views import panel_view
from hitl_desktop.gui.views.review.rounds import read_second, settle_readings
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.routing import set_policy
from tests.made_up_model import answer, give_model

Key = Qt.Key


@pytest.fixture
def answered(context: Context, text_project_folder: Path) -> list[int]:
    """A project that sends everything to two readers; ann has answered three items, and bob sits there now."""
    project = Project.open(text_project_folder)
    give_model(project)
    set_policy(project, RoutingPolicy((), Route.SECOND_READER), by="ann")
    project.close()
    context.bridge.works_by_itself = False
    context.bridge.open_project(text_project_folder)
    context.bridge.desk.session.set_reviewer("ann")
    found = [answer(context.bridge.desk.session) for _ in range(3)]
    context.bridge.desk.session.set_reviewer("bob")
    return found


def test_the_second_reader_is_offered_what_waits_and_then_what_differs(
    answered: list[int], context: Context, qtbot: QtBot
) -> None:
    session = context.bridge.desk.session
    model = QueueModel(context.bridge, context.browsing, shows_all=True)
    context.browsing.changed.connect(model.refresh)
    model.refresh()
    rows = [model.index(model.row_of(index)).data(QueueRole.ROW) for index in answered]
    assert [row.is_hidden for row in rows] == [True, True, True], "lists do not tell what ann said"
    page = DonePage(context)
    qtbot.addWidget(page)
    page.show()
    assert page.offers().names()[1] == "second"
    with qtbot.waitSignal(page.second_wanted):
        qtbot.keyClick(page, Key.Key_R)
    read_second(context.bridge, context.browsing)
    assert session.current == answered[0]
    assert panel_view(context.bridge.desk, can_decide=True).reason.word == "Second reader"
    answer(session)
    other = next(label.id for label in session.project.labels if session.item and label.id != session.item.truth_id)
    context.bridge.perform(lambda: session.decide(Verdict.CORRECTED, other))
    answer(session)
    page.hide()
    page.show()
    assert page.offers().names()[1] == "settle"
    with qtbot.waitSignal(page.settling_wanted):
        qtbot.keyClick(page, Key.Key_D)
    settle_readings(context.bridge, context.browsing)
    assert session.current == answered[1]
    why = panel_view(context.bridge.desk, can_decide=True).reason
    assert why.word == "Two readers differ"
    assert "ann: " in why.clause
    assert "bob: " in why.clause


def test_nothing_to_read_is_told(answered: list[int], context: Context) -> None:
    told: list[str] = []
    context.bridge.notified.connect(lambda message: told.append(message.text))
    context.bridge.desk.session.set_reviewer("ann")
    read_second(context.bridge, context.browsing)
    settle_readings(context.bridge, context.browsing)
    assert told == ["Nothing waits for you as second reader.", "There is no item where two readers differ."]
