"""The command line is a contract: keys, types, order, exit codes, one line of reason."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hitl_desktop.cli.commands import COMMANDS
from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.cli.main import run
from hitl_desktop.workflow import samples
from tests.conftest import MakeImages, MakeTable
from tests.on_record import happenings

ROOT = Path(__file__).parents[2]
STATES = ("needs_review", "proposed", "decided", "skipped", "unsure", "flagged", "automatic")


class Console:
    """Runs commands in this process and keeps what they print and how they end."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture
        self.opened: list[object] = []
        self.hooks = Hooks(
            open_window=lambda project, _is_safe: self.opened.append(project) or 0,
            open_sample=lambda sample: self.opened.append(sample) or 0,
            screenshots=lambda _project, _out: [],
            check_window=lambda: None,
            write_report=lambda _project, out: [out],
        )

    def run(self, *words: object) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        try:
            code = run([str(word) for word in words], self.hooks)
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = self._capture.readouterr()
        return code, out, err

    def json(self, *words: object) -> Any:
        """The one JSON value that a command prints; strict JSON, and nothing else on the way."""
        code, out, err = self.run(*words, "--json")
        assert code == 0, err
        assert err == ""
        assert out.count("\n") == 1
        return json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))

    def refused(self, *words: object) -> str:
        """The one line of reason of a command that could not be done."""
        code, out, err = self.run(*words)
        assert code == 1, (out, err)
        assert out == ""
        assert err.count("\n") == 1
        assert len(err) > 10
        return err


@pytest.fixture
def console(capsys: pytest.CaptureFixture[str]) -> Console:
    return Console(capsys)


@pytest.fixture
def project(console: Console, make_table: MakeTable, tmp_path: Path) -> Iterator[Path]:
    """A project of 40 messages with hidden truth and no model, made by the command line."""
    folder = tmp_path / "Messages.hitl"
    table = make_table(tmp_path / "messages.csv")
    console.json("new", folder, "--data", table, "--labels-from", "label", "--use-labels", "truth", "--model", "none")
    return folder


def label_of(row: dict[str, Any]) -> str:
    return "bill" if int(row["path"].lstrip("m")) % 2 == 0 else "login"


def decide_some(console: Console, project: Path, many: int) -> None:
    for row in console.json("queue", project, "--limit", many):
        console.json("decide", project, row["id"], "--label", label_of(row), "--reviewer", "ann")


def check_partition(status: dict[str, Any]) -> None:
    assert set(status) == {
        "items", *STATES, "policy", "routes", "second_reading", "decisions", "watch", "model", "batches", "certificate",
        "automation",
    }  # fmt: skip
    assert sum(status["routes"].values()) == status["needs_review"] + status["proposed"]
    assert sum(status[state] for state in STATES) == status["items"]
    assert all(type(status[key]) is int for key in ("items", "decisions", *STATES))


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself_and_knows_json(console: Console, command: str) -> None:
    code, out, err = console.run(command, "--help")
    assert code == 0
    assert err == ""
    assert out.startswith(f"usage: hitl-desktop {command}")
    assert "--json" in out


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_stands_in_the_documentation_with_all_its_options(console: Console, command: str) -> None:
    told = (ROOT / "docs" / "COMMANDS.md").read_text("utf-8")
    assert re.search(rf"^\|.*`{command}[ `]", told, re.MULTILINE), "it has a row"
    options = set(re.findall(r"--[a-z][a-z-]*", console.run(command, "--help")[1])) - {"--help"}
    assert {option for option in options if not re.search(rf"{option}(?![a-z-])", told)} == set()


def test_the_demonstration_names_every_sample(console: Console) -> None:
    _, out, _ = console.run("demo", "--help")
    assert [sample.id for sample in samples.catalogue() if sample.id not in out] == []


@pytest.mark.parametrize(
    "words",
    [
        ("nothing-like-this",),
        ("new", "x.hitl"),
        ("status",),
        ("decide", "x.hitl", "abc", "--reviewer", "ann"),
        ("decide", "x.hitl", "abc", "--confirm", "--skip", "--reviewer", "ann"),
        ("decide", "x.hitl", "abc", "--confirm"),
        ("export", "x.hitl", "out.xls", "--format", "xls"),
        ("simulate", "x.hitl", "--budget", "many", "--batch", "5", "--out", "f"),
        ("queue", "x.hitl", "--limit", "few"),
    ],
)
def test_wrong_usage_ends_with_two(console: Console, words: tuple[str, ...]) -> None:
    code, out, err = console.run(*words)
    assert code == 2
    assert out == ""
    assert "usage:" in err


def test_without_a_command_the_window_opens(console: Console, tmp_path: Path) -> None:
    assert console.run()[0] == 0
    assert console.run("open", tmp_path)[0] == 0
    assert console.run("demo", "--sample", "digits")[0] == 0
    assert console.opened == [None, tmp_path, "digits"]


def test_new_tells_what_was_read_and_what_was_left_out(
    console: Console, make_images: MakeImages, tmp_path: Path
) -> None:
    data = make_images(tmp_path / "data", each=4)
    (data / "dots" / "again.png").write_bytes((data / "lines" / "lines_00.png").read_bytes())
    (data / "dots" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    answer = console.json("new", tmp_path / "P.hitl", "--data", data, "--model", "none")
    assert set(answer) == {"items", "stacked", "duplicates", "unreadable", "classes", "kind", "model", "set_aside"}
    assert answer["set_aside"] == 2
    assert (answer["items"], answer["kind"], answer["model"]) == (12, "image", None)
    assert answer["classes"] == ["dots", "lines", "plain"]
    assert len(answer["duplicates"]) == len(answer["unreadable"]) == 1
    assert set(answer["duplicates"][0]) == {"file", "same_as"}
    assert {*answer["duplicates"][0].values()} == {"dots/again.png", "lines/lines_00.png"}
    assert set(answer["unreadable"][0]) == {"file", "reason"}
    assert answer["unreadable"][0]["file"] == "dots/broken.png"
    assert answer["unreadable"][0]["reason"].endswith(".")


@pytest.mark.parametrize(("asked", "aside"), [("20%", 8), ("15", 15)])
def test_a_holdout_of_the_users_own_size(
    console: Console, make_table: MakeTable, tmp_path: Path, asked: str, aside: int
) -> None:
    words = ("new", tmp_path / "P.hitl", "--data", make_table(tmp_path / "t.csv"), "--model", "none")
    assert console.json(*words, "--holdout", asked)["set_aside"] == aside
    drawn = [row["reason"] for row in console.json("queue", tmp_path / "P.hitl", "--limit", 40)]
    every = {8: 5, 15: 3}[aside]
    assert [place % every for place, reason in enumerate(drawn) if reason == "explore"][:4] == [every - 1] * 4
    assert drawn.count("explore") == aside


def test_labels_by_hand_and_columns_by_name(console: Console, make_table: MakeTable, tmp_path: Path) -> None:
    table = make_table(tmp_path / "t.csv")
    answer = console.json(
        "new", tmp_path / "P.hitl", "--data", table, "--kind", "text", "--labels", "x,y,z",
        "--id-column", "id", "--text-column", "text", "--model", "none",
    )  # fmt: skip
    assert answer["classes"] == ["x", "y", "z"]
    assert answer["kind"] == "text"


def test_labels_as_decisions_are_decisions(console: Console, make_table: MakeTable, tmp_path: Path) -> None:
    table = make_table(tmp_path / "t.csv")
    console.json(
        "new", tmp_path / "P.hitl", "--data", table, "--labels-from", "label", "--use-labels", "decisions",
        "--model", "none",
    )  # fmt: skip
    status = console.json("status", tmp_path / "P.hitl")
    check_partition(status)
    assert status["decided"] == status["decisions"] == 40


def test_queue_gives_the_next_items_in_the_order_of_asking(console: Console, project: Path) -> None:
    rows = console.json("queue", project, "--limit", 5)
    assert len(rows) == 5
    for row in rows:
        assert set(row) == {
            "id", "path", "label", "confidence", "uncertainty", "reason", "probabilities", "route", "rule",
        }  # fmt: skip
        assert (row["route"], row["rule"]) == ("review", 2)
        assert (row["label"], row["confidence"], row["uncertainty"], row["probabilities"]) == (None, None, None, {})
        assert isinstance(row["reason"], str)
    assert console.json("queue", project, "--limit", 3) == rows[:3]
    assert len(console.json("queue", project, "--limit", 1000)) == 40
    assert console.json("queue", project, "--limit", 0) == []
    decide_some(console, project, 8)
    console.json("retrain", project)
    rows = console.json("queue", project, "--limit", 40)
    for row in rows:
        assert set(row["probabilities"]) == {"bill", "login"}
        assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-4)
        assert row["confidence"] == pytest.approx(max(row["probabilities"].values()), abs=1e-6)
        assert row["probabilities"][row["label"]] == pytest.approx(row["confidence"], abs=1e-6)
        assert 0 <= row["uncertainty"] <= 1


def test_decide_and_undo_are_inverse_and_the_states_always_add_up(console: Console, project: Path) -> None:
    empty = console.json("status", project)
    check_partition(empty)
    assert empty["model"] is None
    row = console.json("queue", project, "--limit", 1)[0]
    verdicts = (("--skip", "skipped"), ("--unsure", "unsure"), ("--flag", "flagged"), ("--label", "decided"))
    for verdict, state in verdicts:
        words = [verdict, "bill"] if verdict == "--label" else [verdict]
        after = console.json("decide", project, row["id"], *words, "--reviewer", "ann", "--note", "<b>why</b>")
        check_partition(after)
        assert after[state] == 1
        made = after["decisions"]
        assert after == console.json("status", project)
        undone = console.json("undo", project, "--reviewer", "ann")
        assert undone["decisions"] == made + 1, "the log only grows: taking back is an entry of its own"
        assert undone | {"decisions": 0} == empty
        assert console.json("queue", project, "--limit", 1)[0]["id"] == row["id"]
    assert "no decision to take back" in console.refused("undo", project, "--reviewer", "ann")


def test_undo_is_for_the_reviewer_who_decided(console: Console, project: Path) -> None:
    rows = console.json("queue", project, "--limit", 2)
    console.json("decide", project, rows[0]["id"], "--skip", "--reviewer", "ann")
    console.json("decide", project, rows[1]["id"], "--flag", "--reviewer", "ben")
    after = console.json("undo", project, "--reviewer", "ann")
    assert (after["skipped"], after["flagged"]) == (0, 1)
    assert "ann" in console.refused("undo", project, "--reviewer", "ann")


def test_an_item_is_named_by_a_unique_beginning_of_its_hash(console: Console, project: Path) -> None:
    rows = console.json("queue", project, "--limit", 40)
    ids = [row["id"] for row in rows]
    wanted = ids[7]
    short = next(wanted[:n] for n in range(4, len(wanted)) if sum(other.startswith(wanted[:n]) for other in ids) == 1)
    assert console.json("decide", project, short, "--flag", "--reviewer", "ann")["flagged"] == 1
    assert wanted not in [row["id"] for row in console.json("queue", project, "--limit", 40)]
    console.refused("decide", project, "", "--flag", "--reviewer", "ann")
    console.refused("decide", project, "zzzz", "--flag", "--reviewer", "ann")
    ambiguous = next(d for d in "0123456789abcdef" if sum(i.startswith(d) for i in ids) > 1)
    console.refused("decide", project, ambiguous, "--flag", "--reviewer", "ann")


def test_retrain_makes_a_model_that_status_names(console: Console, project: Path) -> None:
    assert "no decisions" in console.refused("retrain", project).casefold()
    assert "not_trained" not in happenings(project), "it never began"
    first = console.json("queue", project, "--limit", 1)[0]
    console.json("decide", project, first["id"], "--label", "bill", "--reviewer", "ann")
    assert "second class" in console.refused("retrain", project) or "no decisions" in console.refused(
        "retrain", project
    )
    console.json("undo", project, "--reviewer", "ann")
    decide_some(console, project, 12)
    answer = console.json("retrain", project)
    assert set(answer) == {"version", "trained_on", "metrics"}
    assert answer["version"] == 1
    status = console.json("status", project)
    check_partition(status)
    assert status["model"] == answer
    row = console.json("queue", project, "--limit", 1)
    confirmed = console.json("decide", project, row[0]["id"], "--confirm", "--reviewer", "ann")
    assert confirmed["decided"] == status["decided"] + 1
    shutil.rmtree(project / "scores")  # as of a project that was received
    _, words, _ = console.run("export", project, project.parent / "out.csv", "--format", "csv")
    assert "They hold no suggestions" in words
    assert console.json("score", project) == {"items": 40, "unreadable": 0, "model": 1}
    _, words, _ = console.run("export", project, project.parent / "out.csv", "--format", "csv")
    assert words.strip() == f"40 items written to {project.parent / 'out.csv'}."


def test_export_writes_every_item(console: Console, project: Path, tmp_path: Path) -> None:
    decide_some(console, project, 3)
    for form in ("csv", "jsonl"):
        out = tmp_path / f"out.{form}"
        assert console.json("export", project, out, "--format", form) == {"items": 40, "file": str(out), "left_out": []}
        assert out.is_file()
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert sum(line["state"] == "decided" for line in lines) == 3
    assert len(lines) == 40
    console.refused("export", project, tmp_path / "nowhere" / "out.csv")


def test_simulate_replays_the_hidden_truth(console: Console, project: Path, tmp_path: Path) -> None:
    out = tmp_path / "curves.json"
    words = ("simulate", project, "--budget", 12, "--batch", 4, "--seeds", 2, "--out", out)
    answer = console.json(*words, "--strategy", "default,random")
    assert answer == json.loads(out.read_text("utf-8"))
    assert set(answer) == {"strategies", "full"}
    assert list(answer["strategies"]) == ["default", "random"]
    for curve in answer["strategies"].values():
        assert set(curve) == {"labels", "accuracy", "macro_f1"}
        assert len(curve["labels"]) == len(curve["accuracy"]) == len(curve["macro_f1"])
        assert curve["labels"] == sorted(set(curve["labels"]))
        assert curve["labels"][-1] <= 12
        assert all(len(point) == 2 for point in (*curve["accuracy"], *curve["macro_f1"]))
    assert set(answer["full"]) == {"accuracy", "macro_f1"}
    assert console.json(*words, "--strategy", "default,random") == answer, "seeded"


def test_simulate_says_why_it_cannot(console: Console, project: Path, make_table: MakeTable, tmp_path: Path) -> None:
    plan = ("--budget", 8, "--batch", 4, "--seeds", 1, "--out", tmp_path / "c.json")
    assert "clairvoyance" in console.refused("simulate", project, *plan, "--strategy", "clairvoyance")
    console.json("new", tmp_path / "Q.hitl", "--data", make_table(tmp_path / "q.csv"), "--model", "none")
    assert "hidden labels" in console.refused("simulate", tmp_path / "Q.hitl", *plan)
    for wrong in (("--budget", 0, "--batch", 4), ("--budget", 8, "--batch", 0), ("--budget", -5, "--batch", 4)):
        console.refused("simulate", project, *wrong, "--seeds", 1, "--out", tmp_path / "d.json")
    console.refused("simulate", project, "--budget", 8, "--batch", 4, "--seeds", 0, "--out", tmp_path / "d.json")
    assert not (tmp_path / "d.json").exists()


def test_errors_are_one_line_and_leave_nothing_behind(
    console: Console, project: Path, make_table: MakeTable, tmp_path: Path
) -> None:
    missing = tmp_path / "missing.hitl"
    for words in (("status", missing), ("queue", missing), ("retrain", missing), ("export", missing, tmp_path / "o")):
        console.refused(*words)
    assert not missing.exists()
    empty = tmp_path / "empty"
    empty.mkdir()
    table = tmp_path / "q.csv"
    make_table(table)
    for words in (
        ("new", missing, "--data", tmp_path / "nothing-here"),
        ("new", missing, "--data", empty),
        ("new", missing, "--data", table, "--text-column", "no such column"),
        ("new", missing, "--data", table, "--labels-from", "no such column"),
        ("new", missing, "--data", table, "--model", "no such model"),
        ("new", missing, "--data", table, "--kind", "image"),
        ("new", project, "--data", table),
        ("decide", project, "zz", "--label", "no such class", "--reviewer", "ann"),
        ("demo", "--headless", tmp_path / "demo", "--sample", "no such sample"),
    ):
        console.refused(*words)
    assert not missing.exists()
    assert not list(tmp_path.glob(".*"))
    first = console.json("queue", project, "--limit", 1)[0]["id"]
    assert "Use one of: bill, login" in console.refused("decide", project, first, "--label", "x", "--reviewer", "a")
    console.refused("decide", project, first, "--confirm", "--reviewer", "ann")


def test_a_damaged_project_is_refused_with_its_bytes_as_they_were(console: Console, project: Path) -> None:
    database = project / "project.sqlite3"
    database.write_bytes(b"not a database" * 400)
    console.refused("status", project)
    assert database.read_bytes() == b"not a database" * 400


@pytest.mark.strict
def test_a_project_of_somebody_else_is_opened_once_it_is_trusted(
    console: Console, text_project_folder: Path, tmp_path: Path
) -> None:
    """Made in another home: as if it came from another computer."""
    before = (text_project_folder / "project.sqlite3").read_bytes()
    for words in (("status",), ("kpis",), ("retrain",), ("pack", tmp_path / "P.zip"), ("watch", "--once")):
        code, out, err = console.run(words[0], text_project_folder, *words[1:])
        assert (code, out) == (1, ""), words
        assert "was not made on this computer. It is not opened as it is. Take it over" in err
        assert len(err.splitlines()) == 1
    assert (text_project_folder / "project.sqlite3").read_bytes() == before
    code, out, _ = console.run("receive", text_project_folder, tmp_path / "Mine.hitl", "--json")
    assert code == 0
    assert json.loads(out)["left_behind"] == []
    assert console.run("status", tmp_path / "Mine.hitl")[0] == 0
    code, out, _ = console.run("trust", text_project_folder, "--json")
    assert (code, json.loads(out)) == (0, {"project": str(text_project_folder), "others": 1})
    code, out, _ = console.run("distrust", text_project_folder, "--json")
    assert (code, json.loads(out)) == (0, {"project": str(text_project_folder), "others": 1})
    assert console.run("status", text_project_folder)[0] == 1, "nobody has worked in it here yet"
    assert console.run("distrust", text_project_folder)[1] == (
        f"{text_project_folder.name} was not trusted to anybody else where it lies now.\n"
    )
    console.run("trust", text_project_folder)
    assert console.run("status", text_project_folder)[0] == 0
