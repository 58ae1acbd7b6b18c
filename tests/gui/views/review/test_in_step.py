"""What is on screen is what the next key decides, whatever the disk refused in between."""

from pathlib import Path
from typing import Any

import pytest

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.footer import Footer
from hitl_desktop.gui.views.review.page import ReviewPage
from hitl_desktop.store.items import ItemTable
from hitl_desktop.store.record import Recorder
from hitl_desktop.store.refusals import disk_full


@pytest.fixture
def page(context: Context, qtbot: Any, text_project_folder: Path) -> ReviewPage:
    context.bridge.works_by_itself = False
    assert context.bridge.open_project(text_project_folder)
    page = ReviewPage(context)
    qtbot.addWidget(page)
    return page


def refuse(*_: object) -> None:
    raise disk_full()


def on_screen(page: ReviewPage, context: Context) -> int:
    items = context.bridge.desk.project.store.items
    return next(i for i, digest in enumerate(items.digests()) if digest == page.shown)


def last_decided(context: Context) -> int:
    log = context.bridge.desk.project.store.decisions
    (decision,) = log.numbered([log.count()])
    return decision.item_index


def test_on_a_full_disk_the_next_key_is_about_what_is_on_screen(
    page: ReviewPage, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = context.bridge.desk.session
    for act in (
        lambda: page.step(1), lambda: page.open_item(int(session.waiting()[5])), lambda: page.act("skip"),
        page.look_again, page.undo, page.redo,
    ):  # fmt: skip
        with monkeypatch.context() as full:
            full.setattr(Recorder, "follow", refuse)
            act()
        assert on_screen(page, context) == session.current
        seen = on_screen(page, context)
        page.act("skip")
        assert last_decided(context) == seen


def test_a_step_that_fails_half_way_shows_what_the_session_has(
    page: ReviewPage, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decision is saved and the next item cannot be read: what is on screen must not be taken for it."""
    session = context.bridge.desk.session

    def lost(*_: object) -> None:
        raise ValueError("a bug")

    with monkeypatch.context() as broken:
        broken.setattr(type(session), "_look_at", lost)
        with pytest.raises(ValueError, match="a bug"):
            page.act("skip")
    assert session.current is not None
    assert on_screen(page, context) == session.current


def test_a_key_for_another_item_than_the_one_on_screen_counts_for_nothing(page: ReviewPage, context: Context) -> None:
    session, before = context.bridge.desk.session, context.bridge.desk.project.store.decisions.count()
    session.take(int(session.waiting()[7]))  # behind the page's back
    page.decide(Verdict.SKIPPED)
    assert context.bridge.desk.project.store.decisions.count() == before
    assert on_screen(page, context) == session.current
    page.decide(Verdict.SKIPPED)
    assert context.bridge.desk.project.store.decisions.count() == before + 1


def test_a_mark_that_was_not_kept_is_not_on_screen(
    page: ReviewPage, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(ItemTable, "set_draft", refuse)
        page.marking._keep((), (5, 5))
        from hitl_desktop.domain.evidence import Span

        page.marking._keep((Span(0, 3, "abc"),))
    assert not page.marking.evidence.marks
    assert not context.bridge.desk.session.marks.evidence.marks


def test_the_footer_says_not_saved_until_something_is(
    page: ReviewPage, context: Context, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    footer = Footer(context)
    qtbot.addWidget(footer)
    assert footer.saved.text() == "All saved"
    with monkeypatch.context() as full:
        full.setattr(Recorder, "follow", refuse)
        page.act("skip")
        assert footer.saved.text() == "Not saved"
        page.step(1)
        assert footer.saved.text() == "Not saved", "looking at another item saves nothing"
    page.act("skip")
    assert footer.saved.text() == "All saved"


def test_whoever_shows_what_was_typed_is_told_to_show_what_is_saved(
    page: ReviewPage, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge, heard = context.bridge, list[Changes]()
    bridge.changed.connect(lambda changes, _by: heard.append(changes))
    with monkeypatch.context() as full:
        full.setattr(Recorder, "follow", refuse)
        assert bridge.perform(lambda: bridge.desk.project.set_retrain_every(33)) is None
    assert heard == [Changes(settings=True)]
    assert bridge.desk.project.retrain_every != 33
