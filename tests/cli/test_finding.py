"""Filters of `queue`, the history, and a past decision changed with a reason."""

from pathlib import Path

import pytest

from hitl_desktop.cli import finding_options as options
from hitl_desktop.cli.finding import end_of
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.history import HistoryOrder
from hitl_desktop.domain.item_filter import RouteFacet, SortOrder
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.steering import SteeredFacet
from tests.cli.test_contract import Console, console, decide_some, project

__all__ = ["console", "project"]
ROW = {"number", "at", "id", "path", "verdict", "before", "after", "suggested", "confidence", "reviewer", "model",
       "seconds", "note", "reason", "taken_back"}  # fmt: skip


def test_queue_lists_what_fits(console: Console, project: Path) -> None:
    decide_some(console, project, 6)
    decided = console.json("queue", project, "--state", "decided", "--limit", 40)
    assert len(decided) == 6
    assert {row["state"] for row in decided} == {"decided"}
    assert {row["decided"] for row in decided} == {"bill", "login"}
    some = console.json("queue", project, "--class", "bill", "--limit", 40)
    assert {row["decided"] for row in some} == {"bill"}
    both = console.json("queue", project, "--state", "decided", "--state", "skipped", "--order", "last_decided")
    assert [row["id"] for row in both] == [row["id"] for row in console.json("history", project)]
    named = console.json("queue", project, "--words", "m0", "--order", "name", "--limit", 40)
    assert [row["path"] for row in named] == [f"m{n:02}" for n in range(10)]
    assert len(console.json("queue", project, "--all", "--limit", 100)) == 40
    assert console.json("queue", project, "--noted") == []
    assert len(console.json("queue", project, "--not-noted", "--by", "ann", "--limit", 40)) in (0, 6)


def test_of_a_long_path_the_end_is_listed() -> None:
    assert end_of("site_2/IMG_0080.jpg") == "site_2/IMG_0080.jpg"
    assert len(end_of("site_2/cam-B/2025-06/IMG_0080.jpg")) == 24
    assert end_of("site_2/cam-B/2025-06/IMG_0080.jpg").endswith("2025-06/IMG_0080.jpg")


def test_the_history_tells_each_event_with_what_it_changed(console: Console, project: Path) -> None:
    item = console.json("queue", project, "--limit", 1)[0]["id"]
    console.json("decide", project, item, "--label", "bill", "--reviewer", "ann", "--note", "quick")
    console.json("decide", project, item, "--label", "login", "--reviewer", "bob", "--reason", "read it again")
    newest, oldest = console.json("history", project)
    assert set(newest) == ROW
    assert (newest["before"], newest["after"], newest["reason"], newest["reviewer"]) == (
        "bill", "login", "read it again", "bob",
    )  # fmt: skip
    assert (oldest["before"], oldest["after"], oldest["note"], oldest["taken_back"]) == (None, "bill", "quick", False)
    assert [row["number"] for row in console.json("history", project, "--changed")] == [2]
    assert [row["number"] for row in console.json("history", project, "--by", "ann")] == [1]
    assert [row["number"] for row in console.json("history", project, "--ascending")] == [1, 2]
    assert console.json("history", project, "--until", "2001-01-01") == []
    assert [row["number"] for row in console.json("history", project, "--words", "quick")] == [2, 1], "the note goes on"
    console.json("undo", project, "--reviewer", "bob")
    back, taken, _ = console.json("history", project)
    assert (back["verdict"], back["after"], taken["taken_back"]) == ("retracted", "bill", True)
    code, out, _ = console.run("history", project)
    assert code == 0
    assert "read it again" in out


@pytest.mark.parametrize(
    "words",
    [
        ("queue", "--class", "nothing"),
        ("queue", "--least", "0.9", "--most", "0.1"),
        ("history", "--since", "yesterday"),
        ("history", "--class", "nothing"),
    ],
)
def test_what_makes_no_sense_is_refused(console: Console, project: Path, words: tuple[str, ...]) -> None:
    console.refused(words[0], project, *words[1:])


def test_a_reason_is_for_past_decisions(console: Console, project: Path) -> None:
    item = console.json("queue", project, "--limit", 1)[0]["id"]
    console.refused("decide", project, item, "--label", "bill", "--reviewer", "ann", "--reason", "why")


def test_the_options_are_those_of_the_domain() -> None:
    assert list(options.STATES) == list(ItemState)
    assert list(options.ROUTES) == list(RouteFacet)
    assert list(options.STEERED) == list(SteeredFacet)
    assert list(options.ORDERS) == list(SortOrder)
    assert list(options.VERDICTS) == list(Verdict)
    assert list(options.HISTORY_ORDERS) == list(HistoryOrder)
