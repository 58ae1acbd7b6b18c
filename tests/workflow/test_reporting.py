"""The model report: every figure from random checks, on the same checks for every version."""

import time

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Slot, Verdict
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.check_scores import write_check_scores
from hitl_desktop.workflow.model_report import Role
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.reporting import model_report
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.scores import write_scores
from hitl_desktop.workflow.snapshot import take_snapshot
from tests.conftest import MakeImages, MakeProject, Retrain


def decide(project: Project, times: int) -> None:
    project.set_threshold(1.0)
    session = ReviewSession(project, "Ada")
    session.replan()  # as the window does after a training
    for _ in range(times):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)


def put_in(
    project: Project, scores: np.ndarray, *, decisions: int = 10, in_use: bool = True, learned: str = "hash"
) -> ModelVersion:
    """Add a version that says `scores` (pool, classes), as a training would; `learned` names what it learned from."""
    version = project.store.models.next_version()
    trained_hash = learned and f"{learned}{version}"
    model = ModelVersion(version, "trained", "", f"2026-01-{version:02}", decisions, 0, {}, trained_hash)
    folder = project.folder / model.folder
    folder.mkdir()
    rows = project.measuring_items()
    write_check_scores(folder, rows, scores[rows])
    write_scores(project.scores_file(version), scores.astype(np.float32))
    with project.store.transaction():
        project.store.models.add(model)
        if in_use:
            project.store.models.activate(version, "2026", "test")
    project.load_scores()
    return model


def certain(columns: np.ndarray, classes: int = 3, confidence: float = 0.9) -> np.ndarray:
    scores = np.full((len(columns), classes), (1 - confidence) / (classes - 1), np.float32)
    scores[np.arange(len(columns)), columns] = confidence
    return scores


def truth_columns(project: Project) -> np.ndarray:
    return project.store.items.truth_ids() - 1


def test_nothing_that_was_chosen_gets_into_any_figure(image_project: Project) -> None:
    """A model that is wrong on all items the strategy chose, and right on all that were drawn at random."""
    decide(image_project, 40)
    snapshot = take_snapshot(image_project)
    drawn = {e.item_index for e in image_project.store.decisions.all() if e.slot is Slot.EXPLORE}
    truth = truth_columns(image_project)
    is_drawn = np.isin(np.arange(60), list(drawn))
    put_in(image_project, certain(np.where(is_drawn, truth, (truth + 1) % 3)))
    report = model_report(image_project, snapshot)
    assert len(drawn) == 4
    assert report.source.checks == len(drawn)
    assert report.accuracy is not None
    assert (report.accuracy.right, report.accuracy.of) == (4, 4)
    assert report.macro_f1 is not None
    assert report.macro_f1.value == 1
    assert report.confusion is not None
    assert report.confusion.counts.sum() == 4 == np.trace(report.confusion.counts)
    assert sum(len(cell) for row in report.confusion.items for cell in row) == 4
    assert {i for row in report.confusion.items for cell in row for i in cell} == drawn
    assert sum(row.checks for row in report.classes) == 4
    assert sum(b.observed.of for b in report.reliability) == 4
    assert report.risk_coverage is not None
    assert report.risk_coverage.risk.tolist() == [0.0]
    assert report.calibration is not None
    assert report.calibration.brier == pytest.approx(0.1**2 + 2 * 0.05**2, abs=1e-3)
    assert [p.accuracy.of for p in report.curve] == [4]
    assert [row.accuracy.of for row in report.versions if row.accuracy] == [4]


def test_every_version_is_measured_on_the_checks_made_until_today(image_project: Project, retrain: Retrain) -> None:
    decide(image_project, 12)
    retrain(image_project)
    decide(image_project, 20)
    for _ in range(4):
        retrain(image_project)
    assert not image_project.scores_file(1).exists(), "its scores of the pool were dropped"
    report = model_report(image_project, take_snapshot(image_project))
    assert [row.version for row in report.versions] == [5, 4, 3, 2, 1]
    assert [row.accuracy.of for row in report.versions if row.accuracy] == [3] * 5
    assert [(p.version, p.decisions) for p in report.curve] == [(1, 11), (2, 29), (3, 29), (4, 29), (5, 29)]
    assert [row.role for row in report.versions] == [Role.IN_USE, *[Role.KEPT] * 4]
    assert len({row.trained_hash for row in report.versions}) == 2, "v2 to v5 learned from the same decisions"


def test_before_there_is_a_model_there_is_only_the_sample(image_project: Project) -> None:
    decide(image_project, 20)
    report = model_report(image_project, take_snapshot(image_project))
    assert report.version is None
    assert (report.source.checks, report.source.words) == (2, "2 random checks")
    assert report.versions == ()


def test_without_checks_there_are_versions_and_no_figures(image_project: Project, retrain: Retrain) -> None:
    decide(image_project, 9)
    retrain(image_project)
    report = model_report(image_project, take_snapshot(image_project))
    assert report.version == 1
    assert (report.accuracy, report.macro_f1, report.confusion, report.risk_coverage) == (None,) * 4
    assert (report.reliability, report.classes, report.curve) == ((), (), ())
    assert [row.accuracy for row in report.versions] == [None]
    assert report.calibration is not None
    assert report.calibration.words == "not yet calibrated: 0 of 100 checks"
    assert report.stop is not None
    assert report.stop.answer == "Too early to say"


def test_checks_that_were_set_aside_are_counted_apart(image_project: Project) -> None:
    session = ReviewSession(image_project, "Ada")
    for _ in range(20):
        assert session.item is not None
        if session.slot is Slot.EXPLORE:
            session.decide(Verdict.SKIPPED)
        else:
            session.decide(Verdict.CORRECTED, session.item.truth_id)
    source = model_report(image_project, take_snapshot(image_project)).source
    assert (source.checks, source.drawn, source.set_aside) == (0, 2, 2)


def test_a_challenger_is_told_with_its_reason_and_the_class_that_holds_it_back(image_project: Project) -> None:
    """Three losses among the dots; the threshold of the rule is `assurance.paired`'s."""
    rows = image_project.reserve.order
    decide(image_project, 60)
    truth = truth_columns(image_project)
    dots = [int(i) for i in rows if truth[i] == 0]
    put_in(image_project, certain(truth))
    worse = truth.copy()
    worse[dots] = 2
    put_in(image_project, certain(worse), in_use=False)
    report = model_report(image_project, take_snapshot(image_project))
    assert report.version == 1
    assert [row.role for row in report.versions] == [Role.CHALLENGER, Role.IN_USE]
    assert report.challenger is not None
    assert (report.challenger.version, report.challenger.against) == (2, 1)
    assert report.challenger.title == "v2 was not put to use"
    if len(dots) >= 3:
        assert report.watched == report.challenger.worse_class == image_project.labels[0]
        assert f"it finds 0 of {len(dots)} dots, v1 finds {len(dots)}" in report.challenger.words
    assert report.versions[0].watched_recall is not None


def test_a_challenger_that_was_not_scored_is_not_said_to_be_cleared(image_project: Project) -> None:
    decide(image_project, 20)
    put_in(image_project, certain(truth_columns(image_project)))
    image_project.store.models.add(ModelVersion(2, "imported", "Opened", "2026-02-01", 0, 0))
    report = model_report(image_project, take_snapshot(image_project))
    assert report.challenger is not None
    assert report.challenger.words == "It was not scored on the checks yet."


def test_a_version_of_the_first_program_is_not_measured(image_project: Project) -> None:
    """It may have learned from what measures now."""
    decide(image_project, 20)
    scores = certain(truth_columns(image_project))
    put_in(image_project, scores)
    assert model_report(image_project, take_snapshot(image_project)).accuracy is not None
    first = put_in(image_project, scores, learned="")
    report = model_report(image_project, take_snapshot(image_project))
    assert report.version == first.version
    assert report.accuracy is None
    assert [row.accuracy is None for row in report.versions] == [True, False], "the other one still is measured"


def test_files_that_are_gone_leave_a_report(image_project: Project, retrain: Retrain) -> None:
    import shutil

    decide(image_project, 12)
    model = retrain(image_project)
    shutil.rmtree(image_project.folder / model.folder)
    report = model_report(image_project, take_snapshot(image_project))
    assert report.accuracy is not None, "its scores of the pool are still there"
    assert not report.versions[0].can_be_used
    image_project.scores_file(1).unlink()
    assert model_report(image_project, take_snapshot(image_project)).accuracy is None


@pytest.mark.slow
def test_a_thousand_checks_take_milliseconds(
    tmp_path, make_images: MakeImages, make_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20 versions of a pool whose 1,000 checks are all answered; best of five, CPU time."""
    from hitl_desktop.workflow import reporting
    from hitl_desktop.workflow.measuring import MeasuringSample, Strata

    make_project(tmp_path / "P.hitl", make_images(tmp_path / "data", each=2))
    project = Project.open(tmp_path / "P.hitl")
    rng = np.random.default_rng(0)
    n, versions = 1000, 20
    rows, truth = np.arange(n), rng.integers(0, 3, n)
    for _ in range(versions):
        said = np.where(rng.random(n) < 0.9, truth, (truth + 1) % 3)
        model = put_in(project, certain(said[: len(project.pool)]))
        write_check_scores(project.folder / model.folder, rows, certain(said, confidence=0.9))
    sample = MeasuringSample(rows, truth, Strata(np.zeros(n, np.int64), np.array([9000, 0])), n)
    monkeypatch.setattr(reporting, "measuring_sample", lambda *_: sample)
    times = []
    for _ in range(5):
        begun = time.process_time()
        report = model_report(project, take_snapshot(project))
        times.append(time.process_time() - begun)
    project.close()
    assert report.accuracy is not None
    assert report.accuracy.of == n
    print(f"report: {min(times) * 1000:.1f} ms")
    assert min(times) < 0.15
