"""`certify` and the certificate in `status`: an audit begun, answered and proved without a window."""

from pathlib import Path
from typing import Any

import pytest

from hitl_desktop.workflow.project import Project
from tests.cli.test_contract import Console
from tests.made_up_model import give_model

WISH = ("--alpha", "20%", "--delta", "0.1", "--reviewer", "ann")


@pytest.fixture
def console(capsys: pytest.CaptureFixture[str]) -> Console:
    return Console(capsys)


@pytest.fixture
def folder(image_project_folder: Path) -> Path:
    """Sixty pictures and a model that is right on all of them."""
    project = Project.open(image_project_folder)
    give_model(project)
    project.set_threshold(0.8)
    project.close()
    return image_project_folder


def answer_all(console: Console, folder: Path) -> None:
    project = Project.open(folder)
    items = project.store.items.many(sorted(project.store.audits.open_items()))
    answers = [(item.digest, project.label(item.truth_id or 0).name) for item in items]
    project.close()
    for digest, name in answers:
        console.json("decide", folder, digest, "--label", name, "--reviewer", "ann")


def test_an_audit_from_beginning_to_certificate(console: Console, folder: Path) -> None:
    assert console.json("status", folder)["certificate"] == {"stage": "none"}
    assert console.json("certify", folder) == {"stage": "none"}
    begun = console.json("certify", folder, *WISH)
    assert (begun["stage"], begun["alpha"], begun["delta"], begun["model"]) == ("auditing", 0.2, 0.1, 1)
    assert begun["audit"]["left"] == begun["audit"]["drawn"] > 5
    assert "walk" not in begun
    assert console.json("certify", folder, "--reviewer", "ann") == begun, "without wishes it only tells"
    assert "--alpha and --delta" in console.refused("certify", folder, "--alpha", "20%")
    again = console.json("certify", folder, *WISH)
    assert again == begun, "asked again, it tells how far it is"
    rows: list[dict[str, Any]] = console.json("queue", folder, "--limit", "60")
    audited = [row for row in rows if row["reason"] == "audit"]
    assert len(audited) == begun["audit"]["drawn"]
    assert all(row[key] is None for row in audited for key in ("label", "confidence", "route", "rule"))
    refusal = console.refused("decide", folder, audited[0]["id"], "--confirm", "--reviewer", "ann")
    assert "hidden" in refusal
    answer_all(console, folder)
    proved = console.json("certify", folder, *WISH)
    assert (proved["stage"], proved["certificate"], proved["limit"]) == ("valid", 1, 0.8)
    assert proved["audit"]["wrong"] == proved["audit"]["unanswered"] == 0
    assert proved["walk"][-1]["outcome"] == "proved"
    assert set(proved["classes"]) == {"dots", "lines", "plain"}
    assert proved["covered"] > 0
    assert console.json("status", folder)["certificate"] == proved
    code, words, _ = console.run("certify", folder, *WISH)
    assert code == 0
    assert "At most 20 in 100 answers at 0.7" in words
    assert "None was wrong." in words
    assert "Risk spent: 6.1 % of 10 % (audit 1)" in words


def test_it_says_at_once_what_cannot_be_proved_and_gives_up(console: Console, folder: Path) -> None:
    assert "never be certified" in console.refused("certify", folder, "--alpha", "0.001", "--delta", "0.1")
    assert "at least" in console.refused("certify", folder, *WISH, "--audits", "2")
    assert "between 0 and" in console.refused("certify", folder, "--alpha", "2", "--delta", "0.1")
    assert "under way" in console.refused("certify", folder, *WISH, "--give-up")
    code, words, _ = console.run("certify", folder, *WISH, "--audits", "12")
    assert code == 0
    assert "12 checks" in words
    assert console.json("certify", folder, *WISH, "--give-up") == {"stage": "none"}


def test_after_too_many_errors_it_says_not_yet(console: Console, folder: Path) -> None:
    begun = console.json("certify", folder, *WISH)
    project = Project.open(folder)
    items = project.store.items.many(sorted(project.store.audits.open_items()))
    project.close()
    for item in items:
        console.json("decide", folder, item.digest, "--skip", "--reviewer", "ann")
    found = console.json("certify", folder, *WISH)
    assert (found["stage"], found["more"]) == ("not yet", None)
    assert found["audit"]["unanswered"] == begun["audit"]["drawn"]
    code, words, _ = console.run("certify", folder, *WISH)
    assert code == 0
    assert words.startswith("Not yet.")
    project = Project.open(folder)
    give_model(project, seed=6)
    project.close()
    found = console.json("certify", folder)
    assert (found["stage"], found["why"]) == ("not yet", "The last audit was of model v1; v2 is in use.")
    assert console.run("certify", folder)[1].startswith("The last audit was of model v1")
    assert console.json("certify", folder, *WISH)["stage"] == "auditing", "the same wishes, but another version"
