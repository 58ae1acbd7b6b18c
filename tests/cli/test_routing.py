"""The command `route`: what the policy does, another one looked at or put in force, and the way back."""

import json
from pathlib import Path

import pytest

from tests.cli.test_contract import Console, console, project  # noqa: F401 - fixtures

POLICY = {
    "hitl_policy": 1,
    "rules": [
        {
            "name": "Money",
            "when": [{"condition": "keywords", "words": ["refund"], "where": "text"}],
            "then": "escalate",
        },
        {"when": [{"condition": "confidence_at_least", "limit": 0.8}], "then": "accept"},
        {"when": [{"condition": "confidence_at_least", "limit": 0.9}], "then": "remove"},
    ],
    "otherwise": "review",
    "daily_capacity": 25,
}


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(POLICY), "utf-8")
    return path


def test_a_preview_counts_and_changes_nothing(console: Console, project: Path, policy: Path) -> None:  # noqa: F811
    answer = console.json("route", project, "--policy", policy, "--preview")
    assert (answer["policy"], answer["in_force"]) == (0, False)
    assert [rule["then"] for rule in answer["rules"]] == ["escalate", "accept", "remove", "review"]
    assert sum(rule["items"] for rule in answer["rules"]) == answer["items"]
    assert answer["routes"]["escalate"]["items"] == answer["rules"][0]["items"] > 0
    assert answer["limit"] == 0.8
    assert [odd["sort"] for odd in answer["oddities"] if odd["rule"] == 3] == ["unreachable"]
    code, out, _ = console.run("route", project, "--policy", policy, "--preview")
    assert code == 0
    waiting = answer["routes"]
    assert f"Would accept {waiting['accept']['items']:,}, review {waiting['review']['items']:,}, escalate" in out
    assert "Rule 3 is never reached: rule 2 takes every item that it could." in out
    assert "25 items can be reviewed in a day." in out


def test_a_policy_is_set_written_and_taken_back(
    console: Console,  # noqa: F811
    project: Path,  # noqa: F811
    policy: Path,
    tmp_path: Path,
) -> None:
    before = console.json("route", project)
    by = ("--reviewer", "ann")
    after = console.json("route", project, "--policy", policy, "--reason", "money needs a person", *by)
    assert (after["policy"], after["in_force"]) == (1, True)
    assert after["rules"][0]["name"] == "Money"
    written = tmp_path / "written.json"
    console.json("route", project, "--write", written)
    assert json.loads(written.read_text("utf-8")) == {
        **POLICY,
        "rules": [{"name": "", **rule} for rule in POLICY["rules"]],  # type: ignore[attr-defined]
        "audit_every": None,
    }
    back = console.json("route", project, "--take-back", *by)
    assert (back["policy"], back["rules"]) == (2, before["rules"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON: line 1"),
        ("[" * 100_000, "is no JSON"),
        ('{"hitl_policy": 2}', "newer version of the program"),
        (
            '{"hitl_policy": 1, "otherwise": "review", "rules": [{"then": "accept", "when": ['
            '{"condition": "column_over", "column": "sum", "amount": 3}]}]}',
            "Rule 1, condition 1: There is no column named sum.",
        ),
        (
            '{"hitl_policy": 1, "otherwise": "review", "rules": [{"then": "accept", "when": ['
            '{"condition": "confidence_at_least", "limit": NaN}]}]}',
            "Rule 1, condition 1: A limit is a number from 0 to 1, not NaN.",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_one_line_with_the_place(
    console: Console,  # noqa: F811
    project: Path,  # noqa: F811
    tmp_path: Path,
    text: str,
    said: str,
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text, "utf-8")
    code, out, err = console.run("route", project, "--policy", path, "--reviewer", "ann")
    assert (code, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1


def test_setting_needs_a_reviewer(console: Console, project: Path, policy: Path) -> None:  # noqa: F811
    code, _, err = console.run("route", project, "--policy", policy)
    assert code == 1
    assert "reviewer" in err
