"""Profiles of reviewers: proving who one is, keys sealed by passwords, and what lands where on the disk."""

import json
import stat
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.reviewers import Auth
from hitl_desktop.workflow import passwords, reviewers
from hitl_desktop.workflow.key_files import KEYS
from hitl_desktop.workflow.reviewers import FILE, Reviewers

SECRET = "correct horse battery"


@dataclass
class Clock:
    """Time that a test moves."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real functions, with the least memory: guessing need not be slow here."""
    monkeypatch.setattr(passwords, "_MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "_TIME", 1)


@pytest.fixture
def people(tmp_path: Path) -> Reviewers:
    """One reviewer with no password, as after the first start."""
    return Reviewers(tmp_path, lambda: "ada", Clock())


def test_one_profile_without_a_password_is_never_asked(people: Reviewers) -> None:
    assert not people.needs_asking
    assert people.sitting.name == "ada"
    assert people.sitting.auth is Auth.NONE
    assert not people.sitting.is_locked
    assert Reviewers(people.folder, lambda: "other").sitting.reviewer_id == people.sitting.reviewer_id


def test_two_profiles_are_asked_and_a_name_is_on_record_once(people: Reviewers) -> None:
    bob = people.add("Bob")
    assert people.needs_asking
    assert people.sitting.is_locked
    people.sign_in(bob.uuid)
    assert (people.sitting.name, people.is_locked) == ("Bob", False)
    people.rename(bob.uuid, "Robert")
    assert people.sitting.name == "Robert"
    for taken in ("bob", "ROBERT", "ada"):
        with pytest.raises(KnownError, match="already"):
            people.add(taken)
    assert people.rename(bob.uuid, "Bob").names == ("Bob", "Robert")


def test_a_wrong_password_is_counted_and_waits(people: Reviewers) -> None:
    clock = people.clock
    assert isinstance(clock, Clock)
    eve = people.add("Eve", "", SECRET)
    for _ in range(4):
        with pytest.raises(KnownError, match="not the password"):
            people.sign_in(eve.uuid, "guess")
        clock.now += 1
    with pytest.raises(KnownError, match="Wait"):
        people.sign_in(eve.uuid, SECRET)
    # Starting the program again, or putting the clock back, gains nothing.
    again = Reviewers(people.folder, lambda: "ada", Clock(clock.now - 500))
    with pytest.raises(KnownError, match="Wait"):
        again.sign_in(eve.uuid, SECRET)
    clock.now += 300
    assert people.sign_in(eve.uuid, SECRET).auth is Auth.PASSWORD
    assert people.get(eve.uuid).failures == 0


def test_locking_asks_again_and_only_who_has_a_password(people: Reviewers) -> None:
    assert not people.lock().is_locked
    eve = people.add("Eve", "", SECRET)
    people.sign_in(eve.uuid, SECRET)
    locked = people.lock()
    assert locked.is_locked
    assert locked.auth is Auth.NONE
    people.sign_in(eve.uuid, SECRET)
    assert not people.is_locked


def test_neither_password_nor_key_lies_open(people: Reviewers) -> None:
    eve = people.add("Eve", "", SECRET)
    signature, public, auth = people.sign(eve.uuid, SECRET, lambda profile: profile.public_key.encode())
    assert auth is Auth.PASSWORD
    assert passwords.is_signed(public, signature, public.encode())
    assert not passwords.is_signed(public, signature, b"something else")
    files = [file for file in people.folder.rglob("*") if file.is_file()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert not any(SECRET in file.read_text("utf-8") for file in files)
    stored = json.loads((people.folder / KEYS / f"{eve.uuid}.json").read_text("utf-8"))
    assert stored["salt"]
    key = passwords.SigningKey.of(stored)
    with pytest.raises(KnownError, match="cannot be opened"):
        passwords.opened(key, "guess")
    with pytest.raises(KnownError, match="not the password"):
        people.sign(eve.uuid, "guess", lambda _: b"")


def test_another_password_keeps_the_key(people: Reviewers) -> None:
    ada = people.last.uuid
    _, first, _ = people.sign(ada, "", lambda _: b"1")
    people.set_password(ada, "", SECRET)
    assert people.sitting.reviewer_id == ada
    _, second, auth = people.sign(ada, SECRET, lambda _: b"2")
    with pytest.raises(KnownError):
        people.set_password(ada, "guess", "another secret")
    people.set_password(ada, SECRET, "")
    _, third, bare = people.sign(ada, "", lambda _: b"3")
    assert first == second == third
    assert (auth, bare) == (Auth.PASSWORD, Auth.NONE)


def test_who_is_at_work_and_the_last_one_stay(people: Reviewers) -> None:
    with pytest.raises(KnownError):
        people.set_disabled(people.last.uuid, disabled=True)
    bob = people.add("Bob")
    people.sign_in(bob.uuid)
    ada = people.active()[0]
    people.set_disabled(ada.uuid, disabled=True)
    with pytest.raises(KnownError, match="not in use"):
        people.sign_in(ada.uuid)
    people.set_disabled(ada.uuid, disabled=False)
    people.sign_in(ada.uuid)


@pytest.mark.parametrize(
    "content", ["", "[]", '{"profiles": [{"uuid": "", "name": "x"}]}', '{"profiles": 3}', "[" * 100_000]
)
def test_a_broken_file_is_set_aside(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content, "utf-8")
    people = Reviewers(tmp_path, lambda: "ada")
    assert people.sitting.name == "ada"
    assert people.was_broken
    assert (tmp_path / "reviewers.broken.json").read_text("utf-8") == content


def test_the_real_hash_is_argon2id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    encoded = passwords.hashed(SECRET)
    assert encoded.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.fits(encoded, SECRET)
    assert not passwords.fits("rubbish", SECRET)


def test_two_windows_take_nothing_from_each_other(people: Reviewers) -> None:
    """Each writes the whole file: one that did not look first took away the profile and the password of the other."""
    ada = people.last
    other = Reviewers(people.folder, lambda: "ada", people.clock)
    assert [profile.name for profile in other.all()] == ["ada"]
    people.add("Bob")
    people.set_password(ada.uuid, "", SECRET)
    other.add("Cid")
    assert [profile.name for profile in Reviewers(people.folder, lambda: "x").all()] == ["ada", "Bob", "Cid"]
    with pytest.raises(KnownError, match="not the password"):
        other.sign_in(ada.uuid)
    assert other.sign_in(ada.uuid, SECRET).auth is Auth.PASSWORD


def test_a_wrong_password_in_one_window_takes_back_no_change_made_in_another_meanwhile(
    people: Reviewers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking at a password takes a while. The key would have been sealed with a password that nobody had any more."""
    ada, other = people.last.uuid, Reviewers(people.folder, lambda: "ada", Clock())
    people.set_password(ada, "", SECRET)
    key = people.sign(ada, SECRET, lambda _: b"x")[1]
    real, change = passwords.fits, threading.Thread(target=people.set_password, args=(ada, SECRET, f"another {SECRET}"))

    def slow(encoded: str, password: str) -> bool:
        monkeypatch.setattr(passwords, "fits", real)
        change.start()
        change.join(0.3)
        return real(encoded, password)

    monkeypatch.setattr(passwords, "fits", slow)
    with pytest.raises(KnownError, match="not the password of ada"):
        other.prove(ada, "some other word")
    change.join()
    assert other.sign(ada, f"another {SECRET}", lambda _: b"x")[1:] == (key, Auth.PASSWORD)


def test_what_cannot_be_kept_is_not_said_to_be(people: Reviewers, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = people.last
    people.sign(ada.uuid, "", lambda _: b"words")
    people.set_password(ada.uuid, "", SECRET)
    with monkeypatch.context() as full:
        written = reviewers.write_private
        full.setattr(reviewers, "write_private", lambda path, value: path.name != FILE and written(path, value))
        for change in (
            lambda: people.add("Bob"), lambda: people.rename(ada.uuid, "Eve"), lambda: people.set_role(ada.uuid, "x"),
            lambda: people.set_password(ada.uuid, SECRET, "another good one"),
        ):  # fmt: skip
            with pytest.raises(KnownError, match="nothing was changed"):
                change()
        assert people.sign_in(ada.uuid, SECRET).auth is Auth.PASSWORD, "who is there can go on working"
    assert [(p.name, p.role) for p in Reviewers(people.folder, lambda: "x").all()] == [("ada", "")]
    assert people.sign(ada.uuid, SECRET, lambda _: b"words")[2] is Auth.PASSWORD, "the old password opens the key"


def test_a_file_that_cannot_be_read_for_now_is_left_alone(people: Reviewers, monkeypatch: pytest.MonkeyPatch) -> None:
    people.add("Bob", "", SECRET)
    kept = (people.folder / FILE).read_bytes()
    with monkeypatch.context() as failing:

        def fail(*_: object, **__: object) -> str:
            raise PermissionError(13, "refused")

        failing.setattr(Path, "read_text", fail)
        late = Reviewers(people.folder, lambda: "ada")
        assert [profile.name for profile in late.all()] == ["ada"]
        assert late.was_broken
        with pytest.raises(KnownError, match="nothing was changed"):
            late.add("Cid")
    assert (people.folder / FILE).read_bytes() == kept
