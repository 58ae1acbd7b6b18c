"""Marks that say what counts: stored with decisions, taught by variants, never in a sample that measures."""

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.evidence import Box, Evidence, Span
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.learning.bundles import load_bundle
from hitl_desktop.workflow import steering
from hitl_desktop.workflow.mark_effect import effect_of_marks
from hitl_desktop.workflow.mark_effect_request import mark_effect_request
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import Decided, Marked
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.teaching_marks import teaching_marks
from hitl_desktop.workflow.training import train_and_score
from hitl_desktop.workflow.variants import ALONE, HOSTS, make_variants, recipes_for
from tests.conftest import Retrain


def decide(project: Project, count: int, marked: int, *, counts: bool = False) -> ReviewSession:
    """Decide by the truth; the first word of the first `marked` items that train is marked."""
    project.set_threshold(1.0)
    session = ReviewSession(project, "ann")
    for _ in range(count):
        assert session.current is not None
        trains = not project.reserve.members[session.current]
        if marked and trains:
            if project.kind.from_rows:
                word = project.store.items.text(session.current).split(" ")[0]
                session.mark(Evidence((Span(0, len(word), word, counts=counts),)))
            else:
                session.mark(Evidence((Box(1, 1, 6, 6, counts=counts),), 32, 32))
            marked -= 1
        session.decide(Verdict.CORRECTED, session.item.truth_id)
    return session


def test_marks_teach_and_can_be_switched_off_and_taken_back(text_project: Project) -> None:
    project = text_project
    session = decide(project, 24, 3)
    retraining = Retraining(project)
    request = retraining.request(retraining.snapshot())
    assert [one.index for one in request.marked] == [e.item_index for e in project.store.decisions.teaching()]
    assert len(request.marked) == 3
    assert not set(project.measuring_items().tolist()) & {one.index for one in request.marked}

    trained = train_and_score(request, no_progress, never_cancelled)
    card = load_bundle(trained.bundle).card["choice"]
    assert (card["marked_items"], trained.rows) == (3, len(request.training.rows))
    assert card["variants"] > 3
    assert card["decisions"] == len(request.training.rows), "variants are no decisions"

    marks = teaching_marks(project, request.training.rows)
    assert [mark.decision.reviewer for mark in marks] == ["ann"] * 3
    plan = steering.plan_in_force(project)
    off = type(plan)({}, (), plan.choices, (marks[0].key,))
    assert len(retraining.request(retraining.snapshot(), off).marked) == 2, "tried before it is in force"
    assert steering.apply(project, "ann", off).told == "1 mark no longer teaches."
    assert len(retraining.request(retraining.snapshot()).marked) == 2
    steering.take_back(project, "ann")
    assert len(retraining.request(retraining.snapshot()).marked) == 3
    last = max(project.store.decisions.teaching(), key=lambda event: event.number)
    while last in project.store.decisions.teaching():
        session.undo()
    assert len(project.store.decisions.teaching()) == 2


def test_marks_in_pictures_teach_too(image_project: Project) -> None:
    decide(image_project, 24, 2)
    retraining = Retraining(image_project)
    request = retraining.request(retraining.snapshot())
    card = load_bundle(train_and_score(request, no_progress, never_cancelled).bundle).card["choice"]
    assert card["marked_items"] == 2
    again = make_variants(request.features, [request.features.extractor], request.marked, request.training, _refuses)
    assert again is not None
    assert len(again.digests) == card["variants"], "nothing is made twice"


def _refuses() -> bool:
    raise AssertionError("everything is there")


def test_what_marks_ask_for_stays_among_items_that_train() -> None:
    training = Decided(np.arange(0, 40, 2), np.array([7, 8] * 10))
    span = Span(0, 2, "ab", counts=False)
    marked = [
        Marked(4, 7, (span, Span(3, 5, "cd", counts=True))),
        Marked(5, 7, (span,)),
        Marked(6, 8, (Span(0, 2, "ab", label_id=7, counts=True), Span(3, 5, "cd", label_id=7, counts=False))),
    ]
    found = recipes_for(marked, training)
    assert {r.donor for r in found} == {4, 6}, "5 does not train"
    assert {r.host for r in found} <= set(training.rows.tolist())
    of_four = [r for r in found if r.donor == 4]
    assert [(r.how, r.weight) for r in of_four][:2] == [("out", 1.0), ("alone", ALONE)]
    labels = dict(zip(training.rows.tolist(), training.labels.tolist(), strict=True))
    assert [labels[r.host] for r in of_four if r.how == "put in"] == [8] * HOSTS
    of_six = [r for r in found if r.donor == 6]
    assert "alone" not in {r.how for r in of_six}, "an item of another class is no example of it"
    assert {labels[r.host] for r in of_six if r.how == "put in"} == {8}, "the words speak for 7"
    fewer = recipes_for(marked, Decided(training.rows[:12], training.labels[:12]))
    stay = {r.host for r in found if r.how == "put in" and r.host < 24}
    assert stay <= {r.host for r in fewer}, "the same hosts again, so that nothing is made twice"


@pytest.mark.parametrize("count", [1, 400])
def test_many_marks_make_no_flood(count: int) -> None:
    training = Decided(np.arange(1000), np.arange(1000) % 2)
    marked = [Marked(i, i % 2, (Span(0, 2, "ab", counts=False),)) for i in range(count)]
    assert len(recipes_for(marked, training)) <= 610


@pytest.mark.parametrize("kind", ["text", "image"])
def test_what_a_mark_changes_is_told_before_anything_is_decided(
    kind: str, request: pytest.FixtureRequest, retrain: Retrain
) -> None:
    project: Project = request.getfixturevalue(f"{kind}_project")
    session = decide(project, 20, 1)
    retrain(project)
    index = next(int(i) for i in project.pool.undecided() if not project.reserve.members[i])
    word = project.store.items.text(index).split(" ")[0] if kind == "text" else ""
    mark = Span(0, len(word), word, counts=False) if kind == "text" else Box(0, 0, 12, 12, counts=False)
    evidence = Evidence((mark,)) if kind == "text" else Evidence((mark,), 32, 32)
    decisions = project.store.decisions.count()
    asked = mark_effect_request(project, index, evidence, project.store.items.get(index).truth_id or 1)
    cached = {path: path.stat().st_size for path in asked.features.cache.rglob("*.bin")}
    effect = effect_of_marks(asked, no_progress, never_cancelled)
    assert effect.index == index
    assert 0 < effect.before < 1
    assert abs(effect.part_after) < abs(effect.part_before), "it counts for less"
    assert project.store.decisions.count() == decisions
    assert cached == {path: path.stat().st_size for path in asked.features.cache.rglob("*.bin")}, "nothing is written"
    apart = int(project.reserve.order[0])
    with pytest.raises(KnownError, match="kept apart"):
        mark_effect_request(project, apart, evidence, 1)
    assert session.current is not None


def test_what_was_decided_can_be_marked_later(text_project: Project) -> None:
    session = decide(text_project, 12, 0)
    index = next(
        event.item_index
        for event in text_project.store.decisions.all()
        if not text_project.reserve.members[event.item_index]
    )
    label_id = int(text_project.pool.label_ids[index])
    session.go_to(index)
    text = text_project.store.items.text(index)
    session.mark(Evidence((Span(0, 2, text[:2], counts=False),)))
    session.decide(Verdict.CORRECTED, label_id)
    (event,) = text_project.store.decisions.teaching()
    assert (event.item_index, event.label_id) == (index, label_id)
    session.undo()
    assert text_project.store.decisions.teaching() == []
