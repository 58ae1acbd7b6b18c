"""Marks of the item on screen: steps, drafts, decisions."""

from pathlib import Path

from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.evidence import NO_EVIDENCE, Box, Evidence
from hitl_desktop.workflow.classes import ClassEditor
from hitl_desktop.workflow.marking import Marks
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession

ONE = Evidence((Box(1, 2, 3, 4),), 28, 28)
TWO = Evidence((Box(1, 2, 3, 4), Box(5, 5, 6, 6, label_id=1)), 28, 28)


def test_steps_are_taken_back_and_made_again() -> None:
    marks = Marks()
    assert (marks.can_undo, marks.can_redo, marks.draft) == (False, False, None)
    assert marks.change(ONE)
    assert not marks.change(ONE)
    marks.change(TWO)
    marks.undo()
    assert (marks.evidence, marks.can_redo) == (ONE, True)
    marks.redo()
    assert marks.evidence == TWO
    marks.undo()
    marks.change(NO_EVIDENCE)
    assert not marks.can_redo


def test_what_is_as_the_decision_has_it_is_no_draft() -> None:
    marks = Marks(ONE)
    marks.change(NO_EVIDENCE)
    assert marks.draft == NO_EVIDENCE, "everything was wiped out: that is to be kept as well"
    marks.change(ONE)
    assert marks.draft is None


def test_steps_stay_while_what_is_said_of_the_item_on_screen_changes(image_project: Project) -> None:
    session = ReviewSession(image_project, "ann")
    session.mark(ONE)
    session.mark(TWO)
    session.take_audit()  # as when it is scored, or many are decided at once
    assert session.marks.evidence == TWO
    session.undo()
    assert session.marks.evidence == ONE
    session.decide(Verdict.CORRECTED, 1)
    assert not session.marks.can_undo, "another item has no steps yet"


def test_marks_stay_with_their_item_until_it_is_decided(image_project: Project, image_project_folder: Path) -> None:
    session = ReviewSession(image_project, "ann")
    item = session.current
    session.mark(ONE)
    session.keep_draft("look here")
    session.step(1)
    assert session.marks.evidence == NO_EVIDENCE
    session.step(-1)
    assert (session.marks.evidence, session.draft()) == (ONE, "look here")
    assert not session.marks.can_undo, "what was done before it was left is not a step of now"
    image_project.close()
    project = Project.open(image_project_folder)
    try:
        again = ReviewSession(project, "ann")
        assert (again.current, again.marks.evidence, again.draft()) == (item, ONE, "look here")
        again.mark(TWO)
        again.decide(Verdict.CORRECTED, 1, note="look here")
        assert again.marks.evidence == NO_EVIDENCE
        (event,) = project.store.decisions.all()
        assert event.evidence == TWO
        again.go_to(int(event.item_index))
        assert again.marks.evidence == TWO, "shown again with its item"
        assert again.marks.draft is None
    finally:
        project.close()


def test_undo_takes_back_marks_first_then_the_decision_and_brings_its_marks_back(image_project: Project) -> None:
    session = ReviewSession(image_project, "ann")
    first = session.current
    session.mark(ONE)
    session.decide(Verdict.CORRECTED, 1)
    second = session.current
    session.mark(ONE)
    session.mark(TWO)
    assert "mark" in session.undo_text()
    session.undo()
    session.undo()
    assert (session.current, session.marks.evidence) == (second, NO_EVIDENCE)
    session.redo()
    assert session.marks.evidence == ONE
    session.undo()
    session.undo()
    assert (session.current, session.marks.evidence) == (first, ONE), "the decision was taken back, not its marks"
    session.redo()
    assert image_project.store.decisions.all()[-1].evidence == ONE
    assert image_project.store.items.draft_evidence(first or 0) is None
    assert session.current == second


def test_a_changed_decision_takes_its_marks_along(image_project: Project) -> None:
    session = ReviewSession(image_project, "ann")
    first = session.current
    assert first is not None
    session.mark(ONE)
    session.decide(Verdict.CORRECTED, 1)
    session.go_to(first)
    assert session.mark(ONE) is NOTHING
    session.mark(TWO)
    session.decide(Verdict.CORRECTED, 2, reason="looked again")
    kept = image_project.store.decisions.live(first)
    assert [event.evidence for event in kept] == [ONE, TWO]
    session.undo()
    assert session.marks.evidence == TWO, "what was drawn for the decision taken back is there as a draft"


def test_a_split_class_gives_its_items_back_with_their_marks(image_project: Project) -> None:
    session = ReviewSession(image_project, "ann")
    first = session.current
    assert first is not None
    session.mark(ONE)
    session.decide(Verdict.CORRECTED, 1)
    ClassEditor(image_project, "ann").split(1, ["one half", "other half"])
    session.take_classes()
    session.go_to(first)
    assert session.marks.evidence == ONE
