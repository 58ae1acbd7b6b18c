"""A key and the password that opens it lie in two files: a change that is cut short anywhere loses neither."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.workflow import key_files, passwords, reviewers
from hitl_desktop.workflow.key_files import KEYS
from hitl_desktop.workflow.reviewers import FILE, Reviewers

OLD: Final = "correct horse battery"
NEW: Final = "staple of another kind"
SEALED, PROFILE, RENAMED = 1, 2, 3
"""The changes of files in their order: the key sealed anew, the profile, the key in its place."""


class _KilledError(BaseException):
    """Stands for the end of the process."""


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real functions, with the least memory: guessing need not be slow here."""
    monkeypatch.setattr(passwords, "_MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "_TIME", 1)


class Knife:
    """Ends the process before or after the change of a file of that number, counted from 1."""

    def __init__(self, at: int, *, after: bool) -> None:
        self.changes = 0
        self._at, self._after = at, after

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """`work`, which changes one file."""

        def cut(*arguments: Any, **options: Any) -> Any:
            self.changes += 1
            if self.changes == self._at and not self._after:
                raise _KilledError
            found = work(*arguments, **options)
            if self.changes == self._at:
                raise _KilledError
            return found

        return cut

    def hold(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Over every change of a file that a change of password makes."""
        write = key_files.write_private
        monkeypatch.setattr(key_files, "write_private", self.around(write))
        monkeypatch.setattr(reviewers, "write_private", self.around(write))
        replace = Path.replace
        renamed = self.around(replace)

        def replaced(path: Path, target: Path) -> Path:
            found: Path = (renamed if path.name.endswith(".next.json") else replace)(path, target)
            return found

        monkeypatch.setattr(Path, "replace", replaced)


def signed_with(folder: Path, password: str) -> str | None:
    """The public key with which somebody who starts the program anew signs; None where it is not the password."""
    people = Reviewers(folder, lambda: "ada", lambda: 1e9)
    try:
        _, public, _ = people.sign(people.last.uuid, password, lambda _: b"message")
    except KnownError as error:
        if "not the password" not in str(error):
            raise
        return None
    return public


@pytest.mark.parametrize("after", [False, True], ids=["before it", "after it"])
@pytest.mark.parametrize("at", [SEALED, PROFILE, RENAMED])
@pytest.mark.parametrize(("old", "new"), [(OLD, NEW), ("", NEW), (OLD, "")], ids=["other", "first", "none"])
def test_cut_short_at_any_change_of_a_file_one_password_holds_and_signs_with_the_same_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, at: int, after: bool
) -> None:
    people = Reviewers(tmp_path, lambda: "ada")
    who = people.last.uuid
    if old:
        people.set_password(who, "", old)
    _, public, _ = people.sign(who, old, lambda _: b"message")
    with monkeypatch.context() as patched:
        Knife(at, after=after).hold(patched)
        with pytest.raises(_KilledError):
            people.set_password(who, old, new)
    is_changed = at == RENAMED or (at == PROFILE and after)
    holds, other = (new, old) if is_changed else (old, new)
    assert signed_with(tmp_path, holds) == public
    if holds:
        assert signed_with(tmp_path, other) is None
    (file,) = (tmp_path / KEYS).iterdir()
    assert bool(json.loads(file.read_text("utf-8"))["salt"]) == bool(holds)


def test_a_refused_change_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = Reviewers(tmp_path, lambda: "ada")
    who = people.last.uuid
    people.set_password(who, "", OLD)
    _, public, _ = people.sign(who, OLD, lambda _: b"message")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    for module in (reviewers, key_files):
        with monkeypatch.context() as patched:
            patched.setattr(module, "write_private", lambda *_: False)
            with pytest.raises(KnownError, match="cannot be kept"):
                people.set_password(who, OLD, NEW)
        assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before
    assert (tmp_path / FILE).is_file()
    assert signed_with(tmp_path, OLD) == public


def test_what_lies_beside_a_key_and_is_none_is_passed_over(tmp_path: Path) -> None:
    people = Reviewers(tmp_path, lambda: "ada")
    _, public, _ = people.sign(people.last.uuid, "", lambda _: b"message")
    (tmp_path / KEYS / f"{people.last.uuid}.next.json").write_text("[" * 100_000)
    assert signed_with(tmp_path, "") == public
