"""The commands of the automatic: nothing without permission, everything on record, and all of it taken back."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests.cli.test_contract import Console, check_partition


@pytest.fixture
def console(capsys: pytest.CaptureFixture[str]) -> Console:
    return Console(capsys)


@pytest.fixture
def folder(text_project_folder: Path, retrain: Callable[[Project], ModelVersion]) -> Path:
    """A project with a model that proposes most items, closed."""
    project = Project.open(text_project_folder)
    session = ReviewSession(project, "ann")
    waiting = project.pool.undecided()
    for item in project.store.items.many(waiting[~project.reserve.members[waiting]][:14].tolist()):
        session.take(item.index)
        session.decide(Verdict.CORRECTED, item.truth_id)
    retrain(project)
    project.set_threshold(0.0)
    project.close()
    return text_project_folder


def test_nothing_runs_without_permission(console: Console, folder: Path) -> None:
    assert "No audit has proved anything" in console.refused("automate", folder)
    status = console.json("status", folder)
    check_partition(status)
    assert (status["automatic"], status["automation"]["state"]) == (0, "not_permitted")
    assert "No audit has proved anything" in status["automation"]["why"]
    assert "Automatic: off." in console.run("status", folder)[1]


def test_it_runs_with_an_override_and_status_says_so(console: Console, folder: Path) -> None:
    ran = console.json("automate", folder, "--override", "a trial", "--reviewer", "ann")
    assert ran["decided"] > 5
    status = console.json("status", folder)
    check_partition(status)
    assert status["automatic"] == ran["decided"]
    watched = status["automation"].pop("monitors")
    assert [one["kind"] for one in watched] == ["watch_error", "overrides", "review_time", "drift"]
    assert [one["state"] for one in watched] == ["not_yet", "within", "not_yet", "not_yet"]
    assert watched[1]["of"] == ran["decided"]
    assert status["automation"] == {
        "state": "running", "automatic": ran["decided"], "waiting": 0, "certificate": None, "override": 1
    }  # fmt: skip
    assert f"{ran['decided']} automatic" in console.run("status", folder)[1]
    rows = console.json("queue", folder, "--state", "automatic", "--limit", 1000)
    assert len(rows) == ran["decided"]
    told = console.json("history", folder, "--said", "automatic", "--limit", 1000)
    assert len(told) == ran["decided"]
    assert {row["reviewer"] for row in told} == {"automatic"}


def test_paused_it_does_not_run_and_a_note_lets_it_go_on(console: Console, folder: Path) -> None:
    console.json("pause", folder, "--reason", "holidays", "--reviewer", "ann")
    assert "already" in console.run("pause", folder)[1]
    assert "holidays" in console.refused("automate", folder, "--override", "a trial")
    automation = console.json("status", folder)["automation"]
    assert (automation["state"], automation["by"], automation["why"]) == ("paused", "ann", "holidays")
    assert "paused since" in console.run("status", folder)[1]
    assert console.run("resume", folder)[0] == 2, "a note is needed"
    assert "note" in console.refused("resume", folder, "--note", " ")
    assert console.json("resume", folder, "--note", "back", "--reviewer", "ann")["state"] == "running"
    assert console.json("automate", folder)["decided"] > 5


@pytest.mark.parametrize("which", ["model", "policy", "rule"])
def test_a_recall_takes_everything_back_and_pauses(console: Console, folder: Path, which: str) -> None:
    before = console.json("status", folder)
    ran = console.json("automate", folder, "--override", "a trial")
    (told,) = console.json("history", folder, "--said", "automatic", "--limit", 1)
    number = {"model": told["model"], "policy": 1, "rule": 1}[which]
    assert "no automatic decisions" in console.refused("recall", folder, f"--{which}", 99)
    recalled = console.json("recall", folder, f"--{which}", number, "--reason", "wrong", "--reviewer", "ann")
    assert recalled["taken_back"] == ran["decided"]
    status = console.json("status", folder)
    check_partition(status)
    assert status["automatic"] == 0
    assert status["needs_review"] == before["needs_review"] + ran["decided"]
    assert (status["automation"]["state"], status["automation"]["why"]) == ("paused", "wrong")
    console.json("resume", folder, "--note", "again")
    assert console.json("automate", folder)["decided"] == 0, "the same model does not decide them again"
    assert console.run("recall", folder)[0] == 2


def test_an_export_says_what_was_automatic(console: Console, folder: Path, tmp_path: Path) -> None:
    import json

    ran = console.json("automate", folder, "--override", "a trial")
    console.json("export", folder, tmp_path / "out.jsonl", "--format", "jsonl")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("ascii").splitlines()]
    found = [row for row in rows if row["state"] == "automatic"]
    assert len(found) == ran["decided"]
    assert {(r["verdict"], r["reviewer"], r["rule"], r["route"], r["basis"]) for r in found} == {
        ("automatic", "automatic", 1, "accept", "override 1")
    }
    assert all(row["label"] == row["predicted"] != "" for row in found)
    assert {row["basis"] for row in rows if row["state"] != "automatic"} == {""}
