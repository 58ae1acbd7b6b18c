"""Comparisons from a table to a reward model, its figures and the best of new answers, without a window."""

import json
from collections.abc import Iterator

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Exposure, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.explanations import Basis, Explanation, PartKind, Refusal
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.best_of import ScoredAnswers
from hitl_desktop.workflow.classes import ClassEditor
from hitl_desktop.workflow.comparisons import bad, best, comparison_of, equal, ranked, sides_now, sides_of
from hitl_desktop.workflow.explain_request import explain_request
from hitl_desktop.workflow.ingest import create_project
from hitl_desktop.workflow.learning_choices import choose
from hitl_desktop.workflow.preference_figures import preference_figures
from hitl_desktop.workflow.problems_request import Problems, problems_request
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import NewProject
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.score_request import comparison_text, score_answers_request
from hitl_desktop.workflow.snapshot import take_snapshot
from hitl_desktop.workflow.worker import InlineRunner

POLITE, RUDE = "Of course, please try step 99, thank you.", "No, go away, number 99 is a silly question."


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Forty comparisons of a polite answer by "a" with a rude one by "b"; decided in the order of the tests."""
    folder = tmp_path_factory.mktemp("comparisons")
    lines = []
    for n in range(40):
        polite, rude = f"Of course, please try step {n}, thank you.", f"No, go away, number {n} is a silly question."
        first, second = (polite, rude) if n % 3 else (rude, polite)
        sources = {"source_a": "a" if n % 3 else "b", "source_b": "b" if n % 3 else "a"}
        lines.append({"id": f"p{n}", "prompt": f"How {n}?", "response_a": first, "response_b": second, **sources})
    data = folder / "pairs.jsonl"
    data.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    create_project(NewProject(folder / "P.hitl", data), no_progress, never_cancelled)
    opened = Project.open(folder / "P.hitl")
    choose(opened.store, "features", "words")  # the embedder takes seconds to load
    yield opened
    opened.close()


def polite_side(project: Project, session: ReviewSession) -> tuple[tuple[int, ...], int]:
    item = session.item
    assert item is not None
    texts, sides = comparison_of(project, item).texts, sides_now(project, item)
    return sides, [texts[side].startswith("Of course") for side in sides].index(True)


def test_sides_are_shuffled_by_item_and_change_when_it_comes_back() -> None:
    seen = [sides_of(7, f"{n:064x}", 2) for n in range(200)]
    assert 70 < sum(sides == (0, 1) for sides in seen) < 130
    assert seen == [sides_of(7, f"{n:064x}", 2) for n in range(200)]
    assert sides_of(7, "ab", 5) != sides_of(7, "ab", 5, asked_before=1)


def test_keys_of_the_screen_become_answers_as_stored(project: Project) -> None:
    first, second, even, low = (label.id for label in project.labels)
    said = best(project, (1, 0), 0, (5, 2))
    assert (said.label_id, said.response.ranking, said.response.ratings) == (second, ((1,), (0,)), (2, 5))
    assert equal(project, (1, 0)).label_id == even
    assert (bad(project, (1, 0)).label_id, bad(project, (1, 0)).response.ranking) == (low, ())
    assert ranked(project, (1, 0), [[1]]).label_id == first


def test_answers_are_blind_and_train_a_reward_model(project: Project) -> None:
    session = ReviewSession(project, "ann")
    for _ in range(30):
        sides, place = polite_side(project, session)
        said = best(project, sides, place)
        session.decide(Verdict.CORRECTED, said.label_id, response=said.response)
    retraining = Retraining(project)
    trained = InlineRunner().run("train", retraining.request(retraining.snapshot()), no_progress, never_cancelled)
    retraining.commit(retraining.snapshot(), trained)  # type: ignore[arg-type]
    project.store.follow_journal()
    session = ReviewSession(project, "ann")
    before = session.current
    assert session.visible is None
    sides, place = polite_side(project, session)
    said = best(project, sides, 1 - place)  # against the model: nothing is revealed, the next one comes
    session.decide(Verdict.CORRECTED, said.label_id, response=said.response)
    last = project.store.decisions.recent(1)[0]
    assert (last.item_index, last.exposure, session.look.own) == (before, Exposure.HIDDEN, None)
    session.undo()
    assert (session.current, session.response.sides) == (before, sides)


def test_the_figures_of_comparisons(project: Project) -> None:
    found = preference_figures(project, take_snapshot(project))
    assert found.right is not None
    assert found.right.hits == found.right.of >= 3
    assert (found.first_side.of, found.again.same.of, found.decided, found.ties) == (30, 0, 30, 0)
    assert found.first_side.chance is not None
    assert found.first_side.chance > 0.01
    assert [one.name for one in found.sources] == ["a", "b"]
    assert (found.sources[0].wins, found.sources[1].losses) == (30, 30)
    assert json.dumps(found.plain())


def test_why_an_answer_is_liked_adds_up_to_the_difference_of_the_scores(project: Project) -> None:
    (decided,) = project.store.items.many([int(project.pool.in_states(ItemState.DECIDED)[0])])
    request = explain_request(project, decided.index)
    found = InlineRunner().run("explain", request, no_progress, never_cancelled)
    assert isinstance(found, Explanation)
    assert (found.basis, found.refusal, len(found.comparisons)) == (Basis.EXACT, Refusal.NONE, 1)
    texts = comparison_of(project, decided).texts
    polite = [text.startswith("Of course") for text in texts].index(True)
    assert project.label(found.comparison.this).position == polite, "the one that is liked better"
    assert sum(part.value for part in found.parts) == pytest.approx(found.score, abs=5e-3)
    shown = project.suggestion(decided.index)
    assert shown is not None
    assert found.score == pytest.approx(
        np.log(shown.probabilities[polite] / shown.probabilities[1 - polite]), abs=1e-2
    ), "what is shown, taken apart"
    words = {part.words: part.answer for part in found.parts if part.kind is PartKind.ANSWER_WORD}
    assert words
    words.pop("", None)  # all others
    for word, answer in words.items():
        assert word in texts[answer or 0].casefold().replace(",", ""), "the answer that has it"
    kinds = [part.kind for part in found.parts]
    assert PartKind.STYLE in kinds
    assert len(kinds) <= 9


def test_labels_of_comparisons_are_looked_at_as_comparisons(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hitl_desktop.workflow.label_problems.NEEDED", 20)
    session = ReviewSession(project, "ann")
    odd = int(project.pool.in_states(ItemState.DECIDED)[3])
    while project.reserve.members[odd]:
        odd += 1
    session.go_to(odd)
    sides, place = polite_side(project, session)
    said = best(project, sides, 1 - place)  # once the rude one
    session.decide(Verdict.CORRECTED, said.label_id, response=said.response, reason="for the test")
    found = InlineRunner().run("problems", problems_request(project), no_progress, never_cancelled)
    assert isinstance(found, Problems)
    assert found.judged == found.labels >= 25
    assert [problem.index for problem in found.problems][:1] == [odd]
    session.undo()


def test_new_answers_are_scored_and_nothing_is_kept(project: Project) -> None:
    items = len(project.pool)
    text = comparison_text("How 99?", [RUDE, POLITE, RUDE.replace("99", "98")])
    request = score_answers_request(project, (text,))
    found = InlineRunner().run("score_answers", request, no_progress, never_cancelled)
    assert isinstance(found, ScoredAnswers)
    (scored,) = found.scores
    assert max(scored) == scored[1]
    assert len(project.pool) == items
    with pytest.raises(KnownError, match="prompt"):
        comparison_text(" ", ["x"])


def test_the_classes_are_the_answers_and_stay(project: Project) -> None:
    with pytest.raises(KnownError, match="answers"):
        ClassEditor(project, "ann").add("Another")
    assert len(project.labels) == 4
