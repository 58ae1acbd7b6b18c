"""Groups by a column of the records: which columns make groups, and whether their accuracy is that of their checks."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.holdout import Holdout
from hitl_desktop.workflow.figures.asked import Asked
from hitl_desktop.workflow.figures.compute import figures_of
from hitl_desktop.workflow.figures.groups import MOST, grouping_columns
from hitl_desktop.workflow.masked_columns import mask_column
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse
from hitl_desktop.workflow.review import ReviewSession
from tests.conftest import MakeProject, Retrain


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, make_project: MakeProject, retrain: Retrain) -> Path:
    """80 messages; the one group is answered as it is, the other always the other way round, so the model is wrong."""
    tmp_path = tmp_path_factory.mktemp("groups")
    rng = np.random.default_rng(2)
    words = {"bill": "invoice payment refund card charged twice", "login": "password account reset locked sign code"}
    lines = ["id,text,label,language,number,site"]
    for n in range(80):
        label = ("bill", "login")[n % 2]
        language = "French" if n % 4 < 2 else "English"
        text = f"{' '.join(rng.permutation(words[label].split())[:4])} {n}"
        lines.append(f"m{n},{text},{label},{language},{n},one")
    (tmp_path / "t.csv").write_text("\n".join(lines), "utf-8")
    make_project(
        tmp_path / "G.hitl",
        tmp_path / "t.csv",
        use_labels=LabelUse.TRUTH,
        labels_from="label",
        holdout=Holdout.parse("40%"),
    )
    project = Project.open(tmp_path / "G.hitl")
    project.set_threshold(1.0)
    session = ReviewSession(project, "ann")
    for count in range(70):
        item = session.item
        if item is None:
            break
        is_check = bool(project.reserve.members[item.index])
        turned = is_check and item.fields["language"] == "French"
        other = next(label.id for label in project.labels if label.id != item.truth_id)
        session.decide(Verdict.CORRECTED, other if turned else item.truth_id)
        if count == 20:
            retrain(project)
            session.replan()
    project.close()
    return tmp_path / "G.hitl"


@pytest.fixture
def grouped(original: Path, tmp_path: Path) -> Iterator[Project]:
    """A copy of it for one test."""
    project = Project.open(Path(shutil.copytree(original, tmp_path / "G.hitl")))
    yield project
    project.close()


def test_columns_with_a_few_values_make_groups() -> None:
    rows = [{"id": str(n), "site": "one", "ward": f"w{n % 3}", "note": "", "tag": f"t{n % 25}"} for n in range(60)]
    assert grouping_columns(rows, frozenset()) == ["ward"]
    assert grouping_columns(rows, frozenset({"ward"})) == []
    assert grouping_columns([{"a": str(n % MOST)} for n in range(60)], frozenset()) == ["a"]


def test_accuracy_by_group_is_that_of_its_checks(grouped: Project) -> None:
    figures = figures_of(grouped, Asked()).figures
    groups = figures.groups
    assert groups is not None
    assert figures.columns == ("language",)
    expected: dict[str, list[bool]] = {"French": [], "English": []}
    for index in grouped.reserve.measuring(grouped.pool.states == 0).tolist():
        item = grouped.store.items.get(index)
        column = int(grouped.pool.predicted[index])
        expected[item.fields["language"]].append(grouped.labels[column].id == item.label_id)
    told = {row.value: (row.accuracy.right, row.accuracy.of) for row in groups.rows}
    assert told == {value: (sum(right), len(right)) for value, right in expected.items()}
    assert groups.rows[groups.low].value == "French"


def test_a_real_gap_is_found_and_watched(grouped: Project) -> None:
    figures = figures_of(grouped, Asked()).figures
    assert figures.groups is not None
    assert figures.groups.p < 0.01
    watch = next(watch for watch in figures.watch if watch.id == "gap")
    assert watch.state == "look"
    assert "French" not in watch.log_words


def test_a_masked_column_makes_no_groups(grouped: Project) -> None:
    mask_column(grouped.store, "language", masked=True)
    figures = figures_of(grouped, Asked()).figures
    assert figures.groups is None
    assert figures.columns == ()
