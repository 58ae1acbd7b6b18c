"""Models as single files, from one project into another."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.learning.bundle_file import write_model_file
from hitl_desktop.learning.bundles import load_bundle, save_bundle
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow import insight
from hitl_desktop.workflow.learning_choices import choose
from hitl_desktop.workflow.model_files import OpenedModel, adopt_model, open_request, save_request
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.reporting import model_report
from hitl_desktop.workflow.retraining import Retraining, told
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.snapshot import take_snapshot
from hitl_desktop.workflow.status import figures
from hitl_desktop.workflow.worker import InlineRunner
from tests.conftest import MakeProject, Retrain


def model_title(project: Project) -> str:
    """The title of the opened model."""
    return insight.title_of(project, next(m for m in project.store.models.all() if m.origin == "imported"))


def decide(project: Project, count: int) -> None:
    session = ReviewSession(project, "ann")
    for _ in range(count):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)


def opened(project: Project, file: Path) -> OpenedModel:
    result = InlineRunner().run("open_model", open_request(project, file), no_progress, never_cancelled)
    assert isinstance(result, OpenedModel)
    return result


@pytest.fixture
def model_file(image_project: Project, retrain: Retrain, tmp_path: Path) -> Path:
    """A model trained in the project, as a file."""
    decide(image_project, 12)
    retrain(image_project)
    out = tmp_path / "pictures.hitlmodel"
    InlineRunner().run("save_model", save_request(image_project, None, out), no_progress, never_cancelled)
    return out


@pytest.fixture
def image_copy(image_project_folder: Path, tmp_path: Path) -> Iterator[Project]:
    """Another project of the same pictures, without decisions."""
    project = Project.open(Path(shutil.copytree(image_project_folder, tmp_path / "Others.hitl")))
    yield project
    project.close()


def test_a_model_comes_back_as_a_version_that_says_the_same(
    image_project: Project, model_file: Path, retrain: Retrain
) -> None:
    before = np.array(image_project.pool.probabilities)
    changes, model = adopt_model(image_project, opened(image_project, model_file))
    assert (model.version, model.origin) == (2, "imported")
    assert image_project.model is not None
    assert image_project.model.version == 1, "a model in use stays"
    assert changes.told.endswith("is kept beside the one in use.")
    Retraining(image_project).put_to_use(2)
    InlineRunner().run("score", image_project.score_request(), no_progress, never_cancelled)
    image_project.take_scores({})
    assert np.array_equal(np.array(image_project.pool.probabilities), before)
    image_project.set_threshold(1.0)
    decide(image_project, 12)
    assert Retraining(image_project).request(Retraining(image_project).snapshot()).start is not None
    assert retrain(image_project).version == 3, "trainings go on from it"
    report = model_report(image_project, take_snapshot(image_project))
    assert report.version == 3
    assert report.story == f"{image_project.model.trained_on} decisions, starting from {model_title(image_project)}"
    assert [row.caveat for row in report.versions] == ["", "", ""], "it says what it learned from: no check is among it"
    assert report.caveat == ""
    assert "caveat" not in figures(report)


def test_one_from_scratch_does_not_take_the_place_of_a_model_that_came_before_checks_speak_for_it(
    image_copy: Project, model_file: Path, retrain: Retrain
) -> None:
    adopt_model(image_copy, opened(image_copy, model_file))
    choose(image_copy.store, "estimator", "logistic_regression")  # a person's own choice begins at nothing
    image_copy.set_threshold(1.0)
    decide(image_copy, 20)
    model = retrain(image_copy)
    assert model.version == 2
    assert image_copy.model is not None
    assert image_copy.model.version == 1, "two checks are no evidence"
    words = "It was trained from scratch. v1 had learned elsewhere and stays until random checks show that the new one"
    assert words in told(model)
    report = model_report(image_copy, take_snapshot(image_copy))
    assert report.challenger is not None
    assert words in report.challenger.words, "the page says the same as the record"
    Retraining(image_copy).put_to_use(2)
    decide(image_copy, 10)
    retrain(image_copy)
    assert image_copy.model.version == 3, "what was begun here goes on as ever"


def test_a_version_that_began_at_nothing_is_not_said_to_start_from_a_model_that_came_later(
    image_project: Project, model_file: Path
) -> None:
    adopt_model(image_project, opened(image_project, model_file))
    image_project.store.models.add(ModelVersion(3, "bundled", "digits", "2026", 0, 0))
    report = model_report(image_project, take_snapshot(image_project))
    assert (report.version, report.story) == (1, "11 decisions")


def test_training_does_not_begin_at_a_model_whose_files_are_gone(image_project: Project, model_file: Path) -> None:
    _, model = adopt_model(image_project, opened(image_project, model_file))
    retraining = Retraining(image_project)
    retraining.put_to_use(model.version)
    shutil.rmtree(image_project.folder / model.folder)
    assert retraining.request(retraining.snapshot()).start is None


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"held_out": 5}, {}),
        ({"held_out": 5, "right": 9}, {}),
        ("none", {}),
        ({"held_out": 5, "right": 4, "checks": "many"}, {"held_out": 5, "right": 4}),
    ],
)
def test_only_counts_that_can_be_are_taken_from_a_card(
    image_project: Project, model_file: Path, tmp_path: Path, said: object, kept: dict[str, int]
) -> None:
    assert image_project.model is not None
    bundle = load_bundle(image_project.folder / image_project.model.folder)
    save_bundle(replace(bundle, card={**bundle.card, "metrics": said}), tmp_path / "changed")
    write_model_file(tmp_path / "changed", tmp_path / "changed.hitlmodel")
    _, model = adopt_model(image_project, opened(image_project, tmp_path / "changed.hitlmodel"))
    assert model.metrics == kept
    Retraining(image_project).put_to_use(model.version)
    assert (model_report(image_project, take_snapshot(image_project)).held_out is not None) == bool(kept)


def test_an_opened_model_is_still_there_when_the_project_is_opened_again(image_copy: Project, model_file: Path) -> None:
    _, model = adopt_model(image_copy, opened(image_copy, model_file))
    image_copy.close()
    again = Project.open(image_copy.folder)
    assert (again.model, again.store.models.all()) == (model, [model])
    again.close()


def test_a_model_for_another_kind_of_data_is_refused(text_project: Project, model_file: Path) -> None:
    with pytest.raises(KnownError, match="for another kind of data"):
        opened(text_project, model_file)
    assert not list((text_project.folder / "models").glob(".training-*"))


def test_a_version_that_is_not_there_cannot_be_saved(image_project: Project, tmp_path: Path) -> None:
    for version, said in ((None, "There is no model yet"), (7, "no model v7")):
        with pytest.raises(KnownError, match=said):
            save_request(image_project, version, tmp_path / "x.hitlmodel")


def test_a_file_that_is_no_model_changes_nothing(image_project: Project, tmp_path: Path) -> None:
    broken = tmp_path / "broken.hitlmodel"
    broken.write_bytes(b"PK\x03\x04 no zip")
    with pytest.raises(KnownError, match=r"broken\.hitlmodel was not opened"):
        opened(image_project, broken)
    assert image_project.store.models.all() == []
    assert not list((image_project.folder / "models").glob("*"))


def test_in_a_project_without_a_model_it_is_put_to_use(
    image_copy: Project, model_file: Path, image_project: Project
) -> None:
    assert image_copy.model is None
    _, model = adopt_model(image_copy, opened(image_copy, model_file))
    assert image_copy.model == model
    InlineRunner().run("score", image_copy.score_request(), no_progress, never_cancelled)
    image_copy.take_scores({})
    assert image_copy.is_scored
    assert image_copy.folder != image_project.folder


def test_a_model_of_several_findings_travels_and_is_refused_where_one_class_is_decided(
    findings_project: Project, findings_table: Path, retrain: Retrain, make_project: MakeProject, tmp_path: Path
) -> None:
    session = ReviewSession(findings_project, "ann")
    for _ in range(16):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, findings=session.item.truth_findings)
    retrain(findings_project)
    out = tmp_path / "letters.hitlmodel"
    InlineRunner().run("save_model", save_request(findings_project, None, out), no_progress, never_cancelled)
    assert opened(findings_project, out).title
    make_project(tmp_path / "One.hitl", findings_table, labels=("bill", "login", "ship"))
    one = Project.open(tmp_path / "One.hitl")
    with pytest.raises(KnownError, match="says several findings per item"):
        opened(one, out)
    one.close()
