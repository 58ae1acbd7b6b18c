"""Label problems of a project: found in the worker's task, kept, settled with a reason, and not asked about again."""

import json
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.cli.main import run
from hitl_desktop.domain.holdout import Holdout
from hitl_desktop.domain.label_problems import ProblemSort
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.learning_choices import choose
from hitl_desktop.workflow.problem_list import (
    is_out_of_date,
    keep_problems,
    kept_problems,
    open_problems,
    settle,
    uphold,
)
from hitl_desktop.workflow.problems_request import Problems, problems_request
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.worker import InlineRunner
from tests.conftest import MakeProject

WORDS = {"bill": "invoice payment refund card charged twice", "login": "password account reset locked sign code"}
WRONG = (10, 31, 52)


def make_odd_table(path: Path) -> Path:
    """120 messages of two classes: three labels are wrong, two messages are nearly the same but decided differently,
    and one message stands there twice under two classes.
    """
    rng = np.random.default_rng(5)
    rows = []
    for number in range(116):
        label = ("bill", "login")[number % 2]
        text = f"{' '.join(rng.permutation(WORDS[label].split())[:5])} {number}"
        rows.append([f"m{number:03}", text, ("login", "bill")[number % 2] if number in WRONG else label])
    long = "the parcel courier came late again and the box was open on one side when it got here on monday"
    rows += [["m116", f"{long} morning", "bill"], ["m117", f"{long} Morning!", "login"]]
    rows += [["m118", rows[4][1], "login"], ["m119", "sign code reset account password hello", "login"]]
    path.write_text("id,text,label\n" + "\n".join(",".join(row) for row in rows) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def odd_folder(tmp_path_factory: pytest.TempPathFactory, make_project: MakeProject) -> Path:
    folder = tmp_path_factory.mktemp("odd") / "Odd.hitl"
    table = make_odd_table(folder.parent / "odd.csv")
    make_project(folder, table, use_labels=LabelUse.DECISIONS, holdout=Holdout.parse("1"))
    project = Project.open(folder)
    choose(project.store, "features", "words")
    project.close()
    return folder


def look(project: Project) -> Problems:
    found = InlineRunner().run("problems", problems_request(project), no_progress, never_cancelled)
    assert isinstance(found, Problems)
    return found


def test_problems_are_found_settled_and_not_asked_about_again(odd_folder: Path) -> None:
    project = Project.open(odd_folder)
    try:
        names = project.store.items.paths()
        found = look(project)
        assert is_out_of_date(project, None)
        keep_problems(project, found)
        assert kept_problems(project) == found
        assert not is_out_of_date(project, found)
        still = open_problems(project, found)
        pair = next(p for p in still if p.sort is ProblemSort.CONTRADICTION)
        assert [names[index] for index in pair.items] == ["m116", "m117"]
        copy = next(p for p in still if p.sort is ProblemSort.COPY)
        assert (names[copy.index], copy.named) == ("m004", "row 119 (m118)")
        suspicious = [p for p in still if p.sort is ProblemSort.SUSPICIOUS]
        assert {f"m{n:03}" for n in WRONG} <= {names[p.index] for p in suspicious[:4]}
        assert found.judged == found.labels
        assert found.right >= found.judged - 8

        session = ReviewSession(project, "ann")
        first = suspicious[0]
        assert first.likely is not None
        settle(session, first, first.likely)
        event = project.store.decisions.live(first.index)[-1]
        assert (event.label_id, event.reviewer) == (first.likely, "ann")
        assert "The label was wrong" in event.reason
        uphold(session, suspicious[1])
        event = project.store.decisions.live(suspicious[1].index)[-1]
        assert event.label_id == suspicious[1].given
        assert "The label is right" in event.reason
        assert pair.likely is not None
        settle(session, pair, pair.likely)
        events = [project.store.decisions.live(index)[-1] for index in pair.items]
        assert {event.label_id for event in events} == {pair.likely}
        assert len({event.batch for event in events}) == 1
        left = open_problems(project, found)
        assert not {first, suspicious[1], pair} & set(left)
        session.undo()
        assert pair in open_problems(project, found), "undo takes the whole step back"
        settle(session, pair, pair.given)

        again = look(project)
        keep_problems(project, again)
        now = open_problems(project, again)
        assert not {first.index, suspicious[1].index, *pair.items} & {i for p in now for i in p.items}
    finally:
        project.close()


def test_the_command_lists_them_and_takes_an_answer(odd_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hooks = Hooks(lambda *_: 0, lambda _: 0, lambda *_: [], lambda: None, lambda *_: [])
    assert run(["problems", str(odd_folder), "--json", "--look-again"], hooks) == 0
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == {"labels", "judged", "agreed", "model", "counts", "problems"}
    assert set(answer["problems"][0]) == {"sort", "id", "path", "decided", "likely", "strength", "other", "copy"}
    assert sum(answer["counts"].values()) == len(answer["problems"])
    before, item = answer["counts"]["copy"], next(p["id"] for p in answer["problems"] if p["sort"] == "copy")
    assert run(["problems", str(odd_folder), "--right", item], hooks) == 1, "a reviewer is needed"
    assert run(["problems", str(odd_folder), "--right", item, "--reviewer", "bob"], hooks) == 0
    assert f"problems among {answer['labels']}" in capsys.readouterr().out
    assert run(["problems", str(odd_folder), "--json"], hooks) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["copy"] == before - 1
    assert run(["problems", str(odd_folder), "--right", item, "--reviewer", "bob"], hooks) == 1, "it is settled"
