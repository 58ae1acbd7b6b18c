"""Cost and return of a real project: the three columns against a count by hand, and what is too early to say."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from hitl_desktop.domain.costs import CostSettings
from hitl_desktop.domain.pool import TO_DO
from hitl_desktop.workflow.certifying import Stage
from hitl_desktop.workflow.figures import compute
from hitl_desktop.workflow.figures.asked import Asked
from hitl_desktop.workflow.figures.compute import figures_of, set_costs
from hitl_desktop.workflow.figures.costing import fewer_reviews
from hitl_desktop.workflow.figures.measured import checks_of
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.snapshot import take_snapshot
from tests.conftest import MakeProject, Retrain
from tests.scripted import make_scripted


@pytest.fixture(scope="module")
def original(
    image_folder: Path, make_project: MakeProject, retrain: Retrain, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("costs") / "Costs.hitl"
    make_scripted(folder, image_folder, make_project, retrain)
    return folder


@pytest.fixture
def project(original: Path, tmp_path: Path) -> Iterator[Project]:
    opened = Project.open(Path(shutil.copytree(original, tmp_path / "Costs.hitl")))
    yield opened
    opened.close()


def test_nothing_is_said_before_it_is_known_what_things_cost(project: Project) -> None:
    figures = figures_of(project, Asked()).figures
    assert figures.costs is None
    assert figures.why_no_costs.startswith("Say what an hour of reviewing and a mistake cost")


def test_the_three_columns_by_hand(project: Project) -> None:
    set_costs(project.store, CostSettings(per_hour=60.0, mistake=5.0, reviewer_error=0.02))
    figures = figures_of(project, Asked()).figures
    found = figures.costs
    assert found is not None
    n, each = len(project.pool), figures.work.active_seconds / figures.work.decisions / 60
    assert found.by_hand.review_cost == pytest.approx(n * each)
    assert found.by_hand.mistakes == pytest.approx(0.02 * n)
    accuracy = figures.figure("accuracy").value
    assert accuracy is not None
    assert found.automatic.review_cost == 0
    assert found.automatic.mistakes == pytest.approx(n * (1 - accuracy))
    passing = project.pool.ledger().proposed
    assert found.now.passing == passing > 0, "what people decided does not pass, however sure the model is"
    assert figures.figure("intervention").value == pytest.approx((n - passing) / n)
    assert found.now.review_cost == pytest.approx((n - passing) * each)
    assert found.saved == pytest.approx(found.by_hand.total - found.now.total)
    assert found.best.total <= min(found.now.total, found.by_hand.total) + 1e-9


def test_mistakes_among_what_passes_are_counted_by_hand(project: Project) -> None:
    """Each wrong check that passes stands for its share of all items, as far as those as sure are not decided yet."""
    set_costs(project.store, CostSettings(per_hour=60.0, mistake=5.0, reviewer_error=0.0))
    project.set_threshold(0.0)
    found = figures_of(project, Asked()).figures.costs
    checks = checks_of(project, take_snapshot(project))
    assert found is not None
    assert checks is not None
    is_open, confidence = project.pool.states == TO_DO, project.pool.confidence
    expected = 0.0
    for is_right, sure in zip(checks.right, checks.confidence, strict=True):
        as_sure = confidence >= np.float32(sure)
        expected += 0.0 if is_right else (as_sure & is_open).sum() / as_sure.sum() / len(checks) * len(confidence)
    assert found.now.mistakes == pytest.approx(expected)
    assert found.now.mistakes <= found.automatic.mistakes
    assert found.now.mistakes_high <= found.now.passing == is_open.sum()


def test_hidden_truth_tells_the_reviewers_own_mistakes(project: Project) -> None:
    set_costs(project.store, CostSettings(per_hour=60.0, mistake=5.0))
    found = figures_of(project, Asked()).figures.costs
    assert found is not None
    items = project.store.items.many(range(len(project.pool)))
    decided = [item for item in items if item.label_id is not None]
    wrong = [item for item in decided if item.label_id != item.truth_id]
    assert found.own_estimate is not None
    assert (found.own_estimate.right, found.own_estimate.of) == (len(wrong), len(decided))
    assert found.own_error == pytest.approx(len(wrong) / len(decided))


def test_a_class_that_costs_nothing_makes_no_costly_mistakes(project: Project) -> None:
    set_costs(project.store, CostSettings(per_hour=60.0, missed={project.labels[0].id: 0.0}))
    found = figures_of(project, Asked()).figures.costs
    assert found is not None
    assert found.automatic.mistake_cost == 0.0


def test_the_set_up_pays_back_after_as_many_items_as_it_takes(project: Project) -> None:
    set_costs(project.store, CostSettings(per_hour=60.0, setup=100.0, mistake=0.0))
    found = figures_of(project, Asked()).figures.costs
    assert found is not None
    each = found.saved / found.items
    assert found.pays_back == (None if each <= 0 else int(np.ceil(100 / each - 1e-9)))


def test_too_early_to_say_how_the_rate_will_fall(project: Project) -> None:
    assert fewer_reviews(project, 100) is None


def test_a_certificate_bounds_the_limit_of_least_cost(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reviewing is dear and mistakes are free, so the loosest limit is cheapest: of those that are proved."""
    set_costs(project.store, CostSettings(per_hour=1000.0, mistake=0.0))
    free = figures_of(project, Asked()).figures.costs
    assert free is not None
    assert free.strictest == 0.0
    sure = np.sort(project.pool.confidence)
    proved = float(sure[len(sure) // 2])
    assert free.best.limit < proved
    walk = SimpleNamespace(last=SimpleNamespace(limit=proved))
    monkeypatch.setattr(compute, "state", lambda _: SimpleNamespace(stage=Stage.VALID, walk=walk))
    bound = figures_of(project, Asked()).figures.costs
    assert bound is not None
    assert bound.strictest == proved
    assert bound.best.limit >= proved - 1e-9
    monkeypatch.setattr(compute, "state", lambda _: SimpleNamespace(stage=Stage.SUSPENDED, walk=walk))
    assert figures_of(project, Asked()).figures.costs == free
