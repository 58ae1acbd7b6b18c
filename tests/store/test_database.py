"""What is refused at the door, with every byte left as it was."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import peewee
import pytest

from hitl_desktop.domain.errors import KnownError, ProjectDamaged, ProjectRefused
from hitl_desktop.store import database, snapshot_database
from hitl_desktop.store.database import (
    APPLICATION_ID,
    check_is_ours,
    check_sound,
    connect,
    connect_for_reading,
    settle,
)
from hitl_desktop.store.migrate import current_version
from hitl_desktop.store.refusals import told
from hitl_desktop.store.store import DATABASE, Store


def with_pragma(pragma: str) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        with closing(sqlite3.connect(path)) as raw:
            raw.execute(f"PRAGMA {pragma}")

    return spoil


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("This is a letter, and long enough to fill the hundred bytes of a header. " * 3, "utf-8")


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_inside_a_page(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def trashed(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 8] = b"\xa5" * (4096 * 5)
    path.write_bytes(data)


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE recipe(name TEXT)")
        raw.execute("INSERT INTO recipe VALUES ('soup')")
        raw.commit()


def newer_without_wal(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA journal_mode = delete")
        raw.execute(f"PRAGMA user_version = {current_version() + 1}")


SPOILERS = {
    "newer": (with_pragma(f"user_version = {current_version() + 1}"), "newer version"),
    "newer, another journal mode": (newer_without_wal, "newer version"),
    "another program's mark": (with_pragma("application_id = 1234"), "another program"),
    "no mark": (with_pragma("application_id = 0"), "another program"),
    "another program's tables": (foreign, "another program"),
    "empty": (empty, "damaged"),
    "text": (text, "damaged"),
    "half of it": (truncated, "damaged"),
    "cut inside a page": (cut_inside_a_page, "damaged"),
    "trashed pages": (trashed, "damaged"),
}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != "lock"}


@pytest.mark.parametrize("case", SPOILERS)
def test_a_project_that_cannot_be_opened_is_refused_and_left_as_it_was(closed: Path, case: str) -> None:
    spoil, words = SPOILERS[case]
    spoil(closed / DATABASE)
    before = contents(closed)
    for _ in range(2):
        with pytest.raises(ProjectRefused, match=words) as refusal:
            Store.open(closed)
        assert refusal.value.remedy
        assert contents(closed) == before
    with suppress(KnownError):  # without a look at all of it: some damage does not show
        Store.reader(closed).close()
    assert contents(closed) == before, "not even the empty files that reading makes"


def test_a_missing_database_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    (tmp_path / "Empty.hitl").mkdir()
    with pytest.raises(ProjectRefused, match="missing"):
        Store.open(tmp_path / "Empty.hitl")
    assert not list((tmp_path / "Empty.hitl").iterdir())


def test_every_flipped_byte_ends_in_a_refusal_or_a_project_that_opens(closed: Path) -> None:
    sound = (closed / DATABASE).read_bytes()
    for at in range(0, len(sound), max(1, len(sound) // 60)):
        data = bytearray(sound)
        data[at] ^= 0xFF
        (closed / DATABASE).write_bytes(data)
        for leftover in ("-wal", "-shm"):
            (closed / (DATABASE + leftover)).unlink(missing_ok=True)
        with suppress(KnownError):
            Store.open(closed).close()


def test_a_project_killed_before_its_first_checkpoint_opens(closed: Path, tmp_path: Path) -> None:
    young = Store.create(tmp_path / "Young.hitl")
    copy = tmp_path / "Copy.hitl"
    copy.mkdir()
    for name in (DATABASE, f"{DATABASE}-wal"):
        shutil.copyfile(young.folder / name, copy / name)
    young.close()
    assert (copy / DATABASE).read_bytes()[68:72] == bytes(4), "the mark is still in the log only"
    opened = Store.open(copy)
    assert opened.decisions.count() == 0
    opened.close()


def test_every_connection_is_durable_and_distrusts_the_file(tmp_path: Path) -> None:
    fresh = connect(tmp_path / "fresh.sqlite3")
    asked = {name: fresh.execute_sql(f"PRAGMA {name}").fetchone() for name in ("journal_mode", "synchronous")}
    assert asked == {"journal_mode": ("wal",), "synchronous": (2,)}
    assert fresh.execute_sql("PRAGMA foreign_keys").fetchone() == (1,)
    assert fresh.execute_sql("PRAGMA trusted_schema").fetchone() == (0,)
    fresh.close()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (peewee.OperationalError("database or disk is full"), "disk is full"),
        (peewee.OperationalError("attempt to write a readonly database"), "cannot be written"),
        (peewee.OperationalError("database is locked"), "busy"),
        (peewee.OperationalError("disk I/O error"), "not saved"),
        (peewee.DatabaseError("database disk image is malformed"), "damaged"),
        (OSError(28, "No space left on device"), "disk is full"),
    ],
)
def test_what_the_disk_refuses_is_told_in_words(tmp_path: Path, error: Exception, words: str) -> None:
    with pytest.raises(KnownError, match=words), told(tmp_path / DATABASE):
        raise error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (peewee.OperationalError("database or disk is full"), "needs a little room"),
        (peewee.OperationalError("unable to open database file"), "cannot be read"),
        (peewee.OperationalError("disk I/O error"), "could not be read"),
        (OSError(28, "No space left on device"), "needs a little room"),
    ],
)
def test_who_only_reads_is_not_told_that_nothing_was_saved(tmp_path: Path, error: Exception, words: str) -> None:
    with pytest.raises(KnownError, match=words) as refusal, told(tmp_path / DATABASE, is_reading=True):
        raise error
    assert "saved" not in str(refusal.value)


def test_a_connection_that_reads_and_one_that_opens_say_so_themselves(tmp_path: Path) -> None:
    folder = tmp_path / "P.hitl"
    Store.create(folder).close()
    reader = Store.reader(folder)
    assert reader._database.connection().is_reading
    reader.close()
    store = Store.open(folder)
    assert not store._database.connection().is_reading
    store.close()
    opening = connect(folder / DATABASE, is_opening=True)
    assert opening.connection().is_reading
    opening.begins_to_save()
    opening.close()
    opening.connect()
    assert not opening.connection().is_reading, "opened anew after an error"
    opening.close()


def test_a_broken_rule_of_the_schema_is_a_bug_and_not_damage(tmp_path: Path) -> None:
    with pytest.raises(peewee.IntegrityError), told(tmp_path / DATABASE):
        raise peewee.IntegrityError("FOREIGN KEY constraint failed")


def test_the_mark_is_written(closed: Path) -> None:
    assert int.from_bytes((closed / DATABASE).read_bytes()[68:72], "big") == APPLICATION_ID


def test_a_reader_refuses_what_is_not_ours_newer_or_older(closed: Path, tmp_path: Path) -> None:
    for number, (pragma, why) in enumerate(
        (
            ("application_id = 7", "another program"),
            (f"user_version = {current_version() + 1}", "newer version"),
            ("user_version = 1", "older version, and opened to read only"),
        )
    ):
        copy = tmp_path / str(number)
        shutil.copytree(closed, copy)
        with_pragma(pragma)(copy / DATABASE)
        before = contents(copy)
        with pytest.raises(ProjectRefused, match=why):
            Store.reader(copy)
        assert contents(copy) == before, "not even the empty files that reading makes"


def test_a_file_that_cannot_be_read_is_told(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = current_version()

    def fails(self: Path, *_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", fails)
    with pytest.raises(ProjectRefused, match="cannot be read: Input/output error"):
        check_is_ours(closed / DATABASE, newest)


def test_a_large_file_is_checked_when_the_whole_is_asked_for(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(closed / DATABASE)) as raw:
        page = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'item_text'").fetchone()[0]
    data = bytearray((closed / DATABASE).read_bytes())
    data[(page - 1) * 4096 : page * 4096] = b"\xa5" * 4096
    (closed / DATABASE).write_bytes(data)
    monkeypatch.setattr(database, "_CHECKED_WHOLE", 4096)
    connection = connect_for_reading(closed / DATABASE)
    check_sound(connection, closed / DATABASE)
    with pytest.raises(ProjectDamaged):
        check_sound(connection, closed / DATABASE, whole=True)
    connection.close()


@pytest.mark.parametrize("whole_up_to", [0, 2**30])
def test_an_index_that_lost_its_rows_is_damage(closed: Path, monkeypatch: pytest.MonkeyPatch, whole_up_to: int) -> None:
    """SQLite's quick check passes, the table has its rows, and whoever asks for classes in order gets none."""
    path = closed / DATABASE
    with closing(sqlite3.connect(path)) as raw:
        size = raw.execute("PRAGMA page_size").fetchone()[0]
        # The second of the indexes that SQLite makes for the columns that are unique is that of the places.
        place = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_label_2'").fetchone()[0]
    whole = bytearray(path.read_bytes())
    empty_leaf = bytes([10, 0, 0, 0, 0]) + size.to_bytes(2) + bytes([0])
    whole[(place - 1) * size : (place - 1) * size + 8] = empty_leaf
    path.write_bytes(whole)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
        assert raw.execute("SELECT id FROM label ORDER BY position").fetchall() == []
    monkeypatch.setattr(database, "_CHECKED_WHOLE", whole_up_to)
    with pytest.raises(ProjectDamaged):
        Store.open(closed)


def test_a_connection_is_kept_while_somebody_reads_what_is_in_the_log(closed: Path) -> None:
    path = closed / DATABASE
    writer, reader = connect(path), connect_for_reading(path)
    reader.begin("DEFERRED")
    reader.execute_sql("SELECT count(*) FROM draft").fetchone()
    writer.execute_sql("INSERT INTO draft(idx, note) VALUES (1, 'x')")
    kept = writer.connection()
    settle(writer, path)
    assert writer.connection() is kept
    reader.rollback()
    reader.close()
    settle(writer, path)
    assert writer.connection() is not kept
    assert writer.execute_sql("SELECT count(*) FROM draft").fetchone() == (1,)
    writer.close()


def test_after_an_error_of_the_disk_the_file_is_looked_at_before_it_is_used(closed: Path) -> None:
    """What failed may have left anything."""
    path = closed / DATABASE
    writer = connect(path)
    writer.execute_sql("INSERT INTO draft(idx, note) VALUES (1, 'x')")
    size = writer.execute_sql("PRAGMA page_size").fetchone()[0]
    place = writer.execute_sql("SELECT rootpage FROM sqlite_master WHERE name = 'label'").fetchone()[0]
    writer.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek((place - 1) * size)
        file.write(b"\xa5" * size)
    with pytest.raises(ProjectDamaged):
        settle(writer, path)
    writer.close()


def test_a_copy_in_memory_has_a_largest_size(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_database, "MOST_BYTES", 4096)
    with pytest.raises(ProjectRefused, match="too large to be read"):
        snapshot_database.SnapshotDatabase(closed / DATABASE).connect()
    monkeypatch.setattr(snapshot_database, "MOST_BYTES", (closed / DATABASE).stat().st_size)
    copy = snapshot_database.SnapshotDatabase(closed / DATABASE)
    copy.connect()
    assert copy.execute_sql("SELECT count(*) FROM decision").fetchone() == (3,)
    copy.close()


def test_an_error_of_the_system_that_is_not_about_room_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError), told(tmp_path / DATABASE):
        raise ConnectionResetError
