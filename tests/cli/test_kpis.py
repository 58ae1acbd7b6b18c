"""`kpis`: the same figures as JSON, as a table and as sentences; wrong questions are refused with the reason."""

import csv
import io
import json
from pathlib import Path

import pytest

from hitl_desktop.app import main
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.workflow.figures.plain import HEADER
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse
from hitl_desktop.workflow.review import ReviewSession
from tests.conftest import MakeProject, Retrain


@pytest.fixture(scope="module")
def folder(
    image_folder: Path, make_project: MakeProject, retrain: Retrain, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A project with a model; no test changes it."""
    made = tmp_path_factory.mktemp("kpis") / "K.hitl"
    make_project(made, image_folder, use_labels=LabelUse.TRUTH)
    project = Project.open(made)
    session = ReviewSession(project, "=ann")
    for _ in range(14):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id, seconds=6.0)
    retrain(project)
    project.close()
    return made


def test_json_has_the_five_with_their_source(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kpis", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told["figures"]) == ["accuracy", "intervention", "reduction", "time", "cost"]
    assert told["figures"]["time"]["value"] == 6.0
    assert all(figure["definition"] and figure["formula"] for figure in told["figures"].values())
    assert told["work"]["decisions"] == 14
    assert sum(told["items"][name] for name in told["items"] if name != "items") == told["items"]["items"]


def test_the_table_can_be_read_and_runs_no_formula(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kpis", str(folder), "--csv"]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert tuple(rows[0]) == HEADER
    assert all(len(row) == len(HEADER) for row in rows)
    assert ["decisions", "'=ann", "14", "", "", "", "", "decisions", ""] in rows


def test_sentences_say_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kpis", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "Review time per item: 6.0 s" in told
    assert "Cost per item: not known (what an hour costs is not set)" in told


@pytest.mark.parametrize(
    "options", [["--since", "yesterday"], ["--reviewer", "nobody"], ["--column", "colour"], ["--since", "2026-13-01"]]
)
def test_a_wrong_question_is_refused(folder: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kpis", str(folder), *options]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_status_has_the_watch_list(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", str(folder), "--json"]) == 0
    watch = json.loads(capsys.readouterr().out)["watch"]
    assert {row["id"] for row in watch} == {"gap", "intervention", "override", "review_time"}
    assert {row["state"] for row in watch} <= {"ok", "look", "unknown"}
