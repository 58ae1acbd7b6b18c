"""An audit in the window: begun on the routing page, answered by keys, and what it proves outlives a training."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from hitl_desktop.gui.views.routing.page import RoutingPage
from hitl_desktop.workflow.project import Project
from tests.journeys.conftest import Driver, true_key
from tests.made_up_model import give_model

Key = Qt.Key


@pytest.fixture
def driver(drive: Callable[[], Driver], image_project_folder: Path) -> Driver:
    """Sixty pictures, all proposed by a model that is right on all of them: nothing is to do."""
    project = Project.open(image_project_folder)
    give_model(project)
    project.set_threshold(0.5)
    project.close()
    driver = drive()
    assert driver.window.bridge.open_project(image_project_folder)
    return driver


def test_from_the_form_to_the_certificate_and_on(driver: Driver) -> None:
    driver.window.show_page("routing")
    sheet = cast(RoutingPage, driver.window.desk.page("routing")).certificate
    sheet.form.alpha.setValue(20.0)
    sheet.form.begin_button.setFocus()
    driver.press(Key.Key_Return)
    audit = driver.project.store.audits.open().audit
    assert QApplication.focusWidget() is sheet.answer_button, "no field further down gets the focus, and the keys"
    driver.press(Key.Key_Space)
    assert driver.window.desk.page_id == "review"
    driver.settle()
    queue = driver.window.review.queue
    assert queue._count.accessibleName() == f"{len(audit.drawn)} to do", "as many as the queue lists"

    driver.window.bridge.perform(lambda: driver.project.set_retrain_every(len(audit.drawn)))
    while driver.project.store.audits.open() is not None:
        driver.press(true_key(driver))
    driver.trained()
    assert sheet.content is not None
    driver.window.show_page("routing")
    assert sheet.content.stage == "valid"
    assert not sheet.answer_button.isVisible()
    models = driver.project.store.models.all()
    assert len(models) == 2, "the answers of the audit train"
    assert driver.project.model.version == models[0].version, "and their version waits"
    assert "certificate" in str(models[1].verdict["reason"])
