"""An open project: settings, routing, moved data, status and export."""

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import DataMoved, KnownError, ProjectRefused
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.exchange import EXPORTERS
from hitl_desktop.exchange.export_csv import read_export_csv
from hitl_desktop.exchange.export_jsonl import read_export_jsonl
from hitl_desktop.workflow.exporting import export, export_rows
from hitl_desktop.workflow.learning_choices import choose
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import Scored
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.status import queue_rows, status
from hitl_desktop.workflow.worker import InlineRunner
from tests.conftest import MakeImages, MakeProject, Retrain


@pytest.fixture
def worked(image_project: Project, retrain: Retrain) -> ReviewSession:
    """Twelve decided, a model, then one of each way to set aside, and one taken back."""
    session = ReviewSession(image_project, "ann")
    for _ in range(12):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id, note="=1+1")
    retrain(image_project)
    image_project.set_threshold(0.999)
    session.replan()
    for verdict in (Verdict.SKIPPED, Verdict.UNSURE, Verdict.FLAGGED, Verdict.SKIPPED):
        session.decide(verdict)
    session.undo()
    return session


def test_status_partitions_the_items(worked: ReviewSession) -> None:
    told = status(worked.project)
    states = ("needs_review", "proposed", "decided", "skipped", "unsure", "flagged", "automatic")
    assert set(told) == {
        "items",
        *states,
        "decisions",
        "watch",
        "model",
        "batches",
        "certificate",
        "second_reading",
        "automation",
        "policy",
        "routes",
    }
    assert told["items"] == sum(told[state] for state in states) == 60
    assert (told["decided"], told["skipped"], told["unsure"], told["flagged"]) == (12, 1, 1, 1)
    assert told["decisions"] == 17
    assert told["model"]["version"] == 1
    assert told["model"]["trained_on"] == 11
    assert json.loads(json.dumps(told)) == told


def test_the_queue_names_reason_and_claim(worked: ReviewSession) -> None:
    rows = queue_rows(worked, 5)
    assert [worked.project.store.items.find(row["id"]).index for row in rows] == worked.waiting()[:5].tolist()
    for row in rows:
        assert row["confidence"] == max(row["probabilities"].values()) == row["probabilities"][row["label"]]
        assert 0 <= row["uncertainty"] <= 1
        assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert json.loads(json.dumps(rows)) == rows


def test_moving_the_threshold_moves_what_is_proposed(worked: ReviewSession) -> None:
    project = worked.project
    undecided = len(project.pool.undecided())
    for threshold in (0.0, 0.5, 0.9, 1.0):
        assert project.set_threshold(threshold).routing
        ledger = project.pool.ledger()
        assert ledger.proposed == (project.pool.confidence[project.pool.undecided()] >= threshold).sum()
        assert ledger.needs_review + ledger.proposed == undecided
    for outside in (-0.1, 1.1, float("nan")):
        with pytest.raises(KnownError, match="between 0 and 1"):
            project.set_threshold(outside)


def test_settings_of_a_project_stay_and_are_checked(image_project_folder: Path) -> None:
    project = Project.open(image_project_folder)
    choose(project.store, "strategy", "entropy")
    project.set_retrain_every(33)
    project.set_threshold(0.75)
    with pytest.raises(KnownError, match="no strategy named magic"):
        choose(project.store, "strategy", "magic")
    with pytest.raises(KnownError, match="at least two"):
        project.set_retrain_every(1)
    with pytest.raises(KnownError, match="Use one of: dots, lines, plain"):
        project.label_named("Dots")
    project.close()
    project = Project.open(image_project_folder)
    assert (project.strategy, project.retrain_every, project.pool.threshold) == ("entropy", 33, 0.75)
    project.close()


def test_a_project_of_an_unknown_kind_is_refused(image_project_folder: Path) -> None:
    project = Project.open(image_project_folder)
    project.store.set_fact("kind", "hologram")
    project.close()
    with pytest.raises(ProjectRefused, match="hologram"):
        Project.open(image_project_folder)


@pytest.fixture
def moved(tmp_path: Path, make_images: MakeImages, make_project: MakeProject) -> Iterator[Project]:
    """A project with one decision whose pictures have gone elsewhere."""
    data = make_images(tmp_path / "data", each=4)
    make_project(tmp_path / "P.hitl", data)
    project = Project.open(tmp_path / "P.hitl")
    ReviewSession(project, "ann").decide(Verdict.CORRECTED, 1)
    data.rename(tmp_path / "elsewhere")
    yield project
    project.close()


def test_moved_pictures_cost_no_decision_and_are_found_again(moved: Project, tmp_path: Path, retrain: Retrain) -> None:
    item = moved.store.items.get(0)
    assert not moved.data_is_there
    with pytest.raises(DataMoved, match="1 decision is safe"):
        moved.item_file(item)
    session = ReviewSession(moved, "ann")
    session.decide(Verdict.CORRECTED, 2)
    assert retrain(moved).version == 1, "the features are kept, so training goes on"
    (tmp_path / "wrong").mkdir()
    with pytest.raises(KnownError, match="0 of 12 looked for"):
        moved.relink(tmp_path / "wrong")
    moved.relink(tmp_path / "elsewhere")
    assert moved.item_file(item).is_file()


def test_a_changed_or_missing_file_is_named_and_the_rest_is_scored(moved: Project, retrain: Retrain) -> None:
    moved.relink(moved.folder.parent / "elsewhere")
    ReviewSession(moved, "ann").decide(Verdict.CORRECTED, 2)
    retrain(moved)
    shutil.rmtree(moved.folder / "features")
    shutil.copyfile(moved.item_file(moved.store.items.get(5)), moved.item_file(moved.store.items.get(3)))
    moved.item_file(moved.store.items.get(7)).unlink()
    scored = InlineRunner().run("score", moved.score_request(), no_progress, never_cancelled)
    assert isinstance(scored, Scored)
    assert set(scored.unreadable) == {3, 7}
    assert "changed since the import" in str(scored.unreadable[3])
    moved.take_scores(dict(scored.unreadable))
    assert moved.suggestion(3) is None
    assert moved.suggestion(4) is not None
    assert moved.pool.ledger().adds_up
    assert len(list(export_rows(moved))) == 12


@pytest.mark.parametrize("form", EXPORTERS)
def test_an_export_says_all_and_comes_back(worked: ReviewSession, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"out.{form}"
    assert export(worked.project, out, form, no_progress, never_cancelled) == 60
    rows = list({"csv": read_export_csv, "jsonl": read_export_jsonl}[form](out))
    assert rows == list(export_rows(worked.project))
    decided = [row for row in rows if row.state == "decided"]
    assert len(decided) == 12
    assert {row.note for row in decided} == {"=1+1"}
    assert {row.reviewer for row in decided} == {"ann"}
    assert sum(row.decisions for row in rows) == 16, "taking back is not a decision"
    if form == "csv":
        cells = [cell for row in csv.reader(out.read_text("utf-8-sig").splitlines()) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]


def test_an_export_that_cannot_be_written_says_so(image_project: Project, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    with pytest.raises(KnownError, match="written"):
        export(image_project, tmp_path / "file" / "out.csv", "csv", no_progress, never_cancelled)
    with pytest.raises(KnownError, match="no export format named xls"):
        export(image_project, tmp_path / "out.xls", "xls", no_progress, never_cancelled)
