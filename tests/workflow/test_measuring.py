"""The measuring sample: what gets in, what stays out, and what each check stands for."""

from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Slot, Verdict
from hitl_desktop.workflow.check_scores import Answers
from hitl_desktop.workflow.measuring import MeasuringSample, measuring_sample
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.snapshot import take_snapshot
from tests.conftest import MakeProject


def sample_now(project: Project) -> MeasuringSample:
    return measuring_sample(project, take_snapshot(project))


def decide(project: Project, times: int) -> None:
    session = ReviewSession(project, "Ada")
    for _ in range(times):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)


def test_only_the_reserve_gets_in(image_project: Project) -> None:
    decide(image_project, 30)
    sample = sample_now(image_project)
    drawn = {e.item_index for e in image_project.store.decisions.all() if e.slot is Slot.EXPLORE}
    assert set(sample.rows.tolist()) == drawn
    assert len(drawn) == 3
    truth = image_project.store.items.truth_ids()
    assert sample.truth.tolist() == (truth[sample.rows] - 1).tolist()
    assert (sample.from_reserve, sample.drawn, sample.words) == (3, 3, "3 random checks")


def test_what_a_person_opens_waits_for_its_turn(image_project: Project) -> None:
    """An item of the reserve opened from a list was chosen: it measures once all before it have been answered."""
    session = ReviewSession(image_project, "Ada")
    third = int(image_project.reserve.order[2])
    session.go_to(third)
    session.decide(Verdict.CORRECTED, 1)
    assert len(sample_now(image_project)) == 0
    for _ in range(25):
        session.decide(Verdict.CORRECTED, 1)
    assert third in sample_now(image_project).rows


def test_labels_that_came_with_the_data_are_a_part_of_their_own(
    text_table: Path, tmp_path: Path, make_project: MakeProject
) -> None:
    lines = text_table.read_text("utf-8").splitlines()
    half = [line if number % 2 else line.rsplit(",", 1)[0] + "," for number, line in enumerate(lines[1:])]
    table = tmp_path / "half.csv"
    table.write_text("\n".join([lines[0], *half]) + "\n", "utf-8")
    make_project(tmp_path / "P.hitl", table, use_labels=LabelUse.DECISIONS)
    project = Project.open(tmp_path / "P.hitl")
    sample = sample_now(project)
    rows = project.measuring_items()
    events = project.store.decisions.all()
    project.close()
    kept_apart = {e.item_index for e in events if e.slot is Slot.IMPORTED_CHECK}
    assert kept_apart
    assert set(sample.rows.tolist()) == kept_apart
    assert sample.strata.sizes.tolist() == [20, 20]
    assert sample.from_reserve == 0
    assert sample.words.endswith("of your data, drawn at random")
    assert kept_apart | set(project.reserve.order.tolist()) == set(rows.tolist())


def test_a_check_that_cannot_be_read_counts_as_wrong(image_project: Project) -> None:
    decide(image_project, 30)
    sample = sample_now(image_project)
    said = sample.truth.copy()
    said[0] = -1
    found = sample.accuracy(Answers(said, np.ones(3), np.zeros((3, 3))))
    assert found is not None
    assert (found.right, found.of) == (2, 3)


@pytest.mark.parametrize("seed", range(3))
def test_a_model_that_fails_on_what_is_chosen_is_still_measured_right(image_project: Project, seed: int) -> None:
    """Adding what the strategy chose to the sample would make this model .1 right; on the pool it is .5."""
    decide(image_project, 60)
    truth = image_project.store.items.truth_ids() - 1
    sample = sample_now(image_project)
    rng = np.random.default_rng(seed)
    said = np.where(rng.random(60) < 0.5, truth, (truth + 1) % 3)
    chosen = np.setdiff1d(np.arange(60), image_project.reserve.order)
    said[chosen] = (truth[chosen] + 1) % 3
    found = sample.accuracy(Answers(said[sample.rows], np.ones(len(sample)), np.zeros((len(sample), 3))))
    assert found is not None
    assert found.of == len(image_project.reserve.order)
    assert found.right == (said == truth)[image_project.reserve.order].sum()
