"""A model that was there before against a start from scratch: which is taken, why, and what may not decide it."""

from dataclasses import replace

import numpy as np
import pytest

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.sentences import say, sentence_of
from hitl_desktop.learning import starting
from hitl_desktop.learning.bundles import ModelBundle
from hitl_desktop.learning.cross_validation import folds_for
from hitl_desktop.learning.heads import KernelHead, LinearHead, SeveralHead
from hitl_desktop.learning.learned_items import marks_of
from hitl_desktop.learning.lessons import Lesson
from hitl_desktop.learning.starting import ADAPTED, adapt, adapt_or_begin, adapting, best_strength, reason_to_adapt
from hitl_desktop.learning.training import ADAPTING, TrainingOptions, View
from tests.learning.test_training import NAMES, dense_view, labelled, train

OPTIONS = TrainingOptions()


def seen_by(start: ModelBundle, X: np.ndarray) -> View:
    view = dense_view(X)
    return replace(view, representation=start.representation, rows=start.embed(X))


def compared(
    start: ModelBundle, X: np.ndarray, labels: np.ndarray, known: np.ndarray | None = None, **changes: object
) -> ModelBundle:
    arguments: dict[str, object] = {
        "known": np.zeros(len(labels), bool) if known is None else known,
        "options": OPTIONS,
        "groups": None,
        "seed": 0,
        "card": {"started_from": "v1"},
    }
    views = [dense_view(X)]
    own = changes.pop("own", None) or seen_by(start, X)
    return adapt_or_begin(start, own, views, labels, NAMES, **{**arguments, **changes})  # type: ignore[arg-type]


def start_of(n: int, *, shuffled: bool = False, seed: int = 1) -> ModelBundle:
    """A model of the same classes; `shuffled`, of labels that mean nothing here."""
    X, labels = labelled(n, seed)
    if shuffled:
        labels = np.random.default_rng(0).permutation(labels)
    return train([dense_view(X)], labels)


def test_a_good_model_is_adapted_and_the_card_says_why() -> None:
    X, labels = labelled(80)
    bundle = compared(start_of(600), X, labels)
    choice = bundle.card["choice"]
    assert bundle.card["started_from"] == "v1"
    assert choice["estimator"] == ADAPTED
    assert str(sentence_of(choice["why"])).startswith("The model it began from, adapted, ")
    assert "5-fold cross-validation on 80 decisions" in str(sentence_of(choice["why"]))
    assert [score["estimator"] for score in choice["scores"]] == [ADAPTED, "logistic_regression"]


def test_a_model_that_does_not_fit_is_left_for_a_start_from_scratch() -> None:
    X, labels = labelled(120)
    start = start_of(600)
    blind = replace(seen_by(start, X), rows=np.random.default_rng(4).normal(size=X.shape).astype(np.float32))
    bundle = compared(start, X, labels, own=blind)
    choice = bundle.card["choice"]
    assert bundle.card["started_from"] == "nothing"
    assert choice["estimator"] != ADAPTED
    assert str(sentence_of(choice["why"])).startswith(
        "From scratch: in 5-fold cross-validation on 120 decisions that did better than"
    )
    assert len(bundle.learned) == 0, "it knows nothing of what the other one learned from"
    assert (np.array(bundle.head.class_ids)[bundle.head.logits(bundle.embed(X)).argmax(axis=1)] == labels).mean() > 0.8


def test_a_model_that_was_made_for_something_else_is_adapted_more_strongly() -> None:
    X, labels = labelled(120)
    fits, other = start_of(600), start_of(600, shuffled=True)
    rows = np.arange(120)
    folds = folds_for(labels, None, seed=0)
    found = [
        best_strength(adapting(start, "x", Lesson(start.embed(X), labels)), rows, folds).candidate.settings["strength"]
        for start in (fits, other)
    ]
    assert found[0] == ADAPTING[fits.representation_name]
    assert found[1] > found[0]
    bundle = compared(other, X, labels)
    if bundle.card["started_from"] != "nothing":
        assert bundle.card["choice"]["settings"]["strength"] > found[0]


def memory_of(X: np.ndarray, labels: np.ndarray) -> ModelBundle:
    """A model that knows these items by heart and nothing else: narrow bumps at each of them."""
    shell = start_of(60)
    ids = tuple(sorted(set(labels.tolist())))
    truth = (labels[:, None] == np.array(ids)[None, :]).astype(np.float32)
    rows = shell.embed(X)
    head = KernelHead(ids, 200.0, rows, 40 * (truth - 0.5), np.zeros(len(ids), np.float32), rows.shape[1])
    return shell.replaced(head, [NAMES[i] for i in ids], {})


def test_items_it_knows_by_heart_do_not_speak_for_it() -> None:
    X, labels = labelled(150)
    known = np.arange(150) < 75
    start = memory_of(X[known], labels[known])
    fooled = compared(start, X, labels)
    told = compared(start, X, labels, known)
    assert fooled.card["choice"]["scores"][0]["accuracy"] > told.card["choice"]["scores"][0]["accuracy"] + 0.1
    assert told.card["started_from"] == "nothing"
    assert "on 75 decisions" in str(sentence_of(told.card["choice"]["why"]))
    assert "Left out of this were 75 decisions on items that the model had learned from" in str(
        sentence_of(told.card["choice"]["why"])
    )


def test_what_is_in_use_stays_unless_the_other_is_clearly_better() -> None:
    X, labels = labelled(120)
    start = start_of(90)
    first = compared(start, X, labels)
    assert first.card["choice"]["estimator"] == ADAPTED
    scratch = train([dense_view(X)], labels)
    again = compared(start, X, labels, warm=scratch)
    assert again.card["choice"]["estimator"] != ADAPTED
    assert str(sentence_of(again.card["choice"]["why"])).startswith("From scratch")


@pytest.mark.parametrize(
    ("decisions", "known", "beginning"),
    [
        (59, 0, "The model it began from, adapted. A start from scratch is compared from 60 decisions on."),
        (80, 30, "The model it began from, adapted. It had learned from 30 of the 80 items decided"),
        (80, 0, ""),
    ],
)
def test_nothing_is_compared_before_enough_can_speak(decisions: int, known: int, beginning: str) -> None:
    _, labels = labelled(decisions)
    why = reason_to_adapt(start_of(60), labels, np.arange(decisions) < known)
    assert str(why or "").startswith(beginning)
    assert (why is not None) == bool(beginning)


def test_nothing_is_compared_while_a_class_would_be_forgotten() -> None:
    _, labels = labelled(80)
    X, three = labelled(90, classes=3)
    start = train([dense_view(X)], three)
    why = reason_to_adapt(start, labels, np.zeros(80, bool))
    assert "every class it knows has 2 decisions; 1 of 3 have fewer" in str(why)


def test_few_decisions_adapt_it_with_the_reason_on_the_card() -> None:
    X, labels = labelled(20)
    start = replace(start_of(60), learned=marks_of(["ab" * 32]))
    bundle = adapt(start, seen_by(start, X), labels, NAMES, card={"started_from": "v1"}, why=say("Because."))
    assert str(sentence_of(bundle.card["choice"]["why"])) == "Because."
    assert str(sentence_of(bundle.card["choice"]["name"])) == "Meaning · adapted"
    assert bundle.learned.tolist() == start.learned.tolist()
    assert len(bundle.having_learned(marks_of(["cd" * 32, "ab" * 32])).learned) == 2


def test_a_comparison_can_be_cancelled() -> None:
    X, labels = labelled(80)
    with pytest.raises(Cancelled):
        compared(start_of(60), X, labels, cancelled=lambda: True)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_what_is_held_out_can_be_cancelled_between_folds(after: int) -> None:
    X, labels = labelled(40)
    start = start_of(60)
    bumps = start.replaced(memory_of(X[:10], labels[:10]).head, start.classes, {})
    asked = iter([False] * after + [True] * 9)
    candidate = adapting(bumps, "x", Lesson(start.embed(X), labels, cancelled=lambda: next(asked)))
    with pytest.raises(Cancelled):
        candidate.estimator.cross_validated(candidate.lesson, {"strength": 1.0}, np.array_split(np.arange(40), 4))


def test_findings_held_out_can_be_cancelled_too() -> None:
    part = LinearHead((0, 1), np.zeros((3, 2), np.float32), np.zeros(2, np.float32))
    bundle = start_of(60)
    several = replace(bundle, head=SeveralHead((4, 9), (part, part)), classes=("a", "b"))
    lesson = Lesson(np.ones((8, 3), np.float32), np.arange(8) % 4, cancelled=lambda: True)
    candidate = adapting(several, "x", lesson, (4, 9))
    with pytest.raises(Cancelled):
        candidate.estimator.cross_validated(lesson, {"strength": 1.0}, np.array_split(np.arange(8), 2))


def test_a_comparison_with_a_start_looks_at_a_bounded_number_of_decisions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "MOST_JUDGED", 70)
    X, labels = labelled(90)
    choice = compared(start_of(90), X, labels, options=TrainingOptions("logistic_regression")).card["choice"]
    assert "on 70 decisions" in str(sentence_of(choice["why"]))


def test_a_card_says_that_a_model_before_could_not_be_adapted() -> None:
    X, labels = labelled(20)
    before = train([dense_view(X)], labels)
    said = starting.saying_it_began_anew(before).card["choice"]
    words = str(sentence_of(said["why"]))
    assert words.startswith("From scratch, as the model that was in use cannot be adapted. ")
    assert words.endswith(str(sentence_of(before.card["choice"]["why"])))
    assert {**said, "why": ""} == {**before.card["choice"], "why": ""}
