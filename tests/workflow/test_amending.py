"""A past decision is changed with a reason, by an event of its own."""

import csv
import json
from pathlib import Path

import pytest

from hitl_desktop.domain.decisions import Slot, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.history import HistoryFilter, HistoryOrder
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.amending import decide_again
from hitl_desktop.workflow.exporting import export
from hitl_desktop.workflow.past_decisions import Asked, HistoryFinder, of_item, past_decisions, said
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession


def decided(project: Project) -> tuple[ReviewSession, int]:
    session = ReviewSession(project, "ann")
    index = session.current
    assert index is not None
    session.decide(Verdict.CORRECTED, project.labels[0].id, note="looked twice")
    return ReviewSession(project, "bob"), index


def test_the_new_decision_carries_the_reason_and_the_old_one_stays(image_project: Project, tmp_path: Path) -> None:
    session, index = decided(image_project)
    shown, second = session.current, image_project.labels[1]
    decide_again(session, index, Verdict.CORRECTED, second.id, reason=" Seen with ann ")
    first, last = image_project.store.decisions.of_item(index)
    assert (first.label_id, last.label_id, last.reason) == (image_project.labels[0].id, second.id, "Seen with ann")
    assert (last.reviewer, last.note, last.slot) == ("bob", "looked twice", first.slot if first.slot in
            (Slot.EXPLORE,) else Slot.CHOSEN)  # fmt: skip
    assert session.current == shown, "the item on screen stays"
    lines = (image_project.folder / "decisions.jsonl").read_text("ascii").splitlines()
    assert json.loads(lines[-1])["reason"] == "Seen with ann"
    out = tmp_path / "out.csv"
    export(image_project, out, "csv", no_progress, never_cancelled)
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert [row["reason"] for row in csv.DictReader(file) if row["label"] == second.name] == ["Seen with ann"]
    session.undo()
    item = image_project.store.items.get(index)
    assert (item.state, item.label_id) == (ItemState.DECIDED, image_project.labels[0].id)


def test_it_can_be_set_aside_as_well(image_project: Project) -> None:
    session, index = decided(image_project)
    decide_again(session, index, Verdict.UNSURE, reason="not so clear")
    assert image_project.pool.state(index) is ItemState.UNSURE


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_changed_without_a_reason(image_project: Project, reason: str) -> None:
    session, index = decided(image_project)
    with pytest.raises(KnownError, match="reason"):
        decide_again(session, index, Verdict.CORRECTED, image_project.labels[1].id, reason=reason)


def test_what_is_not_decided_or_would_not_differ_is_refused(image_project: Project) -> None:
    session, index = decided(image_project)
    with pytest.raises(KnownError, match="already"):
        decide_again(session, index, Verdict.CORRECTED, image_project.labels[0].id, reason="x")
    assert session.current is not None
    with pytest.raises(KnownError, match="Nobody"):
        decide_again(session, session.current, Verdict.SKIPPED, reason="x")
    assert image_project.store.decisions.count() == 1


def test_the_history_tells_what_each_event_changed(image_project: Project) -> None:
    session, index = decided(image_project)
    decide_again(session, index, Verdict.CORRECTED, image_project.labels[1].id, reason="wrong side")
    session.undo()
    told = [(p.event.verdict, said(image_project, p.before.decision), said(image_project, p.after),
             p.entry.is_taken_back) for p in of_item(image_project, index)]  # fmt: skip
    zero, one = image_project.labels[0].name, image_project.labels[1].name
    assert told == [
        (Verdict.RETRACTED, one, zero, False),
        (Verdict.CORRECTED, zero, one, True),
        (Verdict.CORRECTED, "", zero, False),
    ]
    assert set(past_decisions(image_project, [3, 1])) == {1, 3}


def test_events_are_looked_for_beside_the_writer(image_project: Project) -> None:
    session, index = decided(image_project)
    decide_again(session, index, Verdict.CORRECTED, image_project.labels[1].id, reason="wrong side")
    ask = Asked(image_project.folder, image_project.store.decisions.count())
    assert HistoryFinder().answer(ask).tolist() == [2, 1]
    amended = Asked(image_project.folder, 2, HistoryFilter(words="wrong"))
    assert HistoryFinder().answer(amended).tolist() == [2]
    by_reviewer = Asked(image_project.folder, 2, order=HistoryOrder.REVIEWER, descending=False)
    assert HistoryFinder().answer(by_reviewer).tolist() == [1, 2]
