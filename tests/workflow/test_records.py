"""A project of records: typed items, a model of their columns, what surrounds them, and what is at stake."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.costs import CostSettings
from hitl_desktop.domain.decisions import Slot, Verdict
from hitl_desktop.domain.explanations import Basis, PartKind, Refusal
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.records import COUNT, RATIO, ColumnType, Field, Record, record_of
from hitl_desktop.features.record_fields import RECORD_FIELDS
from hitl_desktop.workflow import samples
from hitl_desktop.workflow.adding import take
from hitl_desktop.workflow.asking import change_stakes
from hitl_desktop.workflow.asking_pool import prepare_and_ask
from hitl_desktop.workflow.comparing import gram_of
from hitl_desktop.workflow.explain_request import explain_request
from hitl_desktop.workflow.explaining import explain
from hitl_desktop.workflow.exporting import export_rows
from hitl_desktop.workflow.figures.compute import set_costs
from hitl_desktop.workflow.gathering import gather
from hitl_desktop.workflow.ingest import create_project
from hitl_desktop.workflow.insight import near_items
from hitl_desktop.workflow.learning_choices import choices_of, choose
from hitl_desktop.workflow.looking import Looking
from hitl_desktop.workflow.masked_columns import mask_column
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.record_context import RecordContexts, asked_of
from hitl_desktop.workflow.requests import AddRequest, ImportReport, LabelUse, NewProject
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.snapshot import take_snapshot
from hitl_desktop.workflow.stakes import stakes_of
from hitl_desktop.workflow.training_requests import ask_request

ROWS = 240


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ImportReport]:
    """The first payments of the sample as a project, with the model in the box; shared by tests that change nothing."""
    folder = tmp_path_factory.mktemp("records")
    data = folder / "payments.csv"
    source = samples.paths.resources() / "samples" / "payments.csv"
    data.write_text("".join(source.read_text("utf-8").splitlines(keepends=True)[: ROWS + 1]), "utf-8")
    request = NewProject(folder / "payments.hitl", data, kind="record", use_labels=LabelUse.TRUTH)
    return folder, create_project(request, no_progress, never_cancelled)


@pytest.fixture
def project(made: tuple[Path, ImportReport]) -> Project:
    project = Project.open(Path(made[1].folder))
    yield project  # type: ignore[misc]
    project.close()


def test_a_table_becomes_records_with_a_model_and_a_stake(made: tuple[Path, ImportReport], project: Project) -> None:
    report = made[1]
    assert (report.kind, report.items, report.model) == ("record", ROWS, "card-payments")
    assert any("a missed “fraud” loses the “amount”" in str(note) for note in report.notes)
    stakes = stakes_of(project.store)
    assert stakes is not None
    assert (project.label(stakes.label).name, stakes.column) == ("fraud", "amount")
    assert choices_of(project.store).group_column == "customer"
    assert project.is_scored
    item = project.store.items.get(7)
    record = record_of(project.store.items.text(7))
    assert record["amount"].number == float(item.fields["amount"])  # type: ignore[union-attr]
    assert project.kind.opening(record.text, 200).startswith("amount ")


def test_near_the_line_a_record_is_called_by_its_id_and_nothing_hidden_is_said(project: Project) -> None:
    (near,) = near_items(project, [7])
    item = project.store.items.get(7)
    assert near.name.startswith(f"{item.name} · amount ")
    for column in ("amount", "merchant"):
        mask_column(project.store, column, masked=True)
    (near,) = near_items(project, [7])
    for column in ("amount", "merchant"):
        mask_column(project.store, column, masked=False)
    assert near.name.startswith(f"{item.name} · ")
    assert "amount" not in near.name
    assert item.fields["merchant"] not in near.name


def test_the_score_of_a_record_is_the_sum_of_its_columns(project: Project) -> None:
    for index in range(0, ROWS, 60):
        found = explain(explain_request(project, index), no_progress, never_cancelled)
        assert (found.refusal, found.basis) == (Refusal.NONE, Basis.EXACT)
        assert sum(part.value for part in found.parts) == pytest.approx(found.score, abs=1e-3)
        named = {part.words for part in found.parts if part.kind is PartKind.FIELD}
        assert named <= {f.name for f in record_of(project.store.items.text(index)).fields}
        assert "customer" not in named


def test_what_surrounds_a_record(project: Project) -> None:
    records = [record_of(text) for text in project.store.items.texts()]
    index = max(range(ROWS), key=lambda place: records[place].earlier.get("rows", 0))
    asked = asked_of(project, index, None, frozenset())
    found = RecordContexts().answer(Looking(), asked)
    assert found.key == records[index]["customer"].text  # type: ignore[union-attr]
    same = [place for place in range(ROWS) if records[place]["customer"].text == found.key]  # type: ignore[union-attr]
    assert found.rows == len(same)
    assert {row.index for row in found.history} <= set(same)
    assert [row.is_this for row in found.history].count(True) == 1
    times = [row.moment for row in found.history]
    assert times == sorted(times, reverse=True)
    amounts = np.array([record["amount"].number for record in records])  # type: ignore[union-attr]
    below = float((amounts < amounts[index]).mean())
    assert found.standings["amount"].share == pytest.approx(below, abs=0.02)
    hidden = RecordContexts().answer(Looking(), asked_of(project, index, None, frozenset({"customer", "amount"})))
    assert (hidden.history, hidden.key) == ((), "")
    assert "amount" not in hidden.standings


def test_the_queue_by_expected_loss_asks_for_most_to_lose(made: tuple[Path, ImportReport], project: Project) -> None:
    session = ReviewSession(project, "ann")
    fraud = project.label_named("fraud")
    set_costs(project.store, CostSettings(missed={fraud.id: 7.0}, false_alarms={fraud.id: 5.0}))
    change_stakes(session, fraud.id)
    choose(project.store, "strategy", "expected_loss")
    request = ask_request(project, take_snapshot(project), session.waiting())
    prepare_and_ask(request, no_progress, never_cancelled)
    session.replan()
    assert project.pool.probabilities is not None
    amounts = np.array([float(project.store.items.get(i).fields["amount"]) for i in range(ROWS)])
    losses = project.pool.probabilities[:, fraud.position] * (amounts + 7.0)
    utilities = project.ranked().utilities
    assert utilities is not None
    candidates = np.flatnonzero(~project.reserve.members)
    assert np.argsort(-utilities[candidates], kind="stable")[:20].tolist() == (
        np.argsort(-losses[candidates], kind="stable")[:20].tolist()
    )
    first = next(int(i) for i in session.queue.planned() if session.queue.slot_of(int(i)) is Slot.LOSS)
    assert not project.reserve.members[first]
    session.go_to(first)
    session.decide(Verdict.CORRECTED, fraud.id)
    assert project.store.decisions.recent(1)[0].item_index == first
    session.undo()


def test_masked_columns_leave_neither_in_fields_nor_inside_of_the_text(project: Project) -> None:
    mask_column(project.store, "memo", masked=True)
    try:
        row = next(iter(export_rows(project)))
        assert "memo" not in row.fields
        kept = {name: value for _, name, value in json.loads(row.text)["fields"]}
        assert kept["memo"] is None
        assert "earlier" not in json.loads(row.text)
    finally:
        mask_column(project.store, "memo", masked=False)


def test_later_rows_know_the_earlier_ones(tmp_path: Path) -> None:
    lines = ["at,client,amount,shop,label"]
    lines += [f"2026-03-{day:02d} 10:00,c{day % 2},{10 * day}.50,shop{day % 3},{'bad' if day % 5 == 0 else 'ok'}"
              for day in range(1, 25)]  # fmt: skip
    data = tmp_path / "first.csv"
    data.write_text("\n".join(lines) + "\n", "utf-8")
    report = create_project(
        NewProject(tmp_path / "p.hitl", data, kind="record", use_labels=LabelUse.TRUTH), no_progress, never_cancelled
    )
    data.write_text("\n".join([*lines, "2026-04-01 09:00,c1,1000,shop9,bad"]) + "\n", "utf-8")
    project = Project.open(Path(report.folder))
    try:
        gathered = gather(AddRequest(project.folder, (), tmp_path / "staging"), no_progress, never_cancelled)
        assert (gathered.items, gathered.counts.known) == (1, 24)
        assert not any("columns" in str(note) for note in gathered.notes)
        take(project, gathered, "ann")
        added = record_of(project.store.items.text(24))
        assert added.earlier["rows"] == 12.0
        assert added.earlier[RATIO] == pytest.approx(1000 / 120.5)
    finally:
        project.close()


def test_what_only_comes_later_is_not_told_as_unlike() -> None:
    def text(at: int, days: int) -> str:
        moment = (datetime(2026, 3, 1, at % 24) + timedelta(days=at + days)).isoformat()
        fields = (
            Field(ColumnType.NUMBER, "amount", float(10 + at)),
            Field(ColumnType.CATEGORY, "shop", f"s{at % 3}"),
            Field(ColumnType.DATE, "at", moment),
        )
        return Record(fields, {COUNT: float(at + days)}).text

    before = [text(at, 0) for at in range(40)]
    after = [text(at, 52 * 7) for at in range(40)]
    gram = gram_of(RECORD_FIELDS.extract([*before, *after]), RECORD_FIELDS.blocks)
    assert np.diagonal(gram, 40) == pytest.approx(np.diagonal(gram)[:40], rel=1e-5)
