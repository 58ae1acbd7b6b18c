"""The done page: true sums, only offers that exist, and the keys Enter and L."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.done_page import DonePage


@pytest.fixture
def page(context: Context, image_project_folder: Path, retrain, qtbot: QtBot) -> DonePage:
    """A finished project: 10 decided, one set aside, everything else proposed."""
    context.bridge.works_by_itself = False  # it is trained here: the worker must not write the same features
    context.bridge.open_project(image_project_folder)
    desk = context.bridge.desk
    for number in range(11):
        assert desk.session.item is not None
        if number == 4:
            desk.session.decide(Verdict.UNSURE)
        else:
            desk.session.decide(Verdict.CORRECTED, desk.session.item.truth_id)
    retrain(desk.project)
    desk.project.set_threshold(0.0)
    desk.session.replan()
    page = DonePage(context)
    qtbot.addWidget(page)
    page.show()
    return page


def test_the_bar_adds_up(page: DonePage) -> None:
    assert page.where().accessibleDescription() == "10 decided, 1 set aside, 49 proposed"
    assert page.sentence() == (
        "All 11 images that needed you have been seen. 1 of them is set aside and easy to come back to."
    )


def test_the_whole_page_has_no_ring_but_for_who_walks_by_tab(page: DonePage) -> None:
    assert page.property("focusRing") == "inside"


def test_only_what_helps_is_offered(page: DonePage, context: Context) -> None:
    assert page.offers().names() == ["look_again", "routing", "export"]
    told = page.offers().button("routing").accessibleDescription()
    assert told.endswith("Its confidence is not yet calibrated."), "few checks: sure is what the model says of itself"
    session = context.bridge.desk.session
    session.look_again()
    context.bridge.perform(lambda: session.decide(Verdict.CORRECTED, context.bridge.desk.project.labels[0].id))
    assert page.offers().names() == ["train", "routing", "export"]


@pytest.mark.parametrize(("key", "signal"), [(Qt.Key.Key_L, "look_again_wanted"), (Qt.Key.Key_Return, "first")])
def test_keys(page: DonePage, qtbot: QtBot, key: Qt.Key, signal: str) -> None:
    with qtbot.waitSignal(page.look_again_wanted):
        qtbot.keyClick(page, key)


@pytest.mark.parametrize(("offer", "signal"), [("routing", "routing_wanted"), ("export", "export_wanted")])
def test_every_offer_says_what_it_wants(page: DonePage, qtbot: QtBot, offer: str, signal: str) -> None:
    with qtbot.waitSignal(getattr(page, signal)):
        page.offers().button(offer).click()


def test_the_session_is_shown_per_item(page: DonePage) -> None:
    page.set_session(104, 874, 26, 3)
    assert page.session_facts() == [
        ("Decisions", "104"),
        ("Active time", "14 min 34 s"),
        ("Per item", "8.4 s"),
        ("You changed the suggestion", "26 times"),
        ("Undone", "3"),
    ]


def test_a_lowered_wish_is_not_called_done(page: DonePage, context: Context) -> None:
    project = context.bridge.desk.project
    context.bridge.perform(lambda: project.set_threshold(1.0))
    waiting = project.pool.ledger().needs_review
    assert waiting > 0
    assert page.sentence() == f"11 images of {11 + waiting} that need you have been seen."
