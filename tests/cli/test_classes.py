"""The command `classes`: what there is, one change at a time, on record."""

from pathlib import Path

import pytest

from tests.cli.test_contract import Console, console, decide_some, project  # noqa: F401 - fixtures


def rows(console: Console, project: Path, *words: str) -> dict[str, dict[str, object]]:  # noqa: F811
    return {row["name"]: row for row in console.json("classes", project, *words)}


def test_the_classes_are_listed_with_their_decisions(console: Console, project: Path) -> None:  # noqa: F811
    decide_some(console, project, 6)
    found = rows(console, project)
    assert list(found) == ["bill", "login"]
    assert found["bill"]["decided"] + found["login"]["decided"] == 6  # type: ignore[operator]


def test_each_change_and_the_way_back(console: Console, project: Path) -> None:  # noqa: F811
    decide_some(console, project, 6)
    before = rows(console, project)
    by = ("--reviewer", "ann")
    assert "other" in rows(console, project, "--add", "other", *by)
    assert rows(console, project, "--merge", "bill", "other", *by)["bill"]["counts_as"] == "other"
    assert rows(console, project, "--take-back", *by)["bill"] == before["bill"]
    assert "invoice" in rows(console, project, "--rename", "bill", "invoice", "--reason", "clearer", *by)
    assert rows(console, project, "--split", "invoice", "paid", "open", *by)["invoice"]["decided"] == 0
    assert rows(console, project, "--retire", "login", "--give-back", *by)["login"]["retired"]
    assert not rows(console, project, "--bring-back", "login", *by)["login"]["retired"]
    assert console.json("status", project)["decided"] == 0


@pytest.mark.parametrize(
    "words",
    [
        ("--add", "bill"),
        ("--rename", "nothing", "x"),
        ("--retire", "bill"),
        ("--split", "bill", "one"),
        ("--take-back",),
    ],
)
def test_what_cannot_be_done_is_one_line(console: Console, project: Path, words: tuple[str, ...]) -> None:  # noqa: F811
    code, out, err = console.run("classes", project, *words, "--reviewer", "ann")
    assert code == 1
    assert out == ""
    assert err.count("\n") == 1


def test_a_change_needs_a_reviewer(console: Console, project: Path) -> None:  # noqa: F811
    code, _, err = console.run("classes", project, "--add", "other")
    assert code == 1
    assert "reviewer" in err
