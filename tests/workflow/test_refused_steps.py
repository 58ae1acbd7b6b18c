"""A step that the disk refuses leaves memory, session and disk as they were, whatever sort of step it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import DiskTrouble, KnownError
from hitl_desktop.domain.evidence import Evidence, Span
from hitl_desktop.domain.pool import TO_DO
from hitl_desktop.domain.responses import Response
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.record import Recorder
from hitl_desktop.store.refusals import disk_full
from hitl_desktop.workflow import automation, certifying, learning_choices, reasons, routing, steering
from hitl_desktop.workflow.amending import decide_again
from hitl_desktop.workflow.bulk import bulk_events
from hitl_desktop.workflow.certifying import Stage
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from tests.made_up_model import give_model
from tests.workflow.test_certifying import certified

Step = Callable[[ReviewSession], object]


def _in_memory(project: Project) -> dict[str, Any]:
    """What an open project knows of itself."""
    store, pool = project.store, project.pool
    recalled = pool.facts.recalled
    return {
        "states": pool.states.tolist(),
        "answers": pool.label_ids.tolist(),
        "ledger": pool.ledger(),
        "policy": repr(project.policy),
        "routes": project.routes.route.tolist(),
        "measure": pool.measure,
        "recalled": [] if recalled is None else np.flatnonzero(recalled).tolist(),
        "classes": project.labels,
        "model": project.model,
        "decisions": store.decisions.count(),
        "audits": [(one.standing, one.certificate) for one in store.audits.all()],
        "automatic": automation.state(project),
        "steering": steering.plan_in_force(project),
        "choices": learning_choices.choices_of(store),
        "reasons": reasons.reasons_of(store),
    }


def _on_disk(project: Project) -> dict[str, Any]:
    reader = Project.reader(project.folder)
    try:
        return _in_memory(reader)
    finally:
        reader.close()


def _many(session: ReviewSession) -> object:
    project = session.project
    some = [int(index) for index in np.flatnonzero(project.pool.states == TO_DO)[-4:]]
    return session.decide_many(bulk_events(session, some, Verdict.CORRECTED, project.offered[0].id))


STEPS: dict[str, Step] = {
    "decide": lambda s: s.decide(Verdict.CORRECTED, s.project.offered[0].id, note="seen"),
    "skip": lambda s: s.decide(Verdict.SKIPPED),
    "undo": lambda s: s.undo(),
    "redo": lambda s: s.redo(),
    "a note": lambda s: s.keep_draft("half a thought"),
    "a reply": lambda s: s.respond(Response(reply="hello")),
    "a mark": lambda s: s.mark(Evidence((Span(0, 3, "abc"),))),
    "undo a mark": lambda s: s.undo(),
    "redo a mark": lambda s: s.redo(),
    "what was marked": lambda s: s.decide(Verdict.FLAGGED),
    "many": _many,
    "undo many": lambda s: s.undo(),
    "redo many": lambda s: s.redo(),
    "a limit": lambda s: s.project.set_threshold(0.7),
    "a limit taken back": lambda s: routing.take_back(s.project, by="ann"),
    "allow it": lambda s: automation.override(s.project, "ann", "a trial"),
    "automatic": lambda s: automation.tick(s.project, 3),
    "pause": lambda s: automation.pause(s.project, "ann"),
    "a weight": lambda s: steering.weigh(s.project, "ann", 0, 2.0),
    "a strategy": lambda s: learning_choices.choose(s.project.store, "strategy", "random"),
    "reasons": lambda s: reasons.set_reasons(s.project.store, ["blurred", "cut off"]),
    "another version": lambda s: Retraining(s.project).put_to_use(1),
    "a class": lambda s: s.change_classes(lambda editor: editor.add("third")),
    "a name": lambda s: s.change_classes(lambda e: e.rename(s.project.offered[2].id, "other", "clearer")),
    "a name taken back": lambda s: s.undo(),
    "merged": lambda s: s.change_classes(lambda e: e.merge(s.project.offered[0].id, s.project.offered[2].id, "same")),
}

DRAFTS = ("a note", "a reply", "a mark", "undo a mark", "redo a mark")
"""What is kept and not on record."""


@pytest.fixture
def session(text_project: Project) -> ReviewSession:
    for _ in range(2):
        give_model(text_project)
    session = ReviewSession(text_project, "ann")
    session.replan()
    return session


def _refuse(recorder: Recorder) -> None:
    raise disk_full()


def test_memory_says_what_the_disk_says(session: ReviewSession, monkeypatch: pytest.MonkeyPatch) -> None:
    project = session.project
    for name, step in STEPS.items():
        before, head = _in_memory(project), project.store.record_head()
        seen = session.current, session.slot, session.marks.evidence, session.response
        with monkeypatch.context() as full:
            full.setattr(Recorder, "follow", _refuse)
            with pytest.raises(DiskTrouble, match="not saved"):
                step(session)
        assert project.store.is_refused, name
        assert _in_memory(project) == before, name
        assert project.store.record_head() == head, name
        assert (session.current, session.slot, session.marks.evidence, session.response) == seen, name
        step(session)
        assert not project.store.is_refused, name
        assert _in_memory(project) == _on_disk(project), name
        assert project.store.record_head() != head or name in DRAFTS, name


def test_looking_around_needs_no_disk(session: ReviewSession, monkeypatch: pytest.MonkeyPatch) -> None:
    first = session.current
    monkeypatch.setattr(Recorder, "follow", _refuse)
    later = int(session.waiting()[5])
    session.go_to(later)
    assert (session.current, session.item and session.item.index) == (later, later)
    session.go_to(first or 0)
    assert session.current == first


def test_a_decision_and_the_certificate_it_ends_are_saved_together(
    image_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a program that dies in between leaves a certificate whose answers have changed."""
    session = ReviewSession(image_project, "ann")
    give_model(image_project)
    session.replan()
    drawn = certified(session)

    def wrongly(index: int) -> None:
        item = image_project.store.items.get(index)
        other = next(label.id for label in image_project.labels if label.id != item.truth_id)
        decide_again(session, index, Verdict.CORRECTED, other, reason="looked again")

    with monkeypatch.context() as full:
        full.setattr(certifying, "happened", lambda *_: _refuse(image_project.store.chain))
        for index in drawn:
            before = _in_memory(image_project)
            try:
                wrongly(index)
            except DiskTrouble:
                break
        else:
            pytest.fail("no answer ended it")
        assert _in_memory(image_project) == before == _on_disk(image_project)
    wrongly(index)
    assert certifying.state(image_project).stage is Stage.SUSPENDED
    assert _in_memory(image_project) == _on_disk(image_project)


def test_what_cannot_be_read_for_the_second_record_is_no_failed_decision(
    session: ReviewSession, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("second record could not be written")
    store = session.project.store

    def unreadable(*_: object) -> None:
        raise KnownError(say("The disk cannot read a part of the project."))

    with monkeypatch.context() as failing:
        failing.setattr(type(store.items), "digests_of", unreadable)
        session.decide(Verdict.SKIPPED)
        assert store.second_record_is_behind
        assert session.project.pool.ledger() == _on_disk(session.project)["ledger"]
    session.decide(Verdict.SKIPPED)
    assert not store.second_record_is_behind
    lines = (store.folder / "decisions.jsonl").read_text("ascii").splitlines()
    assert len(lines) == store.decisions.count()


def test_a_project_on_a_full_disk_says_so(text_project_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hitl_desktop.domain.errors import ProjectRefused
    from hitl_desktop.workflow.opening import open_to_work

    monkeypatch.setattr(Recorder, "start", _refuse)
    with pytest.raises(ProjectRefused, match=r"cannot be opened to work in.*Free some space"):
        open_to_work(text_project_folder)
