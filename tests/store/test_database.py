"""What is refused at the door, with every byte left as it was."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import peewee
import pytest

from hitl_desktop.domain.errors import KnownError, ProjectRefused
from hitl_desktop.store.database import APPLICATION_ID, connect
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
    database = connect(tmp_path / "fresh.sqlite3")
    asked = {name: database.execute_sql(f"PRAGMA {name}").fetchone() for name in ("journal_mode", "synchronous")}
    assert asked == {"journal_mode": ("wal",), "synchronous": (2,)}
    assert database.execute_sql("PRAGMA foreign_keys").fetchone() == (1,)
    assert database.execute_sql("PRAGMA trusted_schema").fetchone() == (0,)
    database.close()


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


def test_a_broken_rule_of_the_schema_is_a_bug_and_not_damage(tmp_path: Path) -> None:
    with pytest.raises(peewee.IntegrityError), told(tmp_path / DATABASE):
        raise peewee.IntegrityError("FOREIGN KEY constraint failed")


def test_the_mark_is_written(closed: Path) -> None:
    assert int.from_bytes((closed / DATABASE).read_bytes()[68:72], "big") == APPLICATION_ID
