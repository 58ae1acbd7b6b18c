"""Every figure against an independent calculation, on a scripted session whose truth is known."""

import datetime
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from hitl_desktop.domain.costs import CostSettings
from hitl_desktop.domain.decisions import Decision, Exposure, Slot, Verdict
from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.workflow.figures.asked import Asked, Beside, as_it_stands, local_days
from hitl_desktop.workflow.figures.compute import costs_of, figures_of, set_costs
from hitl_desktop.workflow.figures.values import Figures, WatchState
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests.conftest import MakeProject, Retrain
from tests.scripted import THRESHOLD, make_scripted


@pytest.fixture(scope="module")
def original(
    image_folder: Path, make_project: MakeProject, retrain: Retrain, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Ann teaches, Bob changes every third suggestion: see `tests/scripted.py`."""
    folder = tmp_path_factory.mktemp("scripted") / "Scripted.hitl"
    make_scripted(folder, image_folder, make_project, retrain)
    return folder


@pytest.fixture
def scripted(original: Path, tmp_path: Path) -> Iterator[Project]:
    """A copy of it for one test."""
    project = Project.open(Path(shutil.copytree(original, tmp_path / "Scripted.hitl")))
    yield project
    project.close()


def found(project: Project, asked: Asked | None = None) -> Figures:
    return figures_of(project, asked or Asked()).figures


def standing(log: list[Decision]) -> dict[int, Decision]:
    """The decision that holds for every item, the slow way."""
    stack: dict[int, list[Decision]] = {}
    for event in log:
        mine = stack.setdefault(event.item_index, [])
        if event.verdict is Verdict.RETRACTED:
            mine[:] = [old for old in mine if old.number != event.retracts]
        else:
            mine.append(event)
    return {index: mine[-1] for index, mine in stack.items() if mine}


def checks(project: Project) -> list[tuple[bool, bool]]:
    """For every answered random check: was the model right, and would the item have passed."""
    said = []
    held = standing(project.store.decisions.all())
    for index in project.reserve.order.tolist():
        if index not in held:
            break
        if held[index].label_id is not None:
            column = int(project.pool.predicted[index])
            right = project.labels[column].id == held[index].label_id
            said.append((right, bool(project.pool.confidence[index] >= THRESHOLD)))
    return said


def test_accuracy_is_that_of_the_answered_random_checks_alone(scripted: Project) -> None:
    own = checks(scripted)
    figure = found(scripted).figure("accuracy")
    assert len(own) >= 3
    assert figure.value == pytest.approx(sum(right for right, _ in own) / len(own))
    interval = stats.binomtest(sum(right for right, _ in own), len(own)).proportion_ci(method="wilson")
    assert (figure.low, figure.high) == pytest.approx((interval.low, interval.high), abs=1e-6)
    assert figure.sample == f"{len(own)} random checks"


def test_items_that_were_chosen_never_measure(scripted: Project) -> None:
    """Bob answers everything else wrongly: the accuracy does not move, as none of these is a random check."""
    before = found(scripted).figure("accuracy")
    session = ReviewSession(scripted, "bob")
    for index in scripted.pool.undecided().tolist():
        if scripted.reserve.members[index]:
            continue
        session.go_to(index)
        wrong = next(label.id for label in scripted.labels if label.position != scripted.pool.predicted[index])
        session.decide(Verdict.CORRECTED, wrong)
    assert found(scripted).figure("accuracy") == before


def test_intervention_counts_what_people_did_and_have_to_do(scripted: Project) -> None:
    held = standing(scripted.store.decisions.all())
    waiting = [
        index
        for index in range(len(scripted.pool))
        if index not in held and not scripted.pool.confidence[index] >= THRESHOLD
    ]
    figure = found(scripted).figure("intervention")
    assert figure.value == pytest.approx((len(held) + len(waiting)) / len(scripted.pool))
    assert figure.low is figure.high is None


def test_error_reduction_is_the_share_of_mistakes_that_come_before_a_person(scripted: Project) -> None:
    wrong = [passes for right, passes in checks(scripted) if not right]
    figure = found(scripted).figure("reduction")
    if not wrong:
        assert figure.value is None
        return
    assert figure.value == pytest.approx(1 - sum(wrong) / len(wrong))


def test_review_time_is_the_trimmed_mean_of_the_active_seconds(scripted: Project) -> None:
    log = scripted.store.decisions.all()
    seconds = [event.seconds for event in log if event.verdict is not Verdict.RETRACTED]
    figures = found(scripted)
    assert figures.figure("time").value == pytest.approx(stats.trim_mean(seconds, 0.1))
    assert figures.work.active_seconds == pytest.approx(sum(s for s in seconds if s))
    assert figures.work.decisions == len(seconds) == 33


def test_cost_is_the_money_of_the_hours_over_what_is_finished(scripted: Project) -> None:
    assert found(scripted).figure("cost").value is None
    set_costs(scripted.store, CostSettings(per_hour=54.0))
    work = found(scripted).work
    decided = [item for item in scripted.store.items.many(range(len(scripted.pool))) if item.label_id is not None]
    assert work.by_people == work.finished == len(decided) < work.decisions, "set aside and undone is not finished"
    figure = found(scripted).figure("cost")
    assert figure.value == pytest.approx(work.active_seconds / 3600 * 54 / len(decided))
    assert f"{len(decided)} items so far" in figure.sample


def test_overrides_are_first_answers_that_differ_from_what_was_seen(scripted: Project) -> None:
    first: dict[tuple[int, str], Decision] = {}
    for event in scripted.store.decisions.all():
        if event.label_id is not None:
            first.setdefault((event.item_index, event.reviewer), event)
    seen = [e for e in first.values() if e.predicted_id is not None and e.exposure is not Exposure.HIDDEN]
    work = found(scripted).work
    assert work.seen == len(seen) > 0
    assert work.changed == sum(e.predicted_id != e.label_id for e in seen) >= 3


def test_reviewers_share_the_work(scripted: Project) -> None:
    rows = {row.name: row.work for row in found(scripted).reviewers}
    assert {name: work.decisions for name, work in rows.items()} == {"ann": 24, "bob": 9}
    assert rows["bob"].active_seconds == pytest.approx(sum(10.0 + n for n in range(9)))
    only = found(scripted, Asked(reviewer="bob"))
    assert only.work == rows["bob"]
    assert only.figure("accuracy") == found(scripted).figure("accuracy")


def test_classes_count_the_items_that_are_decided_as_them(scripted: Project) -> None:
    held = standing(scripted.store.decisions.all())
    expected = Counter(decision.label_id for decision in held.values() if decision.label_id)
    assert {row.label.id: row.decided for row in found(scripted).classes} == dict(expected)


def test_versions_are_measured_on_the_same_items(scripted: Project) -> None:
    points = found(scripted).versions
    assert [point.version for point in points] == [1, 2]
    model = scripted.model
    assert model is not None
    now = points[model.version - 1]
    assert now.is_in_use
    own = checks(scripted)
    assert now.accuracy is not None
    assert (now.accuracy.right, now.accuracy.of) == (sum(right for right, _ in own), len(own))
    reserve = scripted.reserve.order
    below = int((~(scripted.pool.confidence[reserve] >= THRESHOLD)).sum())
    assert now.needs_you is not None
    assert (now.needs_you.right, now.needs_you.of) == (below, len(reserve))


def test_before_the_items_are_scored_nobody_says_that_all_of_them_need_a_person(scripted: Project) -> None:
    """As in a project that was received: its scores are worked out anew."""
    assert scripted.model is not None
    shutil.rmtree(scripted.folder / "scores")
    scripted.load_scores()
    assert not scripted.is_scored
    points = found(scripted).versions
    assert [point.version for point in points] == [1, 2]
    assert all(point.needs_you is None and point.reduction is None for point in points)
    assert all(point.accuracy is not None for point in points), "the answers to the checks are kept"
    (watch,) = [watch for watch in found(scripted).watch if watch.id == "intervention"]
    assert watch.state is WatchState.UNKNOWN


def test_a_day_that_has_not_come_holds_nothing(scripted: Project) -> None:
    tomorrow = datetime.date.today() + datetime.timedelta(days=2)
    figures = found(scripted, Asked(since=tomorrow))
    assert figures.work.decisions == 0
    assert figures.days == ()
    assert figures.figure("time").value is None


def test_days_are_local_days(scripted: Project) -> None:
    days = {datetime.datetime.fromisoformat(e.at_utc).astimezone().date() for e in scripted.store.decisions.all()}
    assert {datetime.date.fromordinal(day.ordinal) for day in found(scripted).days} == days
    moments = np.array([0, 86_399, 86_400, 1_790_000_000], np.int64)
    expected = [datetime.datetime.fromtimestamp(int(at)).toordinal() for at in moments]
    assert local_days(moments).tolist() == expected


def test_pace_tells_when_the_rest_is_done(scripted: Project) -> None:
    noon = datetime.datetime.now().replace(hour=12, minute=0, second=0).timestamp()
    scripted.set_threshold(1.0)
    pace = found(scripted, Asked(now=noon)).pace
    assert pace is not None
    seconds = [e.seconds for e in scripted.store.decisions.all() if e.verdict is not Verdict.RETRACTED]
    assert pace.seconds == pytest.approx(stats.trim_mean(seconds, 0.1))
    assert pace.left == scripted.pool.ledger().needs_review
    assert pace.done_at == pytest.approx(noon + pace.left * pace.seconds)


def test_what_does_not_end_today_is_told_in_days(scripted: Project) -> None:
    late = datetime.datetime.now().replace(hour=23, minute=59, second=59).timestamp()
    scripted.set_threshold(1.0)
    pace = found(scripted, Asked(now=late)).pace
    assert pace is not None
    assert pace.done_at is None
    assert pace.days == int(np.ceil(pace.seconds_left / pace.daily_seconds))


def test_without_a_model_only_the_work_is_told(image_project: Project) -> None:
    figures = found(image_project)
    assert figures.figure("accuracy").value is None
    assert figures.figure("intervention").value == 1.0
    assert figures.versions == ()
    assert figures.pace is None


def test_labels_of_the_data_are_nobodys_work(scripted: Project) -> None:
    log = scripted.store.decisions.all()
    assert not any(e.slot is Slot.IMPORTED for e in log)
    assert found(scripted).ledger == scripted.pool.ledger()


def test_costs_that_cannot_be_are_refused_and_kept_as_they_were(scripted: Project) -> None:
    set_costs(scripted.store, CostSettings(per_hour=20.0))
    with pytest.raises(KnownError):
        set_costs(scripted.store, CostSettings(per_hour=-1.0))
    assert costs_of(scripted.store).per_hour == 20.0


def test_beside_the_window_the_answer_is_the_same(scripted: Project) -> None:
    now = 1_790_000_000.0
    here = figures_of(scripted, Asked(now=now))
    beside = Beside().answer(
        as_it_stands(scripted), lambda project, check: figures_of(project, Asked(now=now), None, check)
    )
    assert beside.figures == here.figures  # type: ignore[attr-defined]
    assert scripted.store.decisions.count() > 0  # its own connection still works


def test_an_answer_that_nobody_wants_any_more_is_stopped(scripted: Project) -> None:
    looking = Beside()
    looking.stop()
    with pytest.raises(Cancelled):
        looking.answer(as_it_stands(scripted), lambda project, check: figures_of(project, Asked(), None, check))


def test_what_is_known_of_the_log_is_not_read_again(scripted: Project) -> None:
    first = figures_of(scripted, Asked())
    session = ReviewSession(scripted, "ann")
    session.decide(Verdict.SKIPPED, seconds=4.0)
    again = figures_of(scripted, Asked(now=5.0), first.events)
    assert again.figures == figures_of(scripted, Asked(now=5.0)).figures
    assert again.figures.work.decisions == first.figures.work.decisions + 1
