"""What nobody has seen yet is not answered: a picture that is still being opened."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest

from hitl_desktop.gui import media
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.review.page import ReviewPage


def test_a_key_before_the_picture_is_there_decides_nothing(
    context: Context, qtbot: Any, image_project_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_through, decode, told = Event(), media.decode, []

    def slow(*given: Any) -> Any:
        let_through.wait(30)
        return decode(*given)

    monkeypatch.setattr(media, "decode", slow)
    context.bridge.works_by_itself = False
    context.bridge.notified.connect(lambda message: told.append(message.text))
    assert context.bridge.open_project(image_project_folder)
    page = ReviewPage(context)
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    session = context.bridge.desk.session
    log, first = context.bridge.desk.project.store.decisions, session.current
    label = context.bridge.desk.project.offered[0].id
    try:
        page.choose(label)
        assert (log.count(), session.current) == (0, first)
        assert told == ["Not decided: this item is not on screen yet."]
        page.act("skip")
        assert log.count() == 1, "setting aside needs no look"
    finally:
        let_through.set()
    assert page.viewer is not None
    qtbot.waitUntil(lambda: not page.viewer.is_loading, timeout=30_000)
    page.choose(label)
    assert log.count() == 2
