"""Several findings per item, from the import to the model page."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.cli.main import run
from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.policy import with_limit
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.exporting import export
from hitl_desktop.workflow.insight import decided_per_class, near_items
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.reporting import model_report
from hitl_desktop.workflow.requests import LabelUse
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.routing import preview
from hitl_desktop.workflow.status import queue_rows
from hitl_desktop.workflow.version_comparison import compare_versions
from tests.conftest import MakeProject, Retrain

NAMES = ["bill", "login", "ship"]


@pytest.fixture
def session(findings_project: Project) -> ReviewSession:
    return ReviewSession(findings_project, "ann")


@pytest.fixture
def scored(session: ReviewSession, retrain: Retrain) -> ReviewSession:
    """With a model in use and its suggestion on screen, after thirty decisions."""
    decide_truly(session, 30)
    retrain(session.project)
    session.project.set_threshold(1.0)
    session.replan()
    assert session.shown is not None
    return session


def truth(session: ReviewSession) -> tuple[int, ...]:
    assert session.item is not None
    assert session.item.truth_findings is not None
    return session.item.truth_findings


def decide_truly(session: ReviewSession, count: int) -> None:
    for _ in range(count):
        session.decide(Verdict.CORRECTED, findings=truth(session))


def test_a_project_knows_its_task_and_its_findings(findings_project: Project) -> None:
    assert findings_project.task is Task.SEVERAL
    assert [label.name for label in findings_project.labels] == NAMES
    assert findings_project.model is None


def test_one_class_is_what_a_project_has_otherwise(image_project: Project) -> None:
    assert image_project.task is Task.ONE
    with pytest.raises(KnownError, match="A correction needs a class"):
        ReviewSession(image_project, "ann").decide(Verdict.CORRECTED, findings=(1,))


def test_labels_in_the_data_can_be_earlier_decisions(
    findings_table: Path, tmp_path: Path, make_project: MakeProject
) -> None:
    report = make_project(tmp_path / "P.hitl", findings_table, use_labels=LabelUse.DECISIONS, several=True)
    assert report.decisions == report.items == 60
    project = Project.open(tmp_path / "P.hitl")
    assert project.pool.ledger().decided == 60
    counted = {label.name: number for label, number in decided_per_class(project)}
    assert counted == report.class_counts
    assert 0 in project.pool.label_ids, "nothing found is a decision"
    project.close()


def test_a_label_column_of_several_names_is_told_when_it_is_read_as_one(
    findings_table: Path, tmp_path: Path, make_project: MakeProject
) -> None:
    report = make_project(tmp_path / "P.hitl", findings_table, use_labels=LabelUse.TRUTH)
    assert any("several labels each" in str(note) for note in report.notes)
    assert "bill; login" in report.classes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": ("a;b", "c")}, "cannot be named a;b"),
        ({"labels": tuple(f"f{i}" for i in range(70))}, "names 70 findings"),
        ({"model": "anything"}, "know one class per item"),
    ],
)
def test_what_several_findings_cannot_be_made_of_is_refused(
    findings_table: Path, tmp_path: Path, make_project: MakeProject, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(KnownError, match=message):
        make_project(tmp_path / "P.hitl", findings_table, several=True, **changes)
    assert not (tmp_path / "P.hitl").exists()


def test_folder_names_cannot_say_several_findings(
    image_folder: Path, tmp_path: Path, make_project: MakeProject
) -> None:
    with pytest.raises(KnownError, match="one class per image"):
        make_project(tmp_path / "P.hitl", image_folder, several=True, use_labels=LabelUse.TRUTH)
    report = make_project(tmp_path / "P.hitl", image_folder, several=True, labels=("mass", "nodule"))
    assert report.classes == ("mass", "nodule")


def test_classes_that_differ_only_in_case_are_told_and_kept_apart(
    make_images: object, tmp_path: Path, make_project: MakeProject
) -> None:
    data = make_images(tmp_path / "data", each=2, classes=("dots", "Lines", "lines "))  # type: ignore[operator]
    report = make_project(tmp_path / "P.hitl", data)
    assert len(report.classes) == 3
    assert any("spelled in 2 ways" in str(note) and "“Lines” (2)" in str(note) for note in report.notes)


def test_a_set_is_confirmed_when_it_is_the_suggested_one_and_corrected_otherwise(scored: ReviewSession) -> None:
    shown = scored.shown
    assert shown is not None
    assert shown.findings is not None
    assert shown.predicted is None
    suggested = tuple(label.id for label in shown.findings)
    other = tuple({1, 2, 3} - set(suggested))
    scored.decide(Verdict.CORRECTED, findings=reversed(suggested))
    scored.go_to(scored.project.store.decisions.recent(1)[0].item_index)
    scored.decide(Verdict.CONFIRMED)
    scored.go_to(scored.project.store.decisions.recent(1)[0].item_index)
    scored.decide(Verdict.CONFIRMED, findings=other, reason="looked again")
    events = scored.project.store.decisions.all()[-3:]
    assert [event.verdict for event in events] == [Verdict.CONFIRMED, Verdict.CONFIRMED, Verdict.CORRECTED]
    assert [event.findings for event in events] == [suggested, suggested, tuple(sorted(other))]
    assert {event.predicted_findings for event in events} == {suggested}
    assert {event.label_id for event in events} == {None}


def test_what_is_not_said_is_not_guessed(session: ReviewSession) -> None:
    with pytest.raises(KnownError, match="no suggestion to confirm"):
        session.decide(Verdict.CONFIRMED)
    with pytest.raises(KnownError, match="no suggestion to confirm"):
        session.decide(Verdict.CORRECTED)
    with pytest.raises(KnownError, match="several findings per item"):
        session.decide(Verdict.CORRECTED, 1)
    assert session.project.store.decisions.count() == 0


def test_decisions_are_told_as_sets(session: ReviewSession) -> None:
    first = session.item
    assert first is not None
    told = session.decide(Verdict.CORRECTED, findings=(3, 1)).told
    assert told == f"{first.name} set to bill, ship."
    assert session.undo_text() == f"Undo: {first.name} set to bill, ship"
    session.decide(Verdict.CORRECTED, findings=())
    assert "nothing found" in session.undo_text()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(st.lists(st.one_of(st.sets(st.integers(1, 3)), st.just(Verdict.SKIPPED)), min_size=1, max_size=4))
def test_undo_is_the_inverse_of_deciding(findings_project: Project, acts: list[object]) -> None:
    session = ReviewSession(findings_project, "ann")
    while session.undo() is not NOTHING:
        pass
    before = findings_project.pool.states.copy(), findings_project.pool.label_ids.copy(), session.current
    for act in acts:
        if isinstance(act, set):
            session.decide(Verdict.CORRECTED, findings=act)
        else:
            session.decide(Verdict.SKIPPED)
    after = findings_project.pool.label_ids.copy()
    for _ in acts:
        session.undo()
    states, answers, current = before
    assert (findings_project.pool.states == states).all()
    assert (findings_project.pool.label_ids == answers).all()
    assert session.current == current
    for _ in acts:
        session.redo()
    assert (findings_project.pool.label_ids == after).all()
    assert findings_project.store.decisions.states_from_events() == {
        item.index: (item.state, None)
        for item in findings_project.store.items.many(range(len(findings_project.pool)))
        if item.index in findings_project.store.decisions.states_from_events()
    }


def test_a_project_comes_back_as_it_was_left(findings_project_folder: Path) -> None:
    project = Project.open(findings_project_folder)
    session = ReviewSession(project, "ann")
    decide_truly(session, 5)
    answers, current = project.pool.label_ids.copy(), session.current
    project.close()
    again = Project.open(findings_project_folder)
    assert (again.pool.label_ids == answers).all()
    assert ReviewSession(again, "ann").current == current
    assert again.pool.ledger().adds_up
    again.close()


def test_training_waits_for_a_finding_that_some_have_and_others_have_not(session: ReviewSession) -> None:
    retraining = Retraining(session.project)
    assert "no decisions" in str(retraining.hindrance())
    for _ in range(2):
        while session.slot.value == "explore":
            session.decide(Verdict.SKIPPED)
        session.decide(Verdict.CORRECTED, findings=(1,))
    assert "say the same" in str(retraining.hindrance())
    while session.slot.value == "explore":
        session.decide(Verdict.SKIPPED)
    session.decide(Verdict.CORRECTED, findings=())
    assert retraining.hindrance() is None


def test_a_model_says_yes_or_no_to_every_finding(scored: ReviewSession) -> None:
    project = scored.project
    assert project.pool.probabilities is not None
    said = (project.pool.probabilities >= 0.5).astype(int)
    codes = project.pool.predicted
    assert (said @ [1, 2, 4] == codes).all()
    items = dict(project.store.items.truth_findings())
    right = np.mean([project.code(items[index]) == codes[index] for index in range(len(project.pool))])
    assert right > 0.7
    row = queue_rows(scored, 1)[0]
    assert row["label"] == ", ".join(row["findings"]) or row["findings"] == []
    below, above = preview(project, with_limit(project.policy, 0.5)).near
    shown = near_items(project, below + above)
    assert shown
    assert all({label.name for label in item.labels} <= set(NAMES) for item in shown)


def test_the_model_page_measures_items_and_findings(scored: ReviewSession, retrain: Retrain) -> None:
    project = scored.project
    decide_truly(scored, 20)
    retrain(project)
    snapshot = Retraining(project).snapshot()
    report = model_report(project, snapshot)
    checks = report.source.checks
    assert checks > 1
    assert report.confusion is None
    assert report.findings is not None
    assert [row.label.name for row in report.findings.rows] == NAMES
    assert all(row.found + row.missed + row.wrongly + row.rightly_not == checks for row in report.findings.rows)
    wrong = sum(row.missed + row.wrongly for row in report.findings.rows)
    assert report.findings.hamming.value == pytest.approx(wrong / (3 * checks))
    assert report.accuracy is not None
    assert report.accuracy.of == checks
    assert [row.checks for row in report.classes] == [row.found + row.missed for row in report.findings.rows]
    assert sum(each.observed.of for each in report.reliability) == 3 * checks
    assert report.calibration is not None
    assert report.calibration.brier is not None
    assert 0 <= report.calibration.brier <= 2
    compared = compare_versions(project, snapshot, 1, 2)
    assert compared.overall.checks == checks
    assert all(isinstance(each.truth, tuple) for each in compared.differences)


def test_the_card_names_what_could_not_be_learned(session: ReviewSession, retrain: Retrain) -> None:
    for findings in [(1,), (), (1, 2), (2,)] * 4:
        session.decide(Verdict.CORRECTED, findings=findings)
    project = session.project
    retrain(project)
    report = model_report(project, Retraining(project).snapshot())
    assert report.findings is not None
    assert [row.is_learned for row in report.findings.rows] == [True, True, False]


def test_an_export_has_a_column_for_every_finding(scored: ReviewSession, tmp_path: Path) -> None:
    export(scored.project, tmp_path / "out.csv", "csv", no_progress, never_cancelled)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    decided = [row for row in rows if row["state"] == ItemState.DECIDED.value]
    assert len(decided) == 30
    for row in decided:
        there = [name for name in NAMES if row[f"finding.{name}"] == "yes"]
        assert row["label"] == ";".join(there)
    assert all(row[f"finding.{name}"] == "" for row in rows if row["state"] == "todo" for name in NAMES)


def test_the_command_line_makes_and_decides(
    findings_table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "P.hitl")
    hooks = Hooks(lambda _p, _s: 0, lambda _: 0, lambda _project, _out: [], lambda: None, lambda _project, _out: [])
    assert run(["new", folder, "--data", str(findings_table), "--several", "--use-labels", "truth"], hooks) == 0
    project = Project.open(tmp_path / "P.hitl")
    digests = project.store.items.digests()[:2]
    project.close()
    assert run(["decide", folder, digests[0], "--label", "ship;bill", "--reviewer", "ann"], hooks) == 0
    assert "set to bill, ship" in capsys.readouterr().out
    assert run(["decide", folder, digests[1], "--label", "", "--reviewer", "ann"], hooks) == 0
    assert "nothing found" in capsys.readouterr().out
    assert run(["decide", folder, digests[1], "--label", "cat", "--reviewer", "ann"], hooks) != 0


def test_a_simulation_measures_whole_items_and_findings(
    findings_project_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hooks = Hooks(lambda _p, _s: 0, lambda _: 0, lambda _project, _out: [], lambda: None, lambda _project, _out: [])
    out = tmp_path / "s.json"
    asked = ["simulate", str(findings_project_folder), "--budget", "30", "--batch", "10", "--seeds", "1"]
    assert run([*asked, "--out", str(out)], hooks) == 0
    assert "all findings of an item are right" in capsys.readouterr().out
    answer = json.loads(out.read_text("utf-8"))
    (curves,) = answer["strategies"].values()
    assert curves["labels"] == [10, 20, 30]
    assert answer["full"]["accuracy"][0] > 0.8
    assert answer["full"]["macro_f1"][0] > 0.8
    assert curves["macro_f1"][-1][0] > 0.6
