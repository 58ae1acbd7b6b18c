"""What is decided with nobody looking: only with permission, in view of all, and taken back as easily."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.automation import BY_ITSELF, AutomationAction, Scope
from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import AUTOPILOT, Slot, Verdict, fold
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.sentences import say
from hitl_desktop.exchange.table import read_table
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow import automation
from hitl_desktop.workflow.amending import decide_again
from hitl_desktop.workflow.classes import ClassEditor
from hitl_desktop.workflow.exporting import export
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.snapshot import take_snapshot
from hitl_desktop.workflow.status import status

Retrain = Callable[[Project], ModelVersion]


def review(project: Project, count: int = 14) -> ReviewSession:
    """Decide some items as they truly are, of those that train."""
    session = ReviewSession(project, "ann")
    waiting = project.pool.undecided()
    for item in project.store.items.many(waiting[~project.reserve.members[waiting]][:count].tolist()):
        session.take(item.index)
        session.decide(Verdict.CORRECTED, item.truth_id)
    return session


@pytest.fixture
def project(text_project: Project, retrain: Retrain) -> Project:
    """A project with a model, of which a part of the items is proposed."""
    review(text_project)
    retrain(text_project)
    text_project.set_threshold(0.0)
    return text_project


def automatic(project: Project) -> list[int]:
    return [int(i) for i in project.pool.in_states(ItemState.AUTOMATIC)]


def run(project: Project, limit: int = 5) -> int:
    done = 0
    while (changes := automation.tick(project, limit)) is not NOTHING:
        assert project.pool.ledger().adds_up
        assert len(changes.items) <= limit
        done += len(changes.items)
    return done


def allow(project: Project) -> None:
    automation.override(project, "ann", "only a trial")


def test_nothing_is_automatic_without_a_permission(project: Project) -> None:
    permission = automation.permitted(project)
    assert not permission.is_given
    assert not permission.rows.any()
    assert str(permission.why_not) == "No audit has proved anything yet."
    assert automation.tick(project, 100) is NOTHING
    assert status(project)["automatic"] == 0


def test_with_a_permission_it_decides_what_the_policy_accepts_and_says_why(project: Project) -> None:
    expected = set(np.flatnonzero(automation.permitted(project).rows).tolist())
    assert not expected
    allow(project)
    expected = set(np.flatnonzero(automation.permitted(project).rows).tolist())
    before = project.pool.ledger()
    assert run(project) == len(expected) > 5
    after = project.pool.ledger()
    assert set(automatic(project)) == expected
    assert (after.automatic, after.proposed) == (len(expected), before.proposed - len(expected))
    assert (after.needs_review, after.decided) == (before.needs_review, before.decided)
    for index in expected:
        (event,) = project.store.decisions.live(index)
        suggested = project.suggestion(index)
        assert suggested is not None
        assert suggested.predicted is not None
        assert (event.verdict, event.slot, event.reviewer) == (Verdict.AUTOMATIC, Slot.AUTOMATIC, AUTOPILOT)
        assert event.label_id == event.predicted_id == suggested.predicted.id
        assert (event.model_version, event.policy_version) == (suggested.model_version, project.policy.version)
        assert (event.rule, event.route, event.certificate, event.override) == (1, "accept", None, 1)
        assert event.confidence == pytest.approx(suggested.confidence)


def test_a_reason_is_needed_to_allow_it(project: Project) -> None:
    with pytest.raises(KnownError, match="reason"):
        automation.override(project, "ann", "  ")
    assert not automation.permitted(project).is_given


def test_the_permission_ends_with_the_policy(project: Project) -> None:
    allow(project)
    project.set_threshold(0.01)
    assert not automation.permitted(project).is_given
    assert automation.tick(project, 5) is NOTHING
    last = project.store.automation.events()[-1]
    assert (last.action, last.by) == (AutomationAction.OVERRIDE_ENDED, BY_ITSELF)
    project.set_threshold(0.0)
    assert not automation.permitted(project).is_given, "another version, though it says the same"


def test_the_permission_ends_with_the_model(project: Project, retrain: Retrain) -> None:
    allow(project)
    review(project, 4)
    version = retrain(project)
    assert project.model is not None
    assert project.model.version == version.version
    assert not automation.permitted(project).is_given


def test_it_can_be_taken_back(project: Project) -> None:
    allow(project)
    automation.end_override(project, "ann")
    assert automation.tick(project, 5) is NOTHING
    assert automation.end_override(project, "ann") is NOTHING


def test_pausing_stops_it_and_going_on_needs_a_note(project: Project) -> None:
    allow(project)
    automation.tick(project, 2)
    automation.pause_by_itself(project, say("Too many were changed."))
    assert automation.tick(project, 2) is NOTHING
    assert automation.pause(project, "ann") is NOTHING, "the first reason stays"
    now = automation.state(project)
    assert now.pause is not None
    assert now.pause.is_by_itself
    assert str(now.pause.reason) == "Too many were changed."
    with pytest.raises(KnownError, match="note"):
        automation.resume(project, "ann", "")
    automation.resume(project, "ann", "I looked at {all} of them")
    assert automation.state(project).is_running
    assert automation.resume(project, "ann", "again") is NOTHING
    assert str(project.store.automation.events()[-1].reason) == "I looked at {all} of them"
    assert automation.tick(project, 2) is not NOTHING


def test_pause_and_permission_outlive_closing(project: Project, text_project_folder: Path) -> None:
    allow(project)
    automation.pause(project, "ann")
    project.close()
    again = Project.open(text_project_folder)
    assert automation.permitted(again).is_given
    assert not automation.state(again).is_running
    again.close()


def test_what_is_on_screen_or_begun_is_spared(project: Project) -> None:
    allow(project)
    rows = np.flatnonzero(automation.permitted(project).rows)
    on_screen, begun = int(rows[0]), int(rows[1])
    with project.store.transaction():
        project.store.items.set_draft(begun, "hm", None)
    while automation.tick(project, 7, spare=[on_screen]) is not NOTHING:
        pass
    assert project.pool.state(on_screen) is ItemState.TO_DO
    assert project.pool.state(begun) is ItemState.TO_DO


def test_random_checks_stay_with_a_person(project: Project) -> None:
    allow(project)
    run(project)
    waiting = project.reserve.order[project.pool.unanswered()[project.reserve.order]]
    assert len(waiting)
    assert all(project.pool.state(int(index)) is ItemState.TO_DO for index in waiting)


def test_it_neither_trains_nor_measures_nor_counts_as_work(project: Project) -> None:
    log = project.store.decisions
    before = take_snapshot(project)
    made, since = log.made(), log.training_since(0)
    allow(project)
    run(project)
    after = take_snapshot(project)
    assert np.array_equal(before.rows, after.rows)
    assert np.array_equal(before.trains, after.trains)
    assert np.array_equal(before.measures, after.measures)
    assert (log.made(), log.training_since(0)) == (made, since)
    answers = project.store.answers.first()
    assert answers == [a for a in answers if a.reviewer != AUTOPILOT]


def test_undo_takes_back_what_the_person_did_and_nothing_else(project: Project) -> None:
    session = review(project, 1)
    mine = session.recent(1)[0].item_index
    allow(project)
    run(project)
    decided = automatic(project)
    session = ReviewSession(project, "ann")
    assert session.recent(1)[0].item_index == mine
    session.undo()
    assert project.pool.state(mine) is ItemState.TO_DO
    assert automatic(project) == decided
    assert ReviewSession(project, AUTOPILOT).undo() is NOTHING, "whatever the reviewer is called"


def test_a_person_decides_over_it_and_undo_brings_it_back(project: Project) -> None:
    allow(project)
    run(project)
    session = ReviewSession(project, "ann")
    index = automatic(project)[0]
    said = project.store.items.get(index).label_id
    other = next(label.id for label in project.offered if label.id != said)
    session.go_to(index)
    session.decide(Verdict.CORRECTED, other)
    assert project.pool.state(index) is ItemState.DECIDED
    session.undo()
    assert project.pool.state(index) is ItemState.AUTOMATIC
    assert project.store.items.get(index).label_id == said


def test_a_person_may_say_the_same(project: Project) -> None:
    allow(project)
    run(project)
    session = ReviewSession(project, "ann")
    index = automatic(project)[0]
    decide_again(session, index, Verdict.CORRECTED, project.store.items.get(index).label_id, reason="I looked")
    assert project.pool.state(index) is ItemState.DECIDED


def test_one_is_taken_back_for_good(project: Project) -> None:
    allow(project)
    run(project)
    index = automatic(project)[0]
    ledger = project.pool.ledger()
    automation.take_back(project, index, "ann")
    after = project.pool.ledger()
    assert after.adds_up
    assert (after.automatic, after.needs_review) == (ledger.automatic - 1, ledger.needs_review + 1)
    assert automation.tick(project, 100) is NOTHING, "it waits for a person"
    with pytest.raises(KnownError, match="not decided automatically"):
        automation.take_back(project, index, "ann")
    last = project.store.decisions.recent(1)[0]
    assert (last.verdict, last.reviewer, last.slot) == (Verdict.RETRACTED, "ann", Slot.AUTOMATIC)


def test_a_recall_brings_everything_back_part_by_part(project: Project, text_project_folder: Path) -> None:
    assert project.model is not None
    version = project.model.version
    before = project.pool.ledger()
    allow(project)
    run(project)
    decided = automatic(project)
    kept = decided[0]
    session = ReviewSession(project, "ann")
    session.go_to(kept)
    session.decide(Verdict.CORRECTED, project.offered[0].id)
    automation.recall(project, Scope(model_version=version), "ann", "the model is wrong")
    assert not automation.state(project).is_running, "what it decided is in doubt"
    changes = automation.tick(project, 3)
    assert len(changes.items) == 3
    project.close()
    again = Project.open(text_project_folder)
    while automation.tick(again, 3) is not NOTHING:
        assert again.pool.ledger().adds_up
    assert not automatic(again)
    assert again.pool.state(kept) is ItemState.DECIDED, "what a person decided stays"
    after = again.pool.ledger()
    assert (after.proposed, after.needs_review) == (
        before.proposed - len(decided),
        before.needs_review + len(decided) - 1,
    )
    folded = {i: s.state for i, s in fold(again.store.decisions.all()).items()}
    assert all(folded[i] is again.pool.state(i) for i in folded)
    automation.resume(again, "ann", "try once more")
    assert automation.tick(again, 100) is NOTHING, "the same model does not decide them again"
    event = next(e for e in again.store.automation.events() if e.action is AutomationAction.RECALLED)
    assert (event.items, str(event.reason), event.scope) == (len(decided) - 1, "the model is wrong", Scope(version))
    again.close()


def test_a_recall_of_nothing_is_refused(project: Project) -> None:
    allow(project)
    run(project)
    for scope in (Scope(model_version=99), Scope(policy_version=99), Scope(policy_version=1, rule=2)):
        with pytest.raises(KnownError, match="no automatic decisions"):
            automation.recall(project, scope, "ann")
    assert automation.state(project).is_running


def test_another_model_may_decide_what_was_recalled(project: Project, retrain: Retrain) -> None:
    assert project.model is not None
    allow(project)
    run(project)
    decided = automatic(project)
    single = decided[0]
    automation.take_back(project, single, "ann")
    automation.recall(project, Scope(model_version=project.model.version), "ann")
    automation.recall_all(project)
    review(project, 6)
    retrain(project)
    automation.resume(project, "ann", "a better model")
    allow(project)
    rows = automation.permitted(project).rows
    assert set(np.flatnonzero(rows).tolist()) & set(decided)
    assert not rows[single], "what somebody wanted to see by itself waits for them"


def test_a_merge_keeps_automatic_answers_automatic(project: Project) -> None:
    allow(project)
    run(project)
    first, second = project.offered[:2]
    of_first = [i for i in automatic(project) if project.store.items.get(i).label_id == first.id]
    ClassEditor(project, "ann").add("Third")
    editor = ClassEditor(project, "ann")
    count = editor.counts()[first.id]
    assert count >= len(of_first) > 0
    editor.merge(first.id, second.id)
    assert all(project.pool.state(i) is ItemState.AUTOMATIC for i in of_first)
    assert all(project.store.items.get(i).label_id == second.id for i in of_first)
    assert all(project.store.decisions.live(i)[-1].reviewer == AUTOPILOT for i in of_first)
    ClassEditor(project, "ann").take_back()
    assert all(project.pool.state(i) is ItemState.AUTOMATIC for i in of_first)
    assert all(project.store.items.get(i).label_id == first.id for i in of_first)


def test_a_split_brings_automatic_answers_back_to_people(project: Project) -> None:
    allow(project)
    run(project)
    first = project.offered[0]
    of_first = [i for i in automatic(project) if project.store.items.get(i).label_id == first.id]
    ClassEditor(project, "ann").split(first.id, ["One", "Two"])
    assert all(project.pool.state(i) is ItemState.TO_DO for i in of_first)
    automation.tick(project, 100)
    assert all(project.pool.state(i) is ItemState.TO_DO for i in of_first)


def test_exported_and_imported_again_it_is_nobodys_label(project: Project, tmp_path: Path) -> None:
    allow(project)
    done = run(project)
    out = tmp_path / "again.csv"
    export(project, out, "csv", no_progress, never_cancelled)
    found = read_table(
        out, id_column="path", text_column="text", label_column="label", progress=no_progress, cancelled=never_cancelled
    )
    assert len(found.items) == len(project.pool)
    labelled = {item.path for item in found.items if item.label is not None}
    decided = project.store.items.many([int(i) for i in project.pool.in_states(ItemState.DECIDED)])
    assert labelled == {item.path for item in decided}
    assert any(str(note).startswith(f"{done} labels were decided automatically") for note in found.notes)


def test_the_journal_has_what_nobody_decided(project: Project, text_project_folder: Path) -> None:
    import json

    allow(project)
    done = run(project)
    lines = [json.loads(line) for line in (text_project_folder / "decisions.jsonl").read_text("ascii").splitlines()]
    found = [line for line in lines if line["verdict"] == "automatic"]
    assert len(found) == done
    assert {(line["rule"], line["route"], line["override"], line["reviewer"]) for line in found} == {
        (1, "accept", 1, AUTOPILOT)
    }
