"""A project's folder that somebody else may have had is looked at before it is opened to write, on every path.

The window (dialog, dropped folder, recent list), the command line and workflows all come through `Store.open`.
"""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hitl_desktop.cli.opening import opened
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError, ProjectRefused, ProjectStrange
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.store.database import connect
from hitl_desktop.store.migrate import migrations
from hitl_desktop.store.own_schema import check_own, strangers
from hitl_desktop.store.rebuilding import rebuild
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.store import DATABASE, Store
from hitl_desktop.workflow.opening import CAME_BROKEN, go_on
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.receiving import ReceiveRequest, receive
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.settings import SettingsFile
from hitl_desktop.workflow.workspace import Workspace
from tests.on_record import events, guard_again

WAYS: dict[str, Callable[[Path, Path], object]] = {
    "a project": lambda folder, _: Project.open(folder),
    "the window": lambda folder, place: Workspace(SettingsFile(place / "settings.json")).open(folder),
    "the command line": lambda folder, _: opened(folder).__enter__(),
}
STRANGE = {
    "a trigger": "CREATE TRIGGER evil AFTER INSERT ON decision BEGIN DELETE FROM item_text; END",
    "a trigger of ours that does something else": "CREATE TRIGGER mask_never_updated AFTER INSERT ON decision"
    " BEGIN DELETE FROM item_text; END",
    "a view": "CREATE VIEW evil AS SELECT 1",
    "a table": "CREATE TABLE evil(a)",
    "an index that calls": "CREATE INDEX evil ON item(lower(path))",
    "a column": "ALTER TABLE label ADD COLUMN evil",
}


@pytest.fixture
def folder(text_project_folder: Path) -> Path:
    with closing(Project.open(text_project_folder)) as project:
        session = ReviewSession(project, "ann")
        for number in range(4):
            session.decide(Verdict.CORRECTED, project.labels[number % 2].id)
    return text_project_folder


def change(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
        guard_again(connection)


def test_what_this_program_did_not_make_never_runs(folder: Path, tmp_path: Path) -> None:
    kept = (folder / DATABASE).read_bytes()
    for statement in STRANGE.values():
        change(folder, "DROP TRIGGER mask_never_updated", statement)
        before = (folder / DATABASE).read_bytes()
        for way in WAYS.values():
            with pytest.raises(ProjectStrange, match=r"did not make: .*(evil|label|mask_never_updated)") as refusal:
                way(folder, tmp_path)
            assert refusal.value.folder == folder
        assert (folder / DATABASE).read_bytes() == before
        (folder / DATABASE).write_bytes(kept)


def test_it_can_be_taken_over_without_that(folder: Path) -> None:
    change(folder, STRANGE["a trigger"])
    taken = receive(ReceiveRequest(folder, folder.parent / "Taken.hitl"), no_progress, never_cancelled)
    with closing(Project.open(taken.folder)) as project:
        ReviewSession(project, "ben").decide(Verdict.SKIPPED)
        assert len(list(project.store.items.texts())) == len(project.pool)


@pytest.mark.parametrize("version", [1, 9, migrations()[-1][0]])
def test_no_schema_of_ours_is_strange(tmp_path: Path, version: int) -> None:
    with closing(sqlite3.connect(tmp_path / "older.sqlite3")) as raw:
        raw.execute("PRAGMA synchronous = off")
        for number, sql in migrations():
            if number <= version:
                raw.executescript(sql)
    database = connect(tmp_path / "older.sqlite3")
    assert strangers(database, version) == ()
    with pytest.raises(ProjectRefused):
        check_own(database, tmp_path / "older.sqlite3")  # it does not say which schema it is
    database.close()


BROKEN = {
    "an event that says something else": "UPDATE record_event SET body = replace(body, 'decision', 'item')"
    " WHERE number = (SELECT max(number) - 1 FROM record_event)",
    "another hash": "UPDATE record_event SET hash = zeroblob(32) WHERE number = 3",
    "one that is missing": "DELETE FROM record_event WHERE number = (SELECT max(number) - 2 FROM record_event)",
    "no first one": "DELETE FROM record_event WHERE number = 1",
}


@pytest.mark.parametrize("what", BROKEN)
def test_s17_a_broken_record_is_opened_to_read_only_and_told(
    folder: Path, tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder, "DROP TRIGGER record_event_never_updated", "DROP TRIGGER record_event_never_deleted", BROKEN[what])
    workspace = Workspace(SettingsFile(tmp_path / "settings.json"))
    project = workspace.open(folder).project
    told = str(project.distrust)
    if what == "no first one":  # the end is whole: `verify` looks at the rest
        assert project.store.is_writer
        workspace.close()
        return
    assert "is not intact, at event" in told
    assert not project.store.is_writer
    workspace.close()
    with opened(folder) as reading, pytest.raises(KnownError, match="read only"):
        ReviewSession(reading, "ben").decide(Verdict.SKIPPED)
    assert "open to read only" in capsys.readouterr().err

    go_on(folder)
    said = [event for event in events(folder) if event["do"] == "continued"]
    assert [str(event["after"]) in told for event in said] == [True]
    project = workspace.open(folder).project
    assert project.store.is_writer
    assert project.distrust is None
    workspace.close()
    with closing(Store.reader(folder)) as store:
        check = check_record(store)
    assert not check.is_intact
    assert any("although the record was not intact" in note.english() for note in check.notes)


def test_s17_a_broken_record_that_was_received_is_opened_to_read_only(folder: Path, tmp_path: Path) -> None:
    change(folder, "DROP TRIGGER decision_never_updated", "UPDATE decision SET note = 'another' WHERE number = 2")
    taken = receive(ReceiveRequest(folder, folder.parent / "Taken.hitl"), no_progress, never_cancelled)
    assert any("record is not intact" in str(word) for word in taken.left_behind)
    workspace = Workspace(SettingsFile(tmp_path / "settings.json"))
    project = workspace.open(taken.folder).project
    assert not project.store.is_writer
    assert "when it was received" in str(project.distrust)
    workspace.close()
    go_on(taken.folder)
    with closing(Project.open(taken.folder)) as project:
        assert project.store.fact(CAME_BROKEN) is None
    assert workspace.open(taken.folder).project.store.is_writer
    workspace.close()


def test_nothing_of_another_project_runs_while_one_is_made_anew_with_its_items(folder: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(folder, tmp_path / "Other.hitl"))
    change(other, "CREATE TRIGGER evil AFTER INSERT ON project BEGIN DELETE FROM item; END")
    before = (other / DATABASE).read_bytes()
    with pytest.raises(ProjectStrange, match="evil"):
        rebuild(folder, tmp_path / "Anew.hitl", other)
    assert not (tmp_path / "Anew.hitl").exists()
    assert (other / DATABASE).read_bytes() == before
    assert not list(other.glob(f"{DATABASE}-*"))
