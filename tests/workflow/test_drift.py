"""A batch is compared with what was there: the same kind passes, another one is found, and it is on record."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from hitl_desktop.domain.batch_comparison import BatchComparison, ClassScore
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.arrivals import comparisons
from hitl_desktop.workflow.compare_request import compare_request
from hitl_desktop.workflow.drift import take_comparison
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.worker import InlineRunner
from tests.conftest import MakeImages, MakeProject, MakeTable, Retrain
from tests.workflow.test_adding import add, score


@pytest.fixture
def pictures(make_images: MakeImages, make_project: MakeProject, tmp_path: Path) -> Iterator[Project]:
    """A project of 90 pictures with hidden truth."""
    make_project(tmp_path / "P.hitl", make_images(tmp_path / "data", each=30), use_labels=LabelUse.TRUTH)
    project = Project.open(tmp_path / "P.hitl")
    yield project
    project.close()


def compared(project: Project) -> BatchComparison:
    batch = project.store.batches.all()[-1]
    request = compare_request(project, batch)
    assert request is not None
    found = InlineRunner().run("compare", request, no_progress, never_cancelled)
    assert isinstance(found, BatchComparison)
    take_comparison(project, batch.number, found)
    return found


def blurred(folder: Path) -> Path:
    for path in folder.rglob("*.png"):
        Image.open(path).filter(ImageFilter.GaussianBlur(1.5)).save(path)
    return folder


def test_pictures_of_the_same_kind_are_no_news(pictures: Project, make_images: MakeImages, tmp_path: Path) -> None:
    add(pictures, make_images(tmp_path / "more", each=10, seed=21))
    found = compared(pictures)
    assert (found.items, found.against, found.model) == (30, 90, None)
    assert not found.differs
    assert comparisons(pictures) == {1: found}


def test_blurred_pictures_are_found_and_the_strangest_named(
    pictures: Project, make_images: MakeImages, tmp_path: Path
) -> None:
    add(pictures, blurred(make_images(tmp_path / "soft", each=10, seed=21)))
    found = compared(pictures)
    assert found.differs
    assert found.auc is not None
    assert found.auc > 0.9
    assert set(found.strangest) == set(range(90, 120))
    batch = pictures.store.batches.all()[-1]
    told = take_comparison(pictures, batch.number, found).told
    assert told.startswith("Batch 1 is unlike the items before it: a classifier tells them apart (AUC ")


def test_scores_are_compared_with_the_reserve_once_a_model_learned_here(
    pictures: Project, make_images: MakeImages, tmp_path: Path, retrain: Retrain
) -> None:
    session = ReviewSession(pictures, "Ada")
    pictures.set_threshold(1.0)
    for _ in range(40):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)
    retrain(pictures)
    folder = make_images(tmp_path / "dots", each=40, classes=("dots",), seed=22)
    add(pictures, folder)
    score(pictures)
    request = compare_request(pictures, pictures.store.batches.all()[-1])
    assert request is not None
    assert set(request.reference.tolist()) == {i for i in pictures.reserve.order.tolist() if i < 90}
    decided = np.flatnonzero(pictures.pool.label_ids >= 0)
    trained = [i for i in decided.tolist() if not pictures.reserve.members[i]]
    assert not np.isin(request.reference, trained).any(), "what it learned from would look too sure"


def test_small_batches_are_compared_together(text_project: Project, make_table: MakeTable, tmp_path: Path) -> None:
    for number in range(3):
        add(text_project, make_table(tmp_path / f"t{number}.csv", rows=6, seed=30 + number))
        batch = text_project.store.batches.all()[-1]
        request = compare_request(text_project, batch)
        if number == 0:
            assert request is None, "six items tell nothing"
        else:
            assert request is not None
            assert (request.first, request.stop) == (40, 40 + 6 * (number + 1))
    assert not compared(text_project).differs


def test_texts_about_something_else_are_found(text_project: Project, tmp_path: Path) -> None:
    words = ["river", "mountain", "forest", "meadow", "cloud", "thunder", "rainbow", "valley"]
    rng = np.random.default_rng(5)
    lines = [f"x{n},{' '.join(rng.permutation(words)[:5])} {n},bill" for n in range(30)]
    other = tmp_path / "nature.csv"
    other.write_text("id,text,label\n" + "\n".join(lines) + "\n", "utf-8")
    add(text_project, other)
    found = compared(text_project)
    assert found.differs
    assert found.p == 0.001


def test_a_comparison_comes_back_from_the_record_and_says_which_test() -> None:
    scores = (ClassScore(1, 0.1, 0.5, 0.4, 0.5), ClassScore(2, 0.6, 0.001, 0.1, 0.6))
    found = BatchComparison(90, 30, 90, 0.55, 0.4, scores, 45, 3, (91, 95))
    assert BatchComparison.of(found.plain()) == found
    assert found.p_scores == 0.002
    assert found.p == 0.004
    assert found.differs
    said = found.reason(2, "dots").english()
    assert said == "Batch 2 is unlike the items before it: the scores of dots have moved (D 0.60, p 0.002)."
    surer = replace(found, scores=(ClassScore(2, 0.6, 1e-9, 0.1, 0.6),))
    assert surer.reason(2, "dots").english().endswith("(D 0.60, p below 0.001).")
    assert BatchComparison(90, 3, 90).p is None
    assert not BatchComparison(90, 3, 90).differs
