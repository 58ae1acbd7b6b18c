"""What the pages say about a project must equal what the log holds."""

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.policy import with_limit
from hitl_desktop.domain.routing import Ledger
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow import insight, routing
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession


def decide(project: Project, times: int) -> ReviewSession:
    session = ReviewSession(project, "Ada")
    for _ in range(times):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)
    return session


def test_standing_verdicts_follow_the_decision_that_holds(image_project: Project, retrain) -> None:
    session = decide(image_project, 12)
    retrain(image_project)
    session.replan()
    session.undo()
    shown = image_project.suggestion(session.current)
    assert shown is not None
    session.shown = shown
    session.decide(Verdict.CONFIRMED)
    session.decide(Verdict.UNSURE)

    assert image_project.store.decisions.standing_verdicts() == {"corrected": 11, "confirmed": 1}


def test_versions_are_measured_on_what_was_drawn_at_random(image_project: Project, retrain) -> None:
    decide(image_project, 30)
    snapshot = Retraining(image_project).snapshot()
    assert insight.measured_versions(image_project, snapshot) == []  # there is no model yet

    model = retrain(image_project)
    ((measured, found),) = insight.measured_versions(image_project, snapshot)
    assert measured == model
    assert (found.of, found.right) == (3, model.metrics["right"])
    assert 0.0 <= found.low <= found.share <= found.high <= 1.0


def test_a_bundled_model_is_measured_on_held_out_data_only() -> None:
    bundled = ModelVersion(1, "bundled", "digits", "", 0, 0, {"held_out": 898, "right": 891})
    found = insight.held_out(bundled)
    assert found is not None
    assert (found.right, found.of) == (891, 898)


@pytest.mark.parametrize(
    "metrics",
    [
        {"held_out": 5},
        {"held_out": 0, "right": 0},
        {"held_out": 5, "right": 6},
        {"held_out": 5, "right": -1},
        {"held_out": "5", "right": 4},
        {"held_out": True, "right": True},
        {"held_out": 5.0, "right": 4.0},
    ],
)
def test_counts_that_cannot_be_are_no_figure(metrics: dict[str, object]) -> None:
    assert insight.held_out(ModelVersion(1, "imported", "x", "", 0, 0, metrics)) is None


def test_what_set_the_confidence_right_has_three_answers() -> None:
    trained, opened = (ModelVersion(1, origin, "", "", 0, 0) for origin in ("trained", "imported"))
    own = {"calibration": "platt", "card": {"calibration_checks": 120}}
    assert insight.calibration_words(trained, own, 130) == "calibrated on 120 random checks"
    for model, facts in ((opened, own), (trained, {"calibration": "platt", "card": {}})):
        assert insight.calibration_words(model, facts, 130) == "calibrated by its makers on other data"
    nothing = {"calibration": None, "card": {}}
    assert insight.calibration_words(trained, nothing, 5) == "not yet calibrated: 5 of 100 checks"
    assert insight.calibration_words(trained, {}, 100) == "not yet calibrated: the next training will be"


def test_decided_per_class_keeps_the_order_of_classes(image_project: Project) -> None:
    decide(image_project, 9)
    rows = insight.decided_per_class(image_project)
    assert [label.name for label, _ in rows] == ["dots", "lines", "plain"]
    assert sum(number for _, number in rows) == 9


def split_at(project: Project, threshold: float) -> Ledger:
    """How the items would stand with the limit there."""
    twin = project.pool.copy()
    twin.set_policy(with_limit(twin.policy, threshold), twin.facts)
    return twin.ledger()


def test_bins_and_neighbours_agree_with_the_split(image_project: Project, retrain) -> None:
    decide(image_project, 12)
    retrain(image_project)
    for threshold in (0.0, 0.42, 0.5, 1.0):
        split = split_at(image_project, threshold)
        shown = routing.preview(image_project, with_limit(image_project.policy, threshold))
        assert (sum(b for b, _ in shown.bins), sum(a for _, a in shown.bins)) == (split.needs_review, split.proposed)
        below, above = (insight.near_items(image_project, items) for items in shown.near)
        assert all(item.confidence < threshold for item in below)
        assert all(item.confidence >= threshold for item in above)
        assert [i.confidence for i in below] == sorted((i.confidence for i in below), reverse=True)
        assert len(above) == min(4, split.proposed)


def test_texts_are_named_by_their_beginning(text_project: Project, retrain) -> None:
    decide(text_project, 8)
    retrain(text_project)
    below, above = routing.preview(text_project, text_project.policy).near
    (item,) = insight.near_items(text_project, (below + above)[:1])
    assert text_project.store.items.text(item.index).startswith(item.name)
