"""A database from somebody else is read row by row into a fresh one, or refused with the reason."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import Cancelled, DiskTrouble, ProjectRefused
from hitl_desktop.domain.protocols import no_step
from hitl_desktop.store import received_rows
from hitl_desktop.store.pulse import Pulse
from hitl_desktop.store.received_rows import Copied, copy_rows
from hitl_desktop.store.store import DATABASE, Store
from tests.store.conftest import MakeDecision, fill


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory, decision: MakeDecision) -> Path:
    """The database of somebody else's project: five items, one with a text, three decisions."""
    folder = tmp_path_factory.mktemp("sent") / "Sent.hitl"
    patch = pytest.MonkeyPatch()
    patch.setenv("HITL_DESKTOP_HOME", str(folder.parent / "home"))
    store = Store.create(folder)
    fill(store)
    for index in range(3):
        store.record(decision(index, event_id=f"sent {index}", note="l\udce9ger"), current=None)
    store.close()
    patch.undo()
    return folder / DATABASE


def changed(sent: Path, folder: Path, *statements: str) -> Path:
    source = folder / "source.sqlite3"
    shutil.copyfile(sent, source)
    with closing(sqlite3.connect(source)) as raw, raw:
        raw.execute("PRAGMA ignore_check_constraints = on")
        for statement in statements:
            raw.execute(statement)
    return source


def copied(source: Path) -> Copied:
    return copy_rows(source, source.with_name("target.sqlite3"), lambda: None)


def test_every_row_is_there_and_nothing_else(sent: Path, tmp_path: Path) -> None:
    steps: list[str] = []
    source = changed(
        sent,
        tmp_path,
        "CREATE TABLE theirs(x)",
        "CREATE VIEW seen AS SELECT * FROM theirs",
        "CREATE TRIGGER evil AFTER INSERT ON item BEGIN DELETE FROM item; END",
        "CREATE INDEX more ON item(state)",
    )
    made = copy_rows(source, tmp_path / "target.sqlite3", lambda: steps.append("step"))
    assert made.left == ("evil", "more", "seen", "theirs")
    assert (made.rows["item"], made.rows["decision"], made.rows["label"], made.rows["draft"]) == (5, 3, 2, 0)
    assert len(steps) >= sum(count > 0 for count in made.rows.values())
    with closing(sqlite3.connect(tmp_path / "target.sqlite3")) as target, closing(sqlite3.connect(sent)) as first:
        for table in made.rows:
            question = f"SELECT * FROM {table}"  # noqa: S608 - our own names
            assert target.execute(question).fetchall() == first.execute(question).fetchall(), table
        for pragma in ("application_id", "user_version"):
            assert target.execute(f"PRAGMA {pragma}").fetchone() == first.execute(f"PRAGMA {pragma}").fetchone()


def test_a_full_disk_of_ours_is_no_damage_of_what_was_sent(
    sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = received_rows._make

    def small(fresh: sqlite3.Connection, version: int) -> None:
        make(fresh, version)
        fresh.execute("PRAGMA max_page_count = 1")  # as large as it is now

    monkeypatch.setattr(received_rows, "_make", small)
    with pytest.raises(DiskTrouble, match="The disk is full"):
        copied(changed(sent, tmp_path, "UPDATE item SET path = hex(randomblob(20000))"))


def test_an_older_schema_is_taken_as_it_is(sent: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(old)) as raw:
        received_rows._make(raw, 1)
        raw.execute("INSERT INTO label(id, name, position) VALUES (1, 'cat', 0)")
        raw.commit()
    made = copied(old)
    assert made.rows["label"] == 1
    assert "steering_event" not in made.rows
    with closing(sqlite3.connect(tmp_path / "target.sqlite3")) as target:
        assert target.execute("PRAGMA user_version").fetchone() == (1,)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("PRAGMA application_id = 7", "that of another program"),
        ("PRAGMA user_version = 0", "its database is empty"),
        ("PRAGMA user_version = 999", "a newer version of the program"),
        ("DROP TABLE draft", "not those of this program"),
        ("ALTER TABLE draft ADD COLUMN more TEXT", "other columns"),
        ("ALTER TABLE draft ADD COLUMN more TEXT GENERATED ALWAYS AS (upper(note)) VIRTUAL", "other columns"),
        ("UPDATE item SET path = 'a/../../b' WHERE idx = 1", "outside of its data"),
        ("UPDATE item SET path = '..\\b' WHERE idx = 1", "outside of its data"),
        ("UPDATE item SET path = CAST(x'2e2e2fff' AS BLOB) WHERE idx = 1", "outside of its data"),
        ("UPDATE item SET path = 'a' || char(0) || 'b' WHERE idx = 1", "outside of its data"),
        ("UPDATE item SET label_id = 'x' WHERE idx = 1", "rows are not those"),
        ("UPDATE item SET label_id = 99 WHERE idx = 1", "refer to others that are missing|damaged"),
        ("INSERT INTO item_text VALUES (4711, 'nobody')", "refer to others that are missing"),
    ],
)
def test_what_is_not_as_this_program_writes_it_is_refused(sent: Path, tmp_path: Path, statement: str, why: str) -> None:
    with pytest.raises(ProjectRefused, match=why) as refused:
        copied(changed(sent, tmp_path, statement))
    assert refused.value.message.startswith("The project was not taken over: ")
    assert refused.value.remedy == "Ask for it again. Nothing of it was opened."


@pytest.mark.parametrize("path", ["a/b..c.png", "ab:c", "a:", ".../x", "b\\c", "x" * 300, "/etc/passwd", "C:\\b"])
def test_odd_names_and_those_of_another_computer_are_no_reason(sent: Path, tmp_path: Path, path: str) -> None:
    source = changed(sent, tmp_path)
    with closing(sqlite3.connect(source)) as raw, raw:
        raw.execute("UPDATE item SET path = ? WHERE idx = 1", (path,))
    assert copied(source).rows["item"] == 5


def test_a_page_that_was_trashed_and_a_value_without_end_are_damage(
    sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = changed(sent, tmp_path)
    data = bytearray(source.read_bytes())
    data[4096 * 3 : 4096 * 8] = b"\xa5" * (4096 * 5)
    source.write_bytes(data)
    with pytest.raises(ProjectRefused, match="damaged"):
        copied(source)
    monkeypatch.setattr(received_rows, "LONGEST_VALUE", 2**16)
    (tmp_path / "target.sqlite3").unlink(missing_ok=True)
    with pytest.raises(ProjectRefused, match="damaged, or was made to look like one"):
        copied(changed(sent, tmp_path, LONG))


LONG = "UPDATE item SET fields = '{\"a\": \"' || hex(zeroblob(100000)) || '\"}' WHERE idx = 0"


def test_what_takes_too_long_is_given_up_and_what_is_stopped_ends(
    sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop() -> None:
        raise Cancelled

    source = changed(sent, tmp_path)
    with pytest.raises(Cancelled):
        copy_rows(source, tmp_path / "stopped.sqlite3", stop)
    monkeypatch.setattr(received_rows, "_SECONDS", -1.0)
    monkeypatch.setattr(received_rows, "_SECONDS_PER_MEGABYTE", 0.0)
    monkeypatch.setattr(received_rows, "STEPS", 10)
    with pytest.raises(ProjectRefused, match="takes too long to read"):
        copied(source)


def test_only_reading_is_allowed_there(sent: Path, tmp_path: Path) -> None:
    source = changed(sent, tmp_path)
    for statement in ("DELETE FROM item", "ATTACH DATABASE ':memory:' AS x", "SELECT load_extension('x')", "VACUUM"):
        with pytest.raises(ProjectRefused), received_rows._reading(source, Pulse(no_step)) as connection:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("DELETE FROM item", "readonly"),
        ("UPDATE item SET path = 'x'", "readonly"),
        ("ATTACH DATABASE ':memory:' AS x", "too many attached"),
        ("SELECT load_extension('x')", "not authorized"),
    ],
)
def test_one_lock_holds_where_another_is_open(sent: Path, tmp_path: Path, statement: str, why: str) -> None:
    """What is not allowed would not be possible either."""
    source = changed(sent, tmp_path)
    with received_rows._reading(source, Pulse(no_step)) as connection:
        with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|prohibited"):
            connection.execute(statement)
        connection.set_authorizer(None)
        with pytest.raises(sqlite3.Error, match=why):
            connection.execute(statement)


def test_what_runs_by_itself_there_is_held_down(sent: Path, tmp_path: Path) -> None:
    with received_rows._reading(changed(sent, tmp_path), Pulse(no_step)) as connection:
        assert connection.getlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH) == 0
        connection.set_authorizer(None)
        for pragma, value in (("query_only", 1), ("trusted_schema", 0), ("mmap_size", 0), ("cell_size_check", 1)):
            assert connection.execute(f"PRAGMA {pragma}").fetchone() == (value,), pragma


def test_a_large_database_gets_more_time(sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[float | None] = []

    @contextmanager
    def reading(_: Path, pulse: Pulse) -> Iterator[sqlite3.Connection]:
        limits.append(pulse.limit)
        raise InterruptedError
        yield

    source = changed(sent, tmp_path)
    monkeypatch.setattr(received_rows, "_reading", reading)
    monkeypatch.setattr(received_rows.time, "monotonic", lambda: 1000.0)
    with source.open("r+b") as file:
        file.truncate(6 * 2**20)
    with pytest.raises(InterruptedError):
        copied(source)
    assert limits == [1000 + 20 + 0.5 * 6]
