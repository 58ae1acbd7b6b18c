"""Items that a model learned from before it came here never measure it, compare it, or calibrate it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.holdout import Holdout
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.learning.bundles import load_bundle
from hitl_desktop.workflow.insight import LEARNED_ELSEWHERE
from hitl_desktop.workflow.known_items import KNOWN_ITEMS, read_known, write_known
from hitl_desktop.workflow.measuring import fair_sample, known_to, measuring_sample
from hitl_desktop.workflow.model_files import OpenedModel, adopt_model, open_request, save_request
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.reporting import model_report
from hitl_desktop.workflow.requests import LabelUse, Trained
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.snapshot import take_snapshot
from hitl_desktop.workflow.status import figures
from hitl_desktop.workflow.version_comparison import compare_versions
from hitl_desktop.workflow.worker import InlineRunner
from tests.conftest import MakeProject, Retrain

LEARNED = 20


def decide(project: Project, count: int) -> None:
    project.set_threshold(1.0)
    session = ReviewSession(project, "ann")
    for _ in range(count):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)


def score(project: Project) -> None:
    InlineRunner().run("score", project.score_request(), no_progress, never_cancelled)
    project.take_scores({})


@pytest.fixture
def file(image_project: Project, retrain: Retrain, tmp_path: Path) -> Path:
    """A model that learned from 18 of the 60 pictures (two of 20 decisions were checks), as a file."""
    decide(image_project, LEARNED)
    retrain(image_project)
    out = tmp_path / "pictures.hitlmodel"
    InlineRunner().run("save_model", save_request(image_project, None, out), no_progress, never_cancelled)
    return out


@pytest.fixture
def elsewhere(file: Path, image_folder: Path, tmp_path: Path, make_project: MakeProject) -> Iterator[Project]:
    """Another project of the same pictures, half of them set aside to measure, that begins from that model."""
    make_project(tmp_path / "E.hitl", image_folder, use_labels=LabelUse.TRUTH, seed=5, holdout=Holdout(share=0.5))
    project = Project.open(tmp_path / "E.hitl")
    result = InlineRunner().run("open_model", open_request(project, file), no_progress, never_cancelled)
    assert isinstance(result, OpenedModel)
    adopt_model(project, result)
    score(project)
    yield project
    project.close()


def test_a_model_made_here_says_what_it_learned_from(image_project: Project, file: Path) -> None:
    assert image_project.model is not None
    folder = image_project.folder / image_project.model.folder
    learned = load_bundle(folder).learned
    assert learned is not None
    assert len(learned) == image_project.model.trained_on == 18
    assert known_to(image_project, image_project.model).tolist() == [], "from elsewhere it knows nothing"


def test_the_items_it_had_learned_from_are_left_out_and_counted_in_words(
    elsewhere: Project, image_project: Project
) -> None:
    known = known_to(elsewhere, elsewhere.model)
    trained, _ = take_snapshot(image_project).training
    assert known.tolist() == sorted(trained.tolist())
    decide(elsewhere, 40)
    snapshot = take_snapshot(elsewhere)
    every, fair = measuring_sample(elsewhere, snapshot), fair_sample(elsewhere, snapshot, elsewhere.model)
    overlap = int(np.isin(every.rows, known).sum())
    assert overlap > 2, "else this test shows nothing"
    assert not np.isin(fair.rows, known).any()
    assert (len(fair), fair.left_out, fair.drawn) == (len(every) - overlap, overlap, every.drawn - overlap)
    assert fair.strata.sizes.tolist() == [60 - len(known), 0]
    report = model_report(elsewhere, snapshot)
    assert report.source.checks == len(fair)
    assert report.accuracy is not None
    assert report.accuracy.of == len(fair)
    said = f"{overlap} more checks are left out: the model had learned from these items before it came here."
    assert report.caveat == report.source.left_out == report.versions[0].caveat == said
    assert figures(report)["left_out"] == overlap


def test_what_is_trained_from_it_inherits_what_it_knows_and_is_compared_on_the_rest(
    elsewhere: Project, retrain: Retrain
) -> None:
    known = known_to(elsewhere, elsewhere.model)
    decide(elsewhere, 40)
    model = retrain(elsewhere)
    folder = elsewhere.folder / model.folder
    assert read_known(folder) is not None
    assert known_to(elsewhere, model).tolist() == known.tolist()
    learned = load_bundle(folder).learned
    assert learned is not None
    assert len(learned) == len(np.union1d(known, take_snapshot(elsewhere).training[0]))
    snapshot = take_snapshot(elsewhere)
    fair = fair_sample(elsewhere, snapshot, model)
    assert model.metrics["checks"] == len(fair)
    assert model.metrics["left_out"] == fair.left_out > 0
    assert compare_versions(elsewhere, snapshot, 1, 2).overall.checks == len(fair)
    report = model_report(elsewhere, snapshot)
    assert {point.accuracy.of for point in report.curve} == {len(fair)}


def test_checks_that_it_knows_do_not_calibrate_it(elsewhere: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    decide(elsewhere, 40)
    passed: list[int] = []
    from hitl_desktop.workflow import training

    real = training.calibrated

    def watched(bundle: object, rows: object, labels: np.ndarray) -> object:
        passed.append(len(labels))
        return real(bundle, rows, labels)  # type: ignore[arg-type]

    monkeypatch.setattr(training, "calibrated", watched)
    retraining = Retraining(elsewhere)
    snapshot = retraining.snapshot()
    # Not `retrain`, which may have done the same before.
    trained = InlineRunner().run("train", retraining.request(snapshot), no_progress, never_cancelled)
    assert isinstance(trained, Trained)
    model = retraining.commit(snapshot, trained)[1]
    assert passed == [len(fair_sample(elsewhere, take_snapshot(elsewhere), model))]


def test_a_model_that_does_not_say_what_it_learned_from_is_said_to_be_silent(elsewhere: Project) -> None:
    assert elsewhere.model is not None
    (elsewhere.folder / elsewhere.model.folder / KNOWN_ITEMS).unlink()
    decide(elsewhere, 20)
    report = model_report(elsewhere, take_snapshot(elsewhere))
    assert report.caveat == LEARNED_ELSEWHERE
    assert report.source.left_out_count == 0


def test_when_it_knows_all_checks_nothing_measures_it_and_that_is_said(elsewhere: Project) -> None:
    assert elsewhere.model is not None
    write_known(elsewhere.folder / elsewhere.model.folder, np.arange(60))
    decide(elsewhere, 10)
    report = model_report(elsewhere, take_snapshot(elsewhere))
    assert report.accuracy is None
    assert report.source.left_out == report.caveat != ""


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\x93NUMPY\x01\x00 short"])
def test_a_damaged_note_is_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / KNOWN_ITEMS).write_bytes(content)
    assert read_known(tmp_path) is None
