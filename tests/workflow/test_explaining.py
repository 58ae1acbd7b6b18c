"""An item explained: parts that add up to the score shown, where they are, and the nearest decided items."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.explanations import Basis, Comparison, Explanation, PartKind, Refusal
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow import learning_choices
from hitl_desktop.workflow.explain_request import explain_request, near_items
from hitl_desktop.workflow.explaining import explain
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession

Retrain = Callable[[Project], ModelVersion]


def explained(project: Project, index: int, comparison: Comparison | None = None) -> Explanation:
    return explain(explain_request(project, index, None, comparison), no_progress, never_cancelled)


def decide_with_truth(project: Project, count: int) -> None:
    session = ReviewSession(project, "ann")
    for _ in range(count):
        item = session.item
        assert item is not None
        if item.truth_findings is not None:
            session.decide(Verdict.CORRECTED, findings=item.truth_findings)
        else:
            session.decide(Verdict.CORRECTED, item.truth_id)


def lead_shown(project: Project, index: int) -> float:
    suggestion = project.suggestion(index)
    assert suggestion is not None
    first, second = sorted(suggestion.probabilities)[-1:-3:-1]
    return math.log(first / second)


@pytest.fixture
def learned_texts(text_project: Project, retrain: Retrain) -> Project:
    """Learned from words alone."""
    learning_choices.choose(text_project.store, "features", "words")
    decide_with_truth(text_project, 20)
    retrain(text_project)
    return text_project


@pytest.fixture
def learned_images(image_project: Project, retrain: Retrain) -> Project:
    decide_with_truth(image_project, 30)
    retrain(image_project)
    return image_project


def test_without_a_model_there_is_nothing_to_explain(text_project: Project) -> None:
    with pytest.raises(KnownError, match="no model yet"):
        explain_request(text_project, 0)


def test_the_words_of_a_text_add_up_to_the_lead_that_is_shown(learned_texts: Project) -> None:
    for index in (0, 1, 7):
        found = explained(learned_texts, index)
        suggestion = learned_texts.suggestion(index)
        assert suggestion is not None
        assert suggestion.predicted is not None
        assert found.comparison.this == suggestion.predicted.id
        assert found.score == pytest.approx(lead_shown(learned_texts, index), abs=1e-2)
        assert sum(part.value for part in found.parts) == pytest.approx(found.score, abs=1e-9)
        text = learned_texts.store.items.text(index)
        words = [part for part in found.parts if part.kind is PartKind.WORD]
        assert words
        assert all(text[a:b].lower() == part.words.lower() for part in words for a, b in part.spans)
        assert words == sorted(words, key=lambda part: -part.value)
        assert {part.kind for part in found.parts[-2:]} == {PartKind.REST, PartKind.START}
        assert (found.refusal, found.grid) == (Refusal.NONE, ())


def test_a_word_that_stands_for_its_class_speaks_for_it(learned_texts: Project) -> None:
    texts = {index: learned_texts.store.items.text(index) for index in range(40)}
    index = next(i for i, text in texts.items() if "invoice" in text)
    found = explained(learned_texts, index)
    assert learned_texts.label(found.comparison.this).name == "bill"
    assert next(part.value for part in found.parts if part.words == "invoice") > 0


def test_the_embedder_reads_the_text_without_each_word(text_project: Project, retrain: Retrain) -> None:
    learning_choices.choose(text_project.store, "features", "both")
    decide_with_truth(text_project, 20)
    retrain(text_project)
    found = explained(text_project, 3)
    assert found.basis is Basis.LEFT_OUT
    assert sum(part.value for part in found.parts) == pytest.approx(found.score, abs=1e-9)
    assert found.score == pytest.approx(lead_shown(text_project, 3), abs=2e-2)
    assert sum(part.kind is PartKind.WORD for part in found.parts) >= 3


def test_the_places_of_a_picture_add_up_to_their_part(learned_images: Project) -> None:
    for index in (0, 25, 50):
        found = explained(learned_images, index)
        assert found.score == pytest.approx(lead_shown(learned_images, index), abs=2e-2)
        assert sum(part.value for part in found.parts) == pytest.approx(found.score, abs=1e-2)
        places = next(part.value for part in found.parts if part.kind is PartKind.PLACES)
        assert np.sum(found.grid) == pytest.approx(places, abs=1e-9)
        assert np.shape(found.grid) == (8, 8)
        kinds = [part.kind for part in found.parts]
        assert kinds[:3] == [PartKind.PLACES, PartKind.COLOUR, PartKind.TEXTURE]
        assert kinds[-1] is PartKind.START


def test_another_answer_may_be_compared(learned_images: Project) -> None:
    usual = explained(learned_images, 5)
    assert len(usual.comparisons) == 2
    other = explained(learned_images, 5, usual.comparisons[1])
    assert other.comparison == usual.comparisons[1]
    assert other.score > usual.score
    assert explained(learned_images, 5, Comparison(99, 98)).comparison == usual.comparison


def test_the_nearest_decided_items_are_told_with_label_and_reviewer(learned_images: Project) -> None:
    decided = set(np.flatnonzero(learned_images.pool.states).tolist())
    index = next(i for i in range(60) if i not in decided)
    found = explained(learned_images, index)
    assert len(found.near) == 3
    assert set(found.near) <= decided
    near = near_items(learned_images, found.near)
    assert [n.item.index for n in near] == list(found.near)
    assert all(n.reviewer == "ann" and n.at_utc and n.labels and not n.came_with_data for n in near)
    assert all(n.path is not None and n.path.is_file() for n in near)
    alike = [n.labels[0].id == learned_images.store.items.get(index).truth_id for n in near]
    assert sum(alike) >= 2


def test_an_item_is_never_its_own_neighbour_and_what_was_taken_back_is_none(learned_texts: Project) -> None:
    decided = np.flatnonzero(learned_texts.pool.states).tolist()
    found = explained(learned_texts, decided[0])
    assert decided[0] not in found.near
    session = ReviewSession(learned_texts, "ann")
    for _ in range(20):
        session.undo()
    assert near_items(learned_texts, found.near) == []
    assert explained(learned_texts, decided[0]).near == ()


def test_findings_are_explained_one_by_one(findings_project: Project, retrain: Retrain) -> None:
    learning_choices.choose(findings_project.store, "features", "words")
    decide_with_truth(findings_project, 40)
    retrain(findings_project)
    found = explained(findings_project, 2)
    suggestion = findings_project.suggestion(2)
    assert suggestion is not None
    assert found.comparison == Comparison(findings_project.labels[suggestion.most_doubtful].id)
    assert {comparison.this for comparison in found.comparisons} == {label.id for label in findings_project.labels}
    for comparison in found.comparisons:
        one = explained(findings_project, 2, comparison)
        chance = suggestion.probabilities[findings_project.label(comparison.this).position]
        assert one.score == pytest.approx(math.log(chance / (1 - chance)), abs=2e-2)
        assert sum(part.value for part in one.parts) == pytest.approx(one.score, abs=1e-9)


def test_classes_that_were_merged_are_not_compared_with_each_other(learned_images: Project) -> None:
    request = explain_request(learned_images, 5)
    first, second, third = (label.id for label in learned_images.labels)
    found = explain(
        replace(request, counts_as={first: first, second: first, third: third}), no_progress, never_cancelled
    )
    assert len(found.comparisons) == 1
    assert {found.comparison.this, found.comparison.other} & {third}
    assert found.is_raw
    nothing_left = {first: first, second: first, third: None}
    alone = explain(replace(request, counts_as=nothing_left), no_progress, never_cancelled)
    assert alone.refusal is Refusal.ONE_CLASS
    assert len(alone.near) == 3


def test_trees_are_not_taken_apart_but_have_neighbours(image_project: Project, retrain: Retrain) -> None:
    learning_choices.choose(image_project.store, "estimator", "gradient_boosting")
    decide_with_truth(image_project, 30)
    retrain(image_project)
    found = explained(image_project, 5)
    assert (found.refusal, found.parts) == (Refusal.JUMPS, ())
    assert len(found.near) == 3


def test_an_item_whose_features_are_gone_is_not_explained(learned_images: Project) -> None:
    request = explain_request(learned_images, 5)
    for folder in (learned_images.folder / "features").glob("image-fused*"):
        (folder / "index.bin").write_bytes(b"")
    other = replace(request, features=replace(request.features, folder=request.features.folder / "."))
    from hitl_desktop.workflow import explaining

    explaining._opened.cache_clear()
    assert explain(other, no_progress, never_cancelled).refusal is Refusal.NOT_READ


def test_it_stops_when_it_is_told_to(learned_texts: Project) -> None:
    with pytest.raises(Cancelled):
        explain(explain_request(learned_texts, 0), no_progress, lambda: True)


def test_a_model_whose_files_are_gone_is_a_known_error(learned_texts: Project) -> None:
    request = explain_request(learned_texts, 0)
    (request.bundle / "arrays.npz").unlink()
    with pytest.raises(KnownError, match="is damaged"):
        explain(request, no_progress, never_cancelled)
