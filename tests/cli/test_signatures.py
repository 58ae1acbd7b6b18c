"""Passwords and signatures on the command line: never an argument, and what was signed is told."""

from pathlib import Path

import pytest

from hitl_desktop import paths
from hitl_desktop.cli.signing_in import password_of, profiles
from hitl_desktop.kinds.child_environment import VARIABLE
from hitl_desktop.workflow import passwords
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.reviewers import FILE, Profile
from tests.cli.test_contract import Console, console

__all__ = ["console"]
SECRET = "correct horse battery"


@pytest.fixture(autouse=True)
def eve(monkeypatch: pytest.MonkeyPatch) -> Profile:
    """A profile with a password."""
    monkeypatch.setattr(passwords, "_MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "_TIME", 1)
    return profiles().add("Eve", "lead", SECRET)


def test_a_profile_with_a_password_needs_it(
    console: Console, text_project_folder: Path, eve: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = console.json("queue", text_project_folder, "--limit", "1")[0]["id"]
    assert "nobody to ask" in console.refused("decide", text_project_folder, item, "--skip", "--reviewer", "eve")
    monkeypatch.setenv(VARIABLE, "a wrong guess")
    refusal = console.refused("decide", text_project_folder, item, "--skip", "--reviewer", "Eve")
    assert "not the password of Eve" in refusal
    assert "guess" not in refusal
    monkeypatch.setenv(VARIABLE, SECRET)
    console.json("decide", text_project_folder, item, "--skip", "--reviewer", "Eve")
    other = console.json("queue", text_project_folder, "--limit", "1")[0]["id"]
    console.json("decide", text_project_folder, other, "--label", "bill", "--reviewer", "somebody")
    refusal = console.refused("decide", text_project_folder, other, "--label", "login", "--reviewer", "somebody")
    assert "a past decision is changed with a reason" in refusal
    project = Project.reader(text_project_folder)
    events = project.store.decisions.all()
    project.close()
    assert [(e.reviewer, e.reviewer_id, e.auth) for e in events] == [
        ("Eve", eve.uuid, "password"),
        ("somebody", "", "none"),
    ]
    known = console.json("reviewers", text_project_folder)
    assert [(row["name"], row["role"], row["password"]) for row in known] == [("Eve", "lead", True)]
    assert SECRET not in (paths.user_config() / FILE).read_text("utf-8")


def test_signing_and_telling(console: Console, text_project_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)
    assert console.json("signatures", text_project_folder) == []
    signing = ("signatures", text_project_folder, "--sign", "project", "--reviewer", "Eve")
    assert "what it means" in console.refused(*signing)
    (row,) = console.json(*signing, "--meaning", "approved")
    assert (row["meaning"], row["name"], row["auth"], row["holds"], row["since"]) == (
        "approved", "Eve", "password", "yes", 0,
    )  # fmt: skip
    assert "Only a reviewer with a profile" in console.refused(*signing[:-1], "nobody", "--meaning", "reviewed")
    assert "no certificate" in console.refused(*signing[:3], "certificate", *signing[4:], "--meaning", "reviewed")


def test_a_prompt_asks_whoever_sits_there(eve: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    asked: list[str] = []
    assert password_of(eve, lambda words: (asked.append(words), SECRET)[1]) == SECRET
    assert asked == ["Password of Eve: "]
