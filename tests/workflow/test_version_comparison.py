"""Two versions on the same checks: counts that add up, the items on which they differ, and what is refused."""

from collections.abc import Callable

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.workflow.measuring import answers_of, measuring_sample
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.snapshot import take_snapshot
from hitl_desktop.workflow.version_comparison import VersionComparison, compare_versions


@pytest.fixture
def project(text_project: Project, retrain: Callable[..., object]) -> Project:
    """Two versions, the first from a few decisions that are all wrong, and a few checks."""
    text_project.set_threshold(1.0)
    session = ReviewSession(text_project, "ada")
    for wrong, decisions in ((True, 6), (False, 27)):
        for _ in range(decisions):
            item = session.item
            assert item is not None
            assert item.truth_id is not None
            is_wrong = wrong and not text_project.reserve.members[item.index]
            other = next(label.id for label in text_project.labels if label.id != item.truth_id)
            session.decide(Verdict.CORRECTED, other if is_wrong else item.truth_id)
        retrain(text_project)
        session.replan()
    return text_project


def compared(project: Project) -> VersionComparison:
    return compare_versions(project, take_snapshot(project), 2, 1)


def test_the_older_one_comes_first_and_the_counts_add_up(project: Project) -> None:
    found = compared(project)
    assert (found.first.version, found.second.version) == (1, 2)
    overall = found.overall
    assert overall.checks > 1
    assert overall.new_right - overall.old_right == overall.gained - overall.lost
    assert sum(pair.checks for _, pair in found.classes) == overall.checks
    assert found.words == f"{overall.checks} random checks"
    assert found.second.accuracy is not None
    assert found.second.accuracy.right == overall.new_right


def test_the_items_are_those_on_which_the_two_differ_losses_first(project: Project) -> None:
    found = compared(project)
    sample = measuring_sample(project, take_snapshot(project))
    models = {model.version: model for model in project.store.models.all()}
    old, new = (answers_of(project, models[version], sample) for version in (1, 2))
    assert old is not None
    assert new is not None
    differ = {int(row) for row, a, b in zip(sample.rows, old.predicted, new.predicted, strict=True) if a != b}
    assert differ
    assert {each.index for each in found.differences} == differ
    kinds = [0 if each.is_loss else 1 if each.is_gain else 2 for each in found.differences]
    assert kinds == sorted(kinds)
    assert kinds.count(0) == found.overall.lost
    assert kinds.count(1) == found.overall.gained
    for each in found.differences:
        assert project.store.items.text(each.index).startswith(each.name)


def test_a_version_that_does_not_exist_is_refused(project: Project) -> None:
    with pytest.raises(KnownError, match="There is no model v9"):
        compare_versions(project, take_snapshot(project), 1, 9)


def test_a_version_that_was_never_scored_on_the_checks_is_refused(project: Project) -> None:
    model = project.store.models.all()[0]
    (project.folder / model.folder / "checks.npy").unlink()
    project.scores_file(model.version).unlink(missing_ok=True)
    with pytest.raises(KnownError, match="v1 was never scored on the checks"):
        compared(project)
