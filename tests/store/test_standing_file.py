"""Whether the database and the log beside it are still those that were opened."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import DiskTrouble
from hitl_desktop.store.standing_file import StandingFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file in a folder of its own, with which one can do what one likes."""
    (tmp_path / "P.hitl").mkdir()
    path = tmp_path / "P.hitl" / "project.sqlite3"
    path.write_bytes(b"x")
    return path


def log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def replaced(path: Path) -> None:
    """Another file of the same name, with another number in the file system."""
    path.with_name("new").write_bytes(b"x")
    path.with_name("new").replace(path)


HARMS: dict[str, Callable[[Path], object]] = {
    "deleted": lambda path: path.unlink(),
    "renamed": lambda path: path.rename(path.with_name("else")),
    "replaced": replaced,
    "its folder renamed": lambda path: path.parent.rename(path.parent.with_name("Else.hitl")),
    "a file in place of its folder": lambda path: (
        path.parent.rename(path.parent.with_name("Else.hitl")),
        path.parent.write_bytes(b"x"),
    ),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_file_that_is_not_there_any_more_is_told(path: Path, harm: str) -> None:
    held = path.open("rb")  # as the database is: its number is not given to another one meanwhile
    stands = StandingFile(path)
    stands.check()
    HARMS[harm](path)
    with pytest.raises(DiskTrouble, match=r"The project P\.hitl was moved, renamed, deleted or replaced"):
        stands.check()
    held.close()


def test_one_that_was_put_back_stands_again(path: Path) -> None:
    stands = StandingFile(path)
    path.rename(path.with_name("else"))
    with pytest.raises(DiskTrouble):
        stands.check()
    path.with_name("else").rename(path)
    path.write_bytes(b"other contents")
    stands.check()


def test_what_else_the_disk_says_is_left_to_the_database(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> os.stat_result:
        raise PermissionError

    stands = StandingFile(path)
    monkeypatch.setattr(Path, "stat", refuse)
    stands.check()


def test_a_file_that_never_was_cannot_be_opened(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        StandingFile(path.with_name("none"))


def test_a_log_that_comes_later_is_its_own_and_none_but_that(path: Path) -> None:
    """There is none until something is written."""
    stands = StandingFile(path)
    assert stands.has_log()
    log_of(path).write_bytes(b"1")
    held = log_of(path).open("rb")
    assert stands.has_log()
    log_of(path).write_bytes(b"longer")
    assert stands.has_log()
    replaced(log_of(path))
    assert not stands.has_log()
    log_of(path).unlink()
    assert not stands.has_log()
    assert not stands.has_log(), "and it is not forgotten"
    stands.forget_log()
    assert stands.has_log()
    log_of(path).write_bytes(b"the next one")
    assert stands.has_log()
    held.close()


def test_of_a_database_that_is_gone_the_log_is_not_the_trouble(path: Path) -> None:
    log_of(path).write_bytes(b"1")
    stands = StandingFile(path)
    assert stands.has_log()
    path.unlink()
    log_of(path).unlink()
    assert stands.has_log(), "`check` tells of it"
