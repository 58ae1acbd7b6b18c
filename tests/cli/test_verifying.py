"""`verify` on the command line: intact, or where it is not, and by its exit code."""

import argparse
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hitl_desktop.cli import commands
from hitl_desktop.cli.main import run as command
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.store import DATABASE, Store
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.verifying import verify
from tests.cli.test_backups import HOOKS
from tests.conftest import Retrain
from tests.on_record import events
from tests.workflow.test_retraining import decide


def test_a_project_is_verified(text_project_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = str(text_project_folder)
    assert command(["pack", project, str(text_project_folder.parent / "packed.zip")], HOOKS) == 0
    assert command(["backup", project], HOOKS) == 0
    capsys.readouterr()
    assert command(["verify", project, "--json"], HOOKS) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["intact"], answer["faults"], answer["events_after_the_last_anchor"]) == (True, 0, 0)
    with closing(sqlite3.connect(text_project_folder / DATABASE)) as raw:
        done = [json.loads(body)["do"] for (body,) in raw.execute("SELECT body FROM record_event")]
        raw.execute("UPDATE label SET name = 'other' WHERE id = 1")
        raw.commit()
    assert {"packed", "backed_up"} <= set(done)
    assert command(["verify", project], HOOKS) == 3
    out = capsys.readouterr().out
    assert out.startswith("Not intact: 2 things are not as they were recorded.\n  rows: event ")
    assert "Class 1 is not as it was recorded." in out
    assert command(["verify", project + "x"], HOOKS) == 1


def test_nothing_of_a_project_is_made_or_changed_by_looking_through_it(text_project_folder: Path) -> None:
    (text_project_folder / "lock").unlink()
    before = {path: path.read_bytes() for path in text_project_folder.rglob("*") if path.is_file()}
    assert verify(text_project_folder).is_intact
    assert {path: path.read_bytes() for path in text_project_folder.rglob("*") if path.is_file()} == before


def test_a_project_that_is_open_is_verified_beside(text_project_folder: Path) -> None:
    with closing(Store.open(text_project_folder)) as store:
        for limit in (0.5, 0.6):  # the first event of a session is signed at once, those after it are not yet
            with store.transaction():
                store.set_fact("threshold", limit)
        check = verify(text_project_folder)
    assert check.is_intact
    assert check.unvouched == 1


def test_what_is_done_beside_the_program_that_has_it_open_is_on_record(text_project_folder: Path) -> None:
    """A copy to give away is to leave a trace, whoever has the project open."""
    project = str(text_project_folder)
    with closing(Store.open(text_project_folder)):
        assert command(["pack", project, str(text_project_folder.parent / "packed.zip")], HOOKS) == 0
        assert command(["backup", project], HOOKS) == 0
    told = [event for event in events(text_project_folder) if event.get("via") == "beside"]
    assert [event["do"] for event in told] == ["packed", "backed_up"]
    assert verify(text_project_folder).is_intact


def test_a_training_that_fails_is_on_record(text_project_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(task: str, request: object, result: type) -> object:
        del task, request, result
        raise KnownError(say("There is no memory left."), say("Close something."))

    with closing(Project.open(text_project_folder)) as project:
        decide(project, 12)
    monkeypatch.setattr(commands, "run_here", failing)
    with pytest.raises(KnownError):
        commands.retrain(argparse.Namespace(project=text_project_folder), HOOKS)
    (said,) = (event for event in events(text_project_folder) if event["do"] == "not_trained")
    assert said["why"] == "refused"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("anchors.jsonl", "Intact"),
        ("decisions.jsonl", "decisions.jsonl is no ordinary file"),
        ("classes.jsonl", "classes.jsonl is no ordinary file"),
        ("masks.jsonl", "masks.jsonl is no ordinary file"),
        ("models/v1/card.json", "The files of 1 model version are not there"),
        ("models/v1/arrays.npz", "The files of 1 model version are not there"),
        ("models/v1/checks.npy", "The file checks.npy of model version 1 is not the one"),
    ],
)
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(
    text_project_folder: Path, capsys: pytest.CaptureFixture[str], retrain: Retrain, name: str, said: str
) -> None:
    """Verifying is for projects of others above all: one of them must not hold it up for ever."""
    with closing(Project.open(text_project_folder)) as project:
        decide(project, 12)
        retrain(project)
    file = text_project_folder / name
    file.unlink(missing_ok=True)
    os.mkfifo(file)
    code = command(["verify", str(text_project_folder)], HOOKS)
    out = capsys.readouterr().out
    assert said in out
    assert code == (3 if "no ordinary" in said or "is not the one" in said else 0)
    if name.startswith("models"):
        with closing(Project.open(text_project_folder)) as project:
            assert project.model is not None
