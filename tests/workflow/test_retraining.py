"""Training: when it is due, what it learns from, and how its result comes into use."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Slot, Verdict
from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.reviewers import Sitting
from hitl_desktop.workflow.finished import made_ready
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import Scored, Trained
from hitl_desktop.workflow.retraining import Retraining, told
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.scores import write_scores
from hitl_desktop.workflow.training_beside import WorkBeside
from hitl_desktop.workflow.training_record import training_hash
from hitl_desktop.workflow.worker import InlineRunner
from tests.conftest import Retrain
from tests.on_record import events


def decide(project: Project, count: int, label_id: int | None = None) -> ReviewSession:
    """Answer with the hidden truth, or always with one class."""
    project.set_threshold(1.0)  # so that enough items still wait after a training
    session = ReviewSession(project, "ann")
    for _ in range(count):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, label_id or session.item.truth_id)
    return session


def models_on_disk(project: Project) -> list[str]:
    return sorted(p.name for p in (project.folder / "models").iterdir())


def test_training_is_due_after_enough_decisions_that_may_train(image_project: Project, retrain: Retrain) -> None:
    image_project.set_retrain_every(9)
    retraining = Retraining(image_project)
    decide(image_project, 8)
    assert not retraining.is_due()
    decide(image_project, 1)
    assert retraining.is_due()
    model = retrain(image_project)
    assert (model.trained_on, model.after_decision) == (9, 9)
    assert retraining.decisions_since() == 0
    decide(image_project, 9)
    assert retraining.decisions_since() == 8, "one of them was a random check"
    assert not retraining.is_due()


def test_without_decisions_there_is_nothing_to_learn_from(image_project: Project) -> None:
    retraining = Retraining(image_project)
    with pytest.raises(KnownError, match="no decisions to learn from"):
        retraining.request(retraining.snapshot())


def test_one_class_is_not_enough_and_is_named(image_project: Project) -> None:
    decide(image_project, 25, label_id=2)
    retraining = Retraining(image_project)
    assert not retraining.is_due()
    with pytest.raises(KnownError, match="All decisions so far say lines") as refusal:
        retraining.request(retraining.snapshot())
    assert refusal.value.remedy == "Decide items of another class first."
    assert image_project.model is None


def test_random_checks_measure_and_never_train(image_project: Project, retrain: Retrain) -> None:
    decide(image_project, 30)
    snapshot = Retraining(image_project).snapshot()
    checks = [e.item_index for e in image_project.store.decisions.all() if e.slot is Slot.EXPLORE]
    assert len(checks) == 3
    assert sorted(snapshot.checks[0]) == sorted(checks)
    assert not set(snapshot.training[0]) & set(checks)
    metrics = retrain(image_project).metrics
    assert metrics["checks"] == 3
    assert metrics["accuracy"] == metrics["right"] / 3
    assert metrics["interval"][0] <= metrics["accuracy"] <= metrics["interval"][1]
    assert "right_before" not in metrics, "there was no model before"
    decide(image_project, 10)
    metrics = retrain(image_project).metrics
    assert (metrics["checks"], metrics["version_before"]) == (4, 1)
    assert 0 <= metrics["right_before"] <= 4


def test_a_model_learns_the_classes_it_was_shown(image_project: Project, retrain: Retrain) -> None:
    decide(image_project, 30)
    model = retrain(image_project)
    truth = image_project.store.items.truth_ids()
    undecided = image_project.pool.undecided()
    assert image_project.is_scored
    assert (image_project.pool.predicted[undecided] + 1 == truth[undecided]).mean() > 0.8
    assert told(model).startswith("Model v1 is in use. It is the first model of this project, right on")
    probabilities = image_project.pool.probabilities
    assert probabilities is not None
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_classes_not_seen_yet_have_no_probability(image_project: Project, retrain: Retrain) -> None:
    session = ReviewSession(image_project, "ann")
    taken = 0
    while taken < 8:
        assert session.item is not None
        wanted = session.item.truth_id != 2
        session.decide(Verdict.CORRECTED if wanted else Verdict.SKIPPED, session.item.truth_id)
        taken += wanted
    retrain(image_project)
    probabilities = image_project.pool.probabilities
    assert probabilities is not None
    assert np.abs(probabilities[:, 1]).max() == 0.0
    assert probabilities[:, 0].max() > 0.5
    assert probabilities[:, 2].max() > 0.5


def test_committing_swaps_model_and_predictions_together(image_project: Project, retrain: Retrain) -> None:
    decide(image_project, 12)
    retrain(image_project)
    first = np.array(image_project.pool.probabilities)
    decide(image_project, 12)
    retraining = Retraining(image_project)
    snapshot = retraining.snapshot()
    trained = InlineRunner().run("train", retraining.request(snapshot), no_progress, never_cancelled)
    assert isinstance(trained, Trained)
    assert np.array_equal(np.array(image_project.pool.probabilities), first), "training alone changes nothing"
    assert image_project.model is not None
    assert image_project.model.version == 1
    changes, model = retraining.commit(snapshot, trained)
    assert changes.model
    assert changes.order
    assert image_project.model == model
    assert not np.array_equal(np.array(image_project.pool.probabilities), first)
    assert models_on_disk(image_project) == ["v1", "v2"]
    assert image_project.pool.ledger().adds_up


def test_an_earlier_model_can_be_put_back(image_project: Project, retrain: Retrain) -> None:
    decide(image_project, 12)
    retrain(image_project)
    first = np.array(image_project.pool.probabilities)
    decide(image_project, 12)
    retrain(image_project)
    changes = Retraining(image_project).put_to_use(1)
    assert changes.told == "Model v1 is in use again."
    assert image_project.model is not None
    assert image_project.model.version == 1
    assert np.array_equal(np.array(image_project.pool.probabilities), first)
    with pytest.raises(KnownError, match="no model v9"):
        Retraining(image_project).put_to_use(9)
    assert retrain(image_project).version == 3, "numbers are never used again"


def test_scores_that_were_pruned_are_computed_again(image_project: Project, retrain: Retrain) -> None:
    decide(image_project, 12)
    for _ in range(4):
        retrain(image_project)
    assert not image_project.scores_file(1).exists()
    Retraining(image_project).put_to_use(1)
    assert not image_project.is_scored
    scored = InlineRunner().run("score", image_project.score_request(), no_progress, never_cancelled)
    assert isinstance(scored, Scored)
    image_project.take_scores(dict(scored.unreadable))
    assert image_project.is_scored


def worse_than_the_one_in_use(project: Project, retraining: Retraining) -> Trained:
    """A training whose result says the wrong class of everything."""
    trained = InlineRunner().run("train", retraining.request(retraining.snapshot()), no_progress, never_cancelled)
    assert isinstance(trained, Trained)
    wrong = np.zeros((60, 3), np.float32)
    wrong[np.arange(60), project.store.items.truth_ids() % 3] = 1.0
    write_scores(trained.scores, wrong)
    return trained


def test_a_worse_version_stays_a_challenger_and_changes_nothing(image_project: Project, retrain: Retrain) -> None:
    decide(image_project, 60)
    first = retrain(image_project)
    before = np.array(image_project.pool.probabilities)
    retraining = Retraining(image_project)
    snapshot = retraining.snapshot()
    assert len(snapshot.checks[0]) == 6
    changes, model = retraining.commit(snapshot, worse_than_the_one_in_use(image_project, retraining))
    assert model.version == 2
    assert not model.verdict["is_promoted"]
    assert (model.verdict["against"], model.verdict["suggestions"]) == (1, 60)
    assert model.verdict["changed"] >= 55
    assert changes.model
    assert not changes.order
    assert not changes.pool
    assert changes.told.startswith("Model v2 was not put to use. All in all it is worse")
    assert image_project.model == first
    assert np.array_equal(np.array(image_project.pool.probabilities), before)
    assert [a.version for a in image_project.store.models.activations()] == [1]
    assert retraining.decisions_since() == 0, "it counts as a training all the same"


def test_a_challenger_can_be_put_to_use_and_taken_back_and_both_are_on_record(
    image_project: Project, retrain: Retrain
) -> None:
    decide(image_project, 60)
    retrain(image_project)
    retraining = Retraining(image_project)
    retraining.commit(retraining.snapshot(), worse_than_the_one_in_use(image_project, retraining))
    assert retraining.put_to_use(2).told == "Model v2 is in use."
    assert image_project.model is not None
    assert image_project.model.version == 2
    item = image_project.suggestion(0)
    assert item is not None
    assert item.model_version == 2
    retraining.put_to_use(1)
    first, second, third = image_project.store.models.activations()
    assert (first.by, second.by, third.by) == ("retraining", "ann", "ann")
    assert first.why.english().startswith("It is the first model of this project, right on")
    assert second.why.english().startswith("The reviewer chose it. The comparison said: All in all it is worse")
    assert third.why.english() == "The reviewer went back to it."
    image_project.store.sit(Sitting("Eve"))
    retraining.put_to_use(2)
    assert image_project.store.models.activations()[-1].by == "Eve", "whoever is at work did it"
    with pytest.raises(KnownError, match="no model v9"):
        retraining.put_to_use(9)


def test_a_version_has_its_name_on_the_disk_before_the_database_tells_of_it(
    image_project: Project, retrain: Retrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut in between must not leave a model in use that is nowhere."""
    decide(image_project, 30)
    seen: list[tuple[str, bool, int]] = []

    def durable(folder: Path) -> None:
        seen.append((folder.name, (folder / "v1").is_dir(), len(image_project.store.models.all())))

    monkeypatch.setattr("hitl_desktop.workflow.retraining.make_folder_durable", durable)
    retrain(image_project)
    assert seen == [("models", True, 0)]


def test_the_version_in_use_keeps_its_scores_however_old_it_is(image_project: Project, retrain: Retrain) -> None:
    decide(image_project, 60)
    retrain(image_project)
    retraining = Retraining(image_project)
    for _ in range(4):
        retraining.commit(retraining.snapshot(), worse_than_the_one_in_use(image_project, retraining))
    assert image_project.model is not None
    assert image_project.model.version == 1
    assert image_project.scores_file(1).exists()
    assert not image_project.scores_file(2).exists()


def test_what_a_version_learned_from_has_a_name(image_project: Project, retrain: Retrain) -> None:
    decide(image_project, 20)
    digests = image_project.store.items.digests()
    events = [e for e in image_project.store.decisions.all() if e.slot is not Slot.EXPLORE]
    by_hand = training_hash((digests[e.item_index], image_project.label(e.label_id).name) for e in events)
    first, again = retrain(image_project), retrain(image_project)
    assert first.trained_hash == again.trained_hash == by_hand
    assert first.trained_on == len(events) == 18
    decide(image_project, 1)
    assert retrain(image_project).trained_hash != by_hand


def test_what_a_crash_left_behind_does_not_block_the_next_training(image_project: Project, retrain: Retrain) -> None:
    decide(image_project, 12)
    half_committed = image_project.folder / "models" / "v1"
    half_committed.mkdir()
    (half_committed / "arrays.npz").write_bytes(b"half")
    killed = image_project.folder / "models" / ".training-dead"
    killed.mkdir()
    (image_project.folder / "scores" / ".training-dead.npy").write_bytes(b"half")
    assert retrain(image_project).version == 1
    assert models_on_disk(image_project) == ["v1"]
    assert sorted(p.name for p in (image_project.folder / "scores").iterdir() if p.is_file()) == [
        "v1.npy",
        "v1.quick-60.map",
        "v1.quick-60.npy",
        "v1.typiclust_start.cluster_margin.npz",
    ]
    assert (half_committed / "card.json").is_file()


def test_a_cancelled_training_leaves_the_model_in_use(image_project: Project, retrain: Retrain) -> None:
    decide(image_project, 12)
    retrain(image_project)
    retraining = Retraining(image_project)
    with pytest.raises(Cancelled):
        InlineRunner().run("train", retraining.request(retraining.snapshot()), no_progress, lambda: True)
    retraining.given_up(retraining.snapshot().after_decision)
    retraining.given_up(retraining.snapshot().after_decision, ZeroDivisionError("where somebody's name may stand"))
    said = [event for event in events(image_project.folder) if event["do"] == "not_trained"]
    assert [event["why"] for event in said] == ["cancelled", "ZeroDivisionError"]
    assert not any("somebody" in str(event) for event in said)
    assert models_on_disk(image_project) == ["v1"]
    assert image_project.model is not None
    assert image_project.model.version == 1


def test_training_starts_at_the_model_in_the_box(text_table: Path, tmp_path: Path, retrain: Retrain) -> None:
    from hitl_desktop.workflow.ingest import create_project
    from hitl_desktop.workflow.requests import NewProject

    request = NewProject(tmp_path / "P.hitl", text_table, labels=("ham", "spam"))
    create_project(request, no_progress, never_cancelled)
    project = Project.open(tmp_path / "P.hitl")
    InlineRunner().run("score", project.score_request(), no_progress, never_cancelled)
    project.take_scores({})
    before = np.array(project.pool.probabilities)
    session = ReviewSession(project, "ann")
    for _ in range(5):
        session.decide(Verdict.CORRECTED, 2)
    hindrance = Retraining(project).hindrance()
    assert hindrance is not None, "one class would only pull the model towards itself"
    assert "second class" in hindrance.remedy + hindrance.message
    session.decide(Verdict.CORRECTED, 1)
    model = retrain(project)
    after = np.array(project.pool.probabilities)
    rows = [e.item_index for e in project.store.decisions.all()[:5]]
    project.close()
    assert (model.version, model.origin) == (2, "trained")
    assert (after[rows, 1] > before[rows, 1]).all()


def test_a_training_on_the_thread_of_the_jobs_is_the_same_and_decisions_meanwhile_are_news(
    image_project: Project,
) -> None:
    session = decide(image_project, 20)
    retraining = Retraining(image_project)
    beside = WorkBeside(image_project)
    session.decide(Verdict.CORRECTED, image_project.labels[0].id)
    with ThreadPoolExecutor(1) as thread:
        finished = thread.submit(beside.train, InlineRunner(), no_progress, never_cancelled).result()
    assert beside.after == 20
    assert finished.ready.fits(image_project)
    here = made_ready(image_project, finished.snapshot, finished.trained)
    assert finished.ready.training_hash == here.training_hash
    assert (finished.ready.metrics, finished.ready.changed) == (here.metrics, here.changed)
    changes, model = retraining.commit(finished.snapshot, finished.trained, finished.ready)
    assert changes.model
    assert model.trained_on == len(finished.snapshot.training[0])
    pool = image_project.pool
    taken = pool.confidence.copy(), pool.predicted.copy(), pool.routes.route.copy()
    image_project.load_scores()
    for before, now in zip(taken, (pool.confidence, pool.predicted, pool.routes.route), strict=True):
        assert np.array_equal(before, now), "what was worked out beside is what the file says"


def test_two_answers_that_differ_are_witness_enough_until_one_of_them_changes(image_project: Project) -> None:
    session, labels = ReviewSession(image_project, "ann"), image_project.labels
    retraining = Retraining(image_project)
    members = image_project.reserve.members
    first, second = [int(i) for i in image_project.pool.undecided() if not members[i]][:2]
    for index, label in ((first, labels[0]), (second, labels[1])):
        session.take(index)
        session.decide(Verdict.CORRECTED, label.id)
    assert retraining.hindrance() is None
    session.undo()
    assert "say" in str(retraining.hindrance())
    session.redo()
    assert retraining.hindrance() is None
    session.take(second)
    session.decide(Verdict.CORRECTED, labels[0].id, reason="looked again")
    assert retraining.hindrance() is not None
