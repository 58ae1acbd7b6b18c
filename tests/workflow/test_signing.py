"""Signatures with a meaning: what they hold of, what came since, and that nothing can be forged in silence."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.signatures import Holds, Meaning, Signed, Subject
from hitl_desktop.store.rebuilding import rebuild
from hitl_desktop.store.signatures import SignatureRow
from hitl_desktop.store.store import Store
from hitl_desktop.workflow import passwords
from hitl_desktop.workflow.backing_up import back_up
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.reviewers import Profile, Reviewers
from hitl_desktop.workflow.signing import Wish, check_all, keep, prepare
from hitl_desktop.workflow.verifying import verify

SECRET = "correct horse battery"
Sign = Callable[..., SignatureRow]


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "_TIME", 1)


@pytest.fixture
def people(tmp_path: Path) -> Reviewers:
    people = Reviewers(tmp_path / "config", lambda: "ada")
    people.add("Eve", "lead", SECRET)
    return people


@pytest.fixture
def eve(people: Reviewers) -> Profile:
    return people.all()[1]


@pytest.fixture
def session(text_project: Project) -> ReviewSession:
    """Three decisions."""
    session = ReviewSession(text_project, "ada")
    for _ in range(3):
        session.decide(Verdict.CORRECTED, 1)
    return session


@pytest.fixture
def sign(text_project: Project, people: Reviewers, eve: Profile) -> Sign:
    def signs(subject: Subject = Subject.PROJECT, what: str = "", **more: object) -> SignatureRow:
        meaning, words = more.get("meaning", Meaning.REVIEWED), str(more.get("words", ""))
        assert isinstance(meaning, Meaning)
        row = prepare(text_project.folder, Wish(subject, what, meaning, words), people, eve.uuid, SECRET)
        keep(text_project.store, row, people.get(eve.uuid))
        return row

    return signs


def holds(store: Store, file: Path | None = None) -> list[Holds]:
    return [checked.holds for checked in check_all(store, file)]


def test_a_signature_holds_and_says_what_came_since(session: ReviewSession, sign: Sign) -> None:
    store = session.project.store
    row = sign(meaning=Meaning.APPROVED, words="second reading done")
    (checked,) = check_all(store)
    assert checked.holds is Holds.YES
    signed = checked.signed
    assert signed is not None
    assert (signed.name, signed.role, signed.auth) == ("Eve", "lead", "password")
    assert (signed.meaning, signed.words, signed.decisions) == (Meaning.APPROVED, "second reading done", 3)
    assert Signed.of(row.body) == signed
    assert SECRET not in json.dumps(row.body)
    for _ in range(3):
        session.decide(Verdict.SKIPPED)
    session.undo()
    (checked,) = check_all(store)
    assert (checked.holds, checked.since) == (Holds.SINCE, 4)
    assert checked.why.english() == "It holds; 4 decisions were made since."


def test_it_asks_for_the_password_and_for_a_meaning(session: ReviewSession, people: Reviewers, eve: Profile) -> None:
    folder = session.project.folder
    with pytest.raises(KnownError, match="not the password"):
        prepare(folder, Wish(Subject.PROJECT), people, eve.uuid, "guess")
    with pytest.raises(KnownError, match="what it means"):
        prepare(folder, Wish(Subject.PROJECT, meaning=Meaning.OWN_WORDS), people, eve.uuid, SECRET)
    with pytest.raises(KnownError, match="no certificate 7"):
        prepare(folder, Wish(Subject.CERTIFICATE, "7"), people, eve.uuid, SECRET)


def test_verifying_a_project_tells_of_its_signatures(session: ReviewSession, sign: Sign) -> None:
    row = sign()
    project = session.project
    with project.store.transaction():
        project.store.signatures.append(replace(row, event_id="other", signature="00" * 64))
    project.close()
    check = verify(project.folder)
    assert [str(fault.what) for fault in check.faults] == [
        "Signature 2: It is not what this reviewer signed: the signature or what it says was changed."
    ]
    assert not check.is_intact


def test_a_file_is_compared_by_its_content(session: ReviewSession, sign: Sign, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("a,b\n", "utf-8")
    sign(Subject.FILE, str(out))
    store = session.project.store
    assert holds(store) == [Holds.UNKNOWN]
    assert holds(store, out) == [Holds.YES]
    moved = out.rename(tmp_path / "renamed.csv")
    assert holds(store, moved) == [Holds.YES]
    out.write_text("a,c\n", "utf-8")
    assert holds(store, out) == [Holds.CHANGED]
    assert holds(store, Path(__file__)) == [Holds.UNKNOWN]


@pytest.mark.parametrize("column", ["note = 'x'", "label_id = 2", "reviewer = 'bob'", "at_utc = 'x'", "seconds = 1"])
def test_an_edited_decision_is_seen(session: ReviewSession, sign: Sign, column: str) -> None:
    sign()
    store = session.project.store
    store._database.execute_sql("DROP TRIGGER decision_never_updated")
    store._database.execute_sql(f"UPDATE decision SET {column} WHERE number = 2")  # noqa: S608 - the cases above
    assert holds(store) == [Holds.CHANGED]


@pytest.mark.parametrize("what", ["meaning", "name", "signature", "key", "row", "time"])
def test_a_forged_signature_is_seen(session: ReviewSession, sign: Sign, what: str) -> None:
    row = sign()
    other = passwords.new_key("")
    signed = Signed.of(row.body)
    forged = {
        "meaning": lambda: replace(row, body=replace(signed, meaning=Meaning.APPROVED).body()),
        "name": lambda: replace(row, body=replace(signed, name="Mallory").body()),
        "signature": lambda: replace(row, signature="00" * 64),
        # Whoever has another key can sign anything: but not as this reviewer.
        "key": lambda: replace(
            row,
            public_key=other.public,
            signature=passwords.signed(passwords.opened(other, ""), row.body.encode()),
        ),
        "row": lambda: replace(row, reviewer_id="somebody else"),
        "time": lambda: replace(row, at_utc="2000-01-01T00:00:00.000+00:00"),
    }[what]()
    store = session.project.store
    with store.transaction():
        store.signatures.append(replace(forged, event_id="other"))
    assert holds(store) == [Holds.YES, Holds.FORGED]


def test_a_rebuilt_project_keeps_what_was_signed(session: ReviewSession, sign: Sign, tmp_path: Path) -> None:
    sign()
    project = session.project
    project.close()
    back_up(project.folder)
    rebuild(project.folder, tmp_path / "Again.hitl")
    again = Store.open(tmp_path / "Again.hitl")
    assert holds(again) == [Holds.YES]
    again.close()
