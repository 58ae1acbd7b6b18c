"""Classes change, and nothing is orphaned."""

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.class_changes import ClassAction
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.store.store import Store
from hitl_desktop.workflow import many_at_once, ready_scores
from hitl_desktop.workflow.classes import ClassEditor, ClassStep
from hitl_desktop.workflow.many_at_once import Making, at_once
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.snapshot import take_snapshot
from hitl_desktop.workflow.training_requests import ask_request
from hitl_desktop.workflow.verifying import verify
from hitl_desktop.workflow.worker import InlineRunner

Retrain = Callable[[Project], ModelVersion]


def _decide_truth(project: Project, count: int) -> ReviewSession:
    session = ReviewSession(project, "ann")
    for _ in range(count):
        assert session.item is not None
        if project.pool.task.value == "several":
            session.decide(Verdict.CORRECTED, findings=session.item.truth_findings or ())
        else:
            session.decide(Verdict.CORRECTED, session.item.truth_id)
    return session


def _id(project: Project, name: str) -> int:
    return next(label.id for label in project.labels if label.name == name)


def _standings(project: Project) -> list[tuple[ItemState, int | None, tuple[int, ...] | None]]:
    items = project.store.items.many(range(len(project.pool)))
    return [(item.state, item.label_id, item.findings) for item in items]


def _agrees_with_the_log(project: Project) -> None:
    """The rows, the pool in memory and the fold over the log say the same, and the ledger adds up."""
    states = project.store.decisions.states_from_events()
    for item in project.store.items.many(range(len(project.pool))):
        state, label_id = states.get(item.index, (ItemState.TO_DO, None))
        assert (item.state, item.label_id) == (state, label_id)
        assert project.pool.state(item.index) is state
    ledger = project.pool.ledger()
    assert ledger.decided + ledger.skipped + ledger.unsure + ledger.flagged + ledger.needs_review + ledger.proposed == (
        ledger.items
    )


def test_a_rename_keeps_decisions_and_place(image_project: Project) -> None:
    _decide_truth(image_project, 12)
    before = _standings(image_project)
    dots = _id(image_project, "dots")
    changes = ClassEditor(image_project, "ann").rename(dots, "  spots ", "the field says so")
    assert changes.classes
    assert not changes.decisions
    assert image_project.label(dots).name == "spots"
    assert _standings(image_project) == before
    (operation,) = image_project.store.classes.operations()
    assert (operation.old_name, operation.new_name, operation.reason) == ("dots", "spots", "the field says so")


@pytest.mark.parametrize("name", ["", "  ", "dots", "LINES", "a\nb", "x" * 121])
def test_names_that_cannot_be_used_are_refused_and_change_nothing(image_project: Project, name: str) -> None:
    editor = ClassEditor(image_project, "ann")
    before = image_project.store.labels()
    with pytest.raises(KnownError):
        editor.add(name)
    assert image_project.store.labels() == before
    assert not editor.operations()


def test_a_class_that_is_added_is_offered_and_can_be_decided(image_project: Project) -> None:
    editor = ClassEditor(image_project, "ann")
    editor.add("rings")
    session = ReviewSession(image_project, "ann")
    session.decide(Verdict.CORRECTED, _id(image_project, "rings"))
    assert editor.decided(_id(image_project, "rings")) == 1
    assert [label.name for label in image_project.offered] == ["dots", "lines", "plain", "rings"]


def test_a_merge_decides_each_item_anew_and_on_record(image_project: Project) -> None:
    _decide_truth(image_project, 30)
    dots, lines = _id(image_project, "dots"), _id(image_project, "lines")
    editor = ClassEditor(image_project, "bob")
    were, before = editor.decided(dots), editor.decided(lines)
    log = image_project.store.decisions.count()
    changes = editor.merge(dots, lines)
    assert were > 0
    assert len(changes.items) == were
    assert (editor.decided(dots), editor.decided(lines)) == (0, before + were)
    assert image_project.store.decisions.count() == log + were
    assert {event.reviewer for event in image_project.store.decisions.all(after=log)} == {"bob"}
    assert "dots" not in [label.name for label in image_project.offered]
    _agrees_with_the_log(image_project)


def test_taking_back_is_the_inverse(image_project: Project) -> None:
    _decide_truth(image_project, 30)
    dots, lines, plain = (_id(image_project, name) for name in ("dots", "lines", "plain"))
    editor = ClassEditor(image_project, "ann")
    operations: list[Callable[[], object]] = [
        lambda: editor.merge(dots, lines),
        lambda: editor.split(plain, ["smooth", "rough"]),
        lambda: editor.retire(lines, give_back=True),
        lambda: editor.retire(lines, give_back=False),
        lambda: editor.rename(plain, "flat"),
        lambda: editor.add("rings"),
    ]
    for operate in operations:
        standings, offered = _standings(image_project), image_project.offered
        operate()
        assert (standings, offered) != (_standings(image_project), image_project.offered)
        editor.take_back()
        assert _standings(image_project) == standings
        assert image_project.offered == offered
        _agrees_with_the_log(image_project)


def test_what_was_decided_since_a_merge_stays_when_it_is_taken_back(image_project: Project) -> None:
    _decide_truth(image_project, 30)
    dots, lines, plain = (_id(image_project, name) for name in ("dots", "lines", "plain"))
    editor = ClassEditor(image_project, "ann")
    moved = sorted(editor.merge(dots, lines).items)
    session = ReviewSession(image_project, "ann")
    session.go_to(moved[0])
    session.decide(Verdict.CORRECTED, plain, reason="looked again")
    editor.take_back()
    assert image_project.store.items.get(moved[0]).label_id == plain
    assert image_project.store.items.get(moved[1]).label_id == dots


def test_a_split_returns_its_items_to_the_queue(image_project: Project) -> None:
    session = _decide_truth(image_project, 30)
    editor = ClassEditor(image_project, "ann")
    touched = editor.split(_id(image_project, "dots"), ["small", "large"]).items
    session.take_classes()
    assert touched
    assert touched <= set(session.waiting().tolist())
    assert [label.name for label in image_project.offered] == ["lines", "plain", "small", "large"]
    _agrees_with_the_log(image_project)


def test_a_split_whose_classes_are_used_cannot_be_taken_back(image_project: Project) -> None:
    editor = ClassEditor(image_project, "ann")
    editor.split(_id(image_project, "dots"), ["small", "large"])
    ReviewSession(image_project, "ann").decide(Verdict.CORRECTED, _id(image_project, "small"))
    with pytest.raises(KnownError, match="small has decisions"):
        editor.take_back()


def test_two_classes_must_stay(image_project: Project) -> None:
    editor = ClassEditor(image_project, "ann")
    editor.retire(_id(image_project, "dots"), give_back=False)
    with pytest.raises(KnownError, match="at least 2 classes"):
        editor.retire(_id(image_project, "lines"), give_back=False)
    with pytest.raises(KnownError, match="at least 2 classes"):
        editor.merge(_id(image_project, "lines"), _id(image_project, "plain"))
    with pytest.raises(KnownError, match="retired"):
        editor.merge(_id(image_project, "lines"), _id(image_project, "dots"))


def test_a_retired_class_comes_back(image_project: Project) -> None:
    editor = ClassEditor(image_project, "ann")
    dots = _id(image_project, "dots")
    editor.merge(dots, _id(image_project, "lines"))
    editor.bring_back(dots)
    assert image_project.label_now(dots) == dots
    editor.take_back()
    assert image_project.label_now(dots) == _id(image_project, "lines")
    assert [operation.action for operation in editor.operations()][-1] is ClassAction.TAKEN_BACK


def test_a_model_from_before_is_read_in_the_classes_of_now(image_project: Project, retrain: Retrain) -> None:
    session = _decide_truth(image_project, 40)
    retrain(image_project)
    dots, lines = _id(image_project, "dots"), _id(image_project, "lines")
    raw = np.array(image_project.pool.probabilities)
    ClassEditor(image_project, "ann").merge(dots, lines)
    session.take_classes()
    now = image_project.pool.probabilities
    assert now is not None
    np.testing.assert_allclose(now[:, 1], raw[:, 0] + raw[:, 1], rtol=1e-5)
    assert not (image_project.pool.predicted == 0).any()
    assert session.shown is not None
    assert session.shown.predicted is None or session.shown.predicted.id != dots


def test_what_the_model_says_is_not_read_again_where_no_class_counts_otherwise(
    image_project: Project, retrain: Retrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = image_project
    session = ReviewSession(project, "ann")
    for _ in range(12):
        session.decide(Verdict.CORRECTED, session.item.truth_id)
    retrain(project)
    pool, read = project.pool, list[object]()
    real = ready_scores.read_scores
    monkeypatch.setattr(ready_scores, "read_scores", lambda file: read.append(file) or real(file))
    session.change_classes(lambda editor: editor.rename(project.labels[0].id, "another name"))
    session.change_classes(lambda editor: editor.add("one more"))
    assert not read
    shown = pool.confidence.copy(), pool.predicted.copy(), pool.routes.route.copy()
    project.load_scores()
    assert read
    for before, now in zip(shown, (pool.confidence, pool.predicted, pool.routes.route), strict=True):
        assert np.array_equal(before, now)
    read.clear()
    session.change_classes(lambda editor: editor.merge(project.labels[0].id, project.labels[1].id))
    assert read, "what was said of a class is now said of another"


def test_a_training_after_a_merge_knows_one_class_less(image_project: Project, retrain: Retrain) -> None:
    _decide_truth(image_project, 40)
    dots, lines = _id(image_project, "dots"), _id(image_project, "lines")
    ClassEditor(image_project, "ann").merge(dots, lines)
    _, labels = take_snapshot(image_project).training
    assert dots not in labels
    retrain(image_project)
    assert image_project.pool.probabilities is not None
    assert not image_project.pool.probabilities[:, 0].any()


@pytest.mark.parametrize("change", ["add", "merge", "retire"])
def test_the_pool_is_ranked_anew_after_a_change(image_project: Project, retrain: Retrain, change: str) -> None:
    session = _decide_truth(image_project, 40)
    retrain(image_project)
    editor = ClassEditor(image_project, "ann")
    dots, lines = _id(image_project, "dots"), _id(image_project, "lines")
    operations: dict[str, Callable[[], object]] = {
        "add": lambda: editor.add("rings"),
        "merge": lambda: editor.merge(dots, lines),
        "retire": lambda: editor.retire(dots, give_back=False),
    }
    operations[change]()
    assert not image_project.is_ranked
    request = ask_request(image_project, take_snapshot(image_project), session.waiting())
    InlineRunner().run("ask", request, no_progress, never_cancelled)
    assert image_project.is_ranked


def test_items_of_a_retired_class_neither_train_nor_measure(image_project: Project) -> None:
    _decide_truth(image_project, 40)
    editor = ClassEditor(image_project, "ann")
    dots = _id(image_project, "dots")
    kept, decided = editor.decided(dots), len(take_snapshot(image_project).rows)
    editor.retire(dots, give_back=False)
    assert len(take_snapshot(image_project).rows) == decided - kept
    assert editor.decided(dots) == kept


def test_findings_merge_within_their_sets(findings_project: Project) -> None:
    _decide_truth(findings_project, 40)
    bill, login = _id(findings_project, "bill"), _id(findings_project, "login")
    before = _standings(findings_project)
    editor = ClassEditor(findings_project, "ann")
    editor.merge(bill, login)
    for (_, _, was), (_, _, now) in zip(before, _standings(findings_project), strict=True):
        assert now == (None if was is None else tuple(sorted({login if i == bill else i for i in was})))
    editor.take_back()
    assert _standings(findings_project) == before


def test_the_journal_follows(image_project: Project) -> None:
    _decide_truth(image_project, 20)
    ClassEditor(image_project, "ann").merge(_id(image_project, "dots"), _id(image_project, "lines"))
    lines = (image_project.folder / "decisions.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == image_project.store.decisions.count()


def test_the_same_name_in_other_capitals_is_only_for_the_class_itself(image_project: Project) -> None:
    editor = ClassEditor(image_project, "ann")
    dots = image_project.label(_id(image_project, "dots"))
    editor.rename(dots.id, "Dots")
    assert image_project.label(dots.id) == replace(dots, name="Dots")


def test_undo_takes_a_change_of_the_classes_back_in_one_step(image_project: Project) -> None:
    session = _decide_truth(image_project, 20)
    standings = _standings(image_project)
    ClassEditor(image_project, "ann").merge(_id(image_project, "dots"), _id(image_project, "lines"))
    session.take_classes()
    assert session.undo_text() == "Undo: dots merged into lines"
    session.undo()
    assert _standings(image_project) == standings
    assert session.undo_text().startswith("Undo: ")
    assert "merged" not in session.undo_text()
    assert session.undo().items


def test_another_reviewers_change_is_not_undone(image_project: Project) -> None:
    session = _decide_truth(image_project, 5)
    ClassEditor(image_project, "bob").rename(_id(image_project, "dots"), "spots")
    session.undo()
    assert image_project.store.labels()[0].name == "spots"


Steps = Callable[[ClassEditor], ClassStep]


def _merging(editor: ClassEditor) -> ClassStep:
    return editor.merging(_id(editor._project, "dots"), _id(editor._project, "lines"), "they are the same")


def _giving_back(editor: ClassEditor) -> ClassStep:
    return editor.retiring(_id(editor._project, "dots"), give_back=True)


def _splitting(editor: ClassEditor) -> ClassStep:
    return editor.splitting(_id(editor._project, "dots"), ["small", "large"])


def _log(project: Project) -> list[tuple[object, ...]]:
    """The events of every item, in their order; which item comes first is nobody's concern."""
    events = project.store.decisions.all()
    by_number = {event.number: event for event in events}
    told = [
        (e.item_index, e.verdict, e.label_id, e.retracts and by_number[e.retracts].label_id, e.reason, e.reviewer)
        for e in events
    ]
    return sorted(told, key=lambda event: event[0])


@pytest.mark.parametrize("operate", [_merging, _giving_back, _splitting])
def test_in_parts_it_comes_to_what_it_does_as_a_whole(image_project: Project, tmp_path: Path, operate: Steps) -> None:
    """The operation, and taking it back, with items that were decided several times on both sides of a border."""
    session = _decide_truth(image_project, 30)
    for item in image_project.store.items.answered_as(_id(image_project, "dots"))[:5]:
        session.go_to(item)
        session.decide(Verdict.CORRECTED, _id(image_project, "dots"), reason="looked again")
    image_project.close()
    whole, parted = (Path(shutil.copytree(image_project.folder, tmp_path / name)) for name in ("a.hitl", "b.hitl"))
    ends = []
    for folder in (whole, parted):
        project = Project.open(folder)
        editor = ClassEditor(project, "bob")
        for step_of in (operate, ClassEditor.taking_back):
            step = step_of(editor)
            changes = at_once(step.making(step.items if folder == whole else 3))
            assert changes.items
            _agrees_with_the_log(project)
        ends.append((_log(project), _standings(project), [o.action for o in editor.operations()], changes.told))
        project.close()
        assert verify(folder).is_intact
        lines = (folder / "decisions.jsonl").read_text("utf-8").splitlines()
        assert len(lines) == len(ends[-1][0]), "the second record has followed"
    assert ends[0] == ends[1]


def test_until_its_last_part_nothing_of_it_is_there_for_others(image_project: Project) -> None:
    _decide_truth(image_project, 30)
    before = _standings(image_project), _log(image_project), image_project.offered
    editor = ClassEditor(image_project, "bob")
    step = _merging(editor)
    making = step.making(2)
    for _ in range(step.items // 2):
        next(making)
        with closing(Store.reader(image_project.folder)) as reader:
            assert reader.decisions.count() == len(before[1])
    making.close()  # as when the program ends there
    assert (_standings(image_project), _log(image_project), image_project.offered) == before
    _agrees_with_the_log(image_project)
    assert ClassEditor(image_project, "bob").merge(_id(image_project, "dots"), _id(image_project, "lines")).items


def test_a_large_change_goes_on_beside_where_somebody_waits(
    image_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = _decide_truth(image_project, 30)
    beside: list[Making] = []
    session.parts_beside = beside.append
    monkeypatch.setattr(many_at_once, "PART", 2)
    assert session.change_classes(lambda editor: editor.add("rings")).told == "rings added"
    assert not beside, "a small one is made at once"
    assert session.change_classes(_merging) is NOTHING
    changes = at_once(beside.pop())
    assert len(changes.items) > 2
    assert session.undo() is NOTHING
    at_once(beside.pop())
    assert "dots" in [label.name for label in image_project.offered]
