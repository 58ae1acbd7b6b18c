"""S1-S18 of the catalogue: databases from somebody else are read, never run; and damaged ones of our own are told."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError, ProjectRefused
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.store import received_rows
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.store import DATABASE, Store
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.receiving import Received, ReceiveRequest, receive
from hitl_desktop.workflow.review import ReviewSession


@pytest.fixture
def given(text_project_folder: Path) -> Path:
    """A project with some decisions, as somebody might send it."""
    project = Project.open(text_project_folder)
    session = ReviewSession(project, "ann")
    for number in range(6):
        session.decide(Verdict.CORRECTED, project.labels[number % 2].id)
    session.undo()
    session.decide(Verdict.SKIPPED)
    project.close()
    return text_project_folder


def change(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "project.sqlite3")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def taken(given: Path) -> Received:
    return receive(ReceiveRequest(given, given.parent / "Taken.hitl"), no_progress, never_cancelled)


def refused(given: Path, why: str) -> None:
    before = (given / "project.sqlite3").read_bytes()
    with pytest.raises(ProjectRefused, match=why):
        taken(given)
    assert (given / "project.sqlite3").read_bytes() == before
    assert not (given.parent / "Taken.hitl").exists()
    assert not list(given.parent.glob(".*"))


def test_an_honest_project_is_taken_over_with_every_decision(given: Path) -> None:
    received = taken(given)
    assert received.decisions == 8
    first, second = Project.open(given), Project.open(received.folder)
    assert first.store.decisions.all() == second.store.decisions.all()
    assert first.pool.ledger() == second.pool.ledger()
    first.close()
    second.close()
    journal = (received.folder / "decisions.jsonl").read_text().splitlines()
    assert len(journal) == 8


@pytest.mark.parametrize("content", [pytest.param(b"no database" * 500, id="S1"), pytest.param(b"", id="S2")])
def test_s1_s2_no_database(given: Path, content: bytes) -> None:
    (given / "project.sqlite3").write_bytes(content)
    refused(given, "damaged|another program")


@pytest.mark.parametrize("seed", range(40))
def test_s3_s4_flipped_bits_and_trashed_pages_are_refused_or_harmless(given: Path, seed: int) -> None:
    """Never a crash, never an error that is not meant for a person."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    path = given / "project.sqlite3"
    data = bytearray(path.read_bytes())
    if seed % 2:
        for _ in range(rng.randint(1, 30)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    else:
        page = rng.randrange(1, len(data) // 4096) * 4096
        data[page : page + 4096] = rng.randbytes(4096)
    path.write_bytes(data)
    try:
        received = taken(given)
    except ProjectRefused:
        assert not (given.parent / "Taken.hitl").exists()
    else:
        Project.open(received.folder).close()


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_s5_cut_off(given: Path, share: float) -> None:
    path = given / "project.sqlite3"
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    refused(given, "damaged")


def test_s6_a_trigger_of_somebody_else_never_runs_and_stays_behind(given: Path) -> None:
    change(
        given,
        "CREATE TRIGGER evil AFTER INSERT ON decision BEGIN DELETE FROM item; END",
        "CREATE TRIGGER worse BEFORE INSERT ON project BEGIN DELETE FROM item_text; END",
    )
    received = taken(given)
    assert "evil, worse" in received.left_behind[0].english()
    project = Project.open(received.folder)
    ReviewSession(project, "ben").decide(Verdict.SKIPPED)
    assert len(list(project.store.items.texts())) == 40
    project.close()
    with closing(sqlite3.connect(received.folder / "project.sqlite3")) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert not names & {"evil", "worse"}
    assert "decision_never_deleted" in names


def test_s7_a_table_that_is_a_view(given: Path) -> None:
    change(given, "ALTER TABLE draft RENAME TO hidden", "CREATE VIEW draft AS SELECT * FROM hidden")
    refused(given, "not those of this program")


def test_s7_a_table_that_is_missing(given: Path) -> None:
    change(given, "DROP TABLE draft")
    refused(given, "not those of this program")


def test_s8_a_generated_column(given: Path) -> None:
    change(given, "ALTER TABLE draft ADD COLUMN more TEXT GENERATED ALWAYS AS (upper(note)) VIRTUAL")
    refused(given, "other columns")


def test_s8_a_check_that_calls_a_function_is_never_asked(given: Path) -> None:
    change(
        given,
        "DROP TABLE draft",
        "CREATE TABLE draft(idx INTEGER PRIMARY KEY, note TEXT NOT NULL CHECK(load_extension('x') IS NULL), "
        "evidence TEXT, response TEXT)",
    )
    assert taken(given).items == 40


def test_s9_what_takes_too_long_is_given_up(given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(received_rows, "_SECONDS", -1.0)
    monkeypatch.setattr(received_rows, "_SECONDS_PER_MEGABYTE", 0.0)
    monkeypatch.setattr(received_rows, "STEPS", 10)
    refused(given, "too long")


def test_s9_a_view_that_never_ends_is_never_asked(given: Path) -> None:
    change(
        given,
        "CREATE VIEW endless AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n",
    )
    assert "endless" in taken(given).left_behind[0].english()


def test_s10_a_value_of_a_gigabyte(given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(received_rows, "LONGEST_VALUE", 2**20)
    change(given, "UPDATE item_text SET text = hex(zeroblob(2 * 1024 * 1024)) WHERE idx = 3")
    refused(given, "damaged, or was made")


@pytest.mark.parametrize("name", [DATABASE, "decisions.jsonl", "models/v1/arrays.npz"])
def test_s10_a_file_that_says_that_it_is_larger_than_the_disk(given: Path, name: str) -> None:
    """It holds nothing, and copying it would fill the disk that decisions are saved on."""
    file = given / name
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as stream:
        stream.truncate(shutil.disk_usage(given).free + 2**30)
    with pytest.raises(KnownError, match="There is no room to take"):
        taken(given)


def test_s11_s12_a_newer_schema_and_another_program(given: Path) -> None:
    change(given, "PRAGMA user_version = 999")
    refused(given, "newer version")
    change(given, "PRAGMA user_version = 1", "PRAGMA application_id = 1")
    refused(given, "another program")


def test_s13_a_log_of_another_database_beside_it(given: Path) -> None:
    """SQLite knows its own log by salts: a foreign one is not applied."""
    (given / "project.sqlite3-wal").write_bytes(b"\x37\x7f\x06\x82" + bytes(4000))
    assert taken(given).decisions == 8


def test_s14_what_is_only_in_the_log_is_taken_with_it(given: Path) -> None:
    connection = sqlite3.connect(given / "project.sqlite3")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("INSERT OR REPLACE INTO project VALUES ('name', '\"In the log\"')")
    connection.commit()
    copied = given.parent / "Copied.hitl"
    shutil.copytree(given, copied)
    connection.close()
    assert (copied / "project.sqlite3-wal").stat().st_size > 0
    assert taken(copied).name == "In the log"


def test_s16_rows_that_refer_to_nothing(given: Path) -> None:
    with closing(sqlite3.connect(given / "project.sqlite3")) as connection, connection:
        connection.execute("INSERT INTO item_text VALUES (4711, 'nobody')")
    refused(given, "missing")


@pytest.mark.parametrize("path", ["../../etc/passwd", "/a/../etc/passwd", "C:\\..\\x", "a/../../b"])
def test_an_item_outside_of_its_data(given: Path, path: str) -> None:
    with closing(sqlite3.connect(given / "project.sqlite3")) as connection, connection:
        connection.execute("UPDATE item SET path = ? WHERE idx = 0", (path,))
    refused(given, "outside of its data")


def test_s17_a_state_that_its_decisions_do_not_say(given: Path) -> None:
    with closing(sqlite3.connect(given / "project.sqlite3")) as connection, connection:
        connection.execute("UPDATE item SET state = 'flagged', label_id = NULL WHERE state = 'decided'")
    refused(given, "state that its decisions say")


def test_s17_a_record_that_was_changed_is_told(given: Path) -> None:
    """By whoever takes the project over, and by `verify` of whoever has it; it can still be read."""
    change(
        given, "DROP TRIGGER record_event_never_updated", "UPDATE record_event SET hash = zeroblob(32) WHERE number = 3"
    )
    with closing(Store.reader(given)) as store:
        assert not check_record(store).is_intact
    assert any("record is not intact" in str(word) for word in taken(given).left_behind)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE project SET value = 'not json'",
        "UPDATE project SET value = '[]'",
        "DELETE FROM project",
        "UPDATE label SET name = x'ff00' WHERE id = 1",
        "UPDATE label SET position = position + 50",
        "DELETE FROM item_text",
        "INSERT INTO model(version, origin, name, made_utc, trained_on, after_decision, metrics) "
        "VALUES (9, 'trained', 'x', 'now', 1, 1, '{')",
    ],
)
def test_contents_that_make_no_sense_are_refused_or_harmless(
    given: Path, statement: str, allowed_log: Callable[[str], None]
) -> None:
    allowed_log("WARNING")  # what does not make sense is logged
    change(given, statement)
    try:
        received = taken(given)
    except ProjectRefused:
        assert not (given.parent / "Taken.hitl").exists()
    else:
        Project.open(received.folder).close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE item SET truth_findings = '1 2' WHERE idx = 39",
        "UPDATE item SET truth_findings = '[99]' WHERE idx = 39",
        "UPDATE item SET fields = '{' WHERE idx = 39",
        "UPDATE item SET state = 'skipped' WHERE idx = 39",
    ],
)
def test_a_row_that_would_be_read_later_is_looked_at_now(given: Path, statement: str) -> None:
    """Found by fuzzing: the project was taken over, and failed when its last item came on screen."""
    change(given, statement)
    refused(given, "rows|state")


@pytest.mark.parametrize("harm", [lambda c: c.enable_load_extension(True), lambda c: c.load_extension("x")])
def test_s18_no_extension_is_ever_loaded(given: Path, harm: Callable[[sqlite3.Connection], None]) -> None:
    """Our connections never turn loading on; without that SQLite refuses it."""
    project = Project.open(given)
    with pytest.raises(Exception, match=r"not authorized|no such function"):
        project.store._database.execute_sql("SELECT load_extension('x')")
    project.close()
    source = Path(received_rows.__file__).parent
    assert not any("enable_load_extension" in file.read_text("utf-8") for file in source.rglob("*.py"))
