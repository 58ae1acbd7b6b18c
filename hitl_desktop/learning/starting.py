"""A model that was there before: adapted to the decisions, or left for a start from scratch where that does better."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.findings import flags_of
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.protocols import CancelCheck, never_cancelled
from hitl_desktop.domain.sentences import Sentence, Value, in_a_row, say, say_n, sentence_of
from hitl_desktop.learning.adapting import adapted
from hitl_desktop.learning.bundles import ModelBundle
from hitl_desktop.learning.choosing import (
    ENOUGH,
    MOST_JUDGED,
    Candidate,
    Choice,
    Trial,
    in_words,
    kept,
    others_of_grid,
    short_name,
    tried,
)
from hitl_desktop.learning.cross_validation import UNSEEN_PROBABILITY, folds_for
from hitl_desktop.learning.estimators import Estimator, Settings
from hitl_desktop.learning.heads import Head, Ids, LinearHead
from hitl_desktop.learning.heads.head import softmax_rows
from hitl_desktop.learning.heads.linear import adapt_held_out
from hitl_desktop.learning.lessons import Lesson
from hitl_desktop.learning.regularisation import held
from hitl_desktop.learning.training import (
    ADAPTING,
    TrainingOptions,
    View,
    choose_from_scratch,
    evidence,
    train_choice,
    train_from,
)

ADAPTED: Final = "adapted"
"""The name of this way to train, where a card names an estimator."""
STRONGER: Final = (10.0, 100.0)
"""Times the usual strength that cross-validation may adapt with, for a model that fits less well here."""
FEWEST_EACH: Final = 2
"""Decisions of each class that the model knows, from which a start from scratch is compared: it would know no other."""

_USUAL: Final = TrainingOptions()

Mask = npt.NDArray[np.bool_]


def reason_to_adapt(start: ModelBundle, labels: Ids, known: Mask, findings: Sequence[int] = ()) -> Sentence | None:
    """Why a start from scratch is not compared yet, as a sentence for the card; None when it is.

    `labels` (m,) are the class ids decided, or with `findings` (label ids in class order) codes of sets of them.
    `known` (m,) says which of the items `start` had learned from before: it would be judged on what it knows by heart.
    """
    if len(labels) < ENOUGH:
        return say(
            "The model it began from, adapted. A start from scratch is compared from {n} decisions on.",
            n=ENOUGH,
        )
    if int((~known).sum()) < ENOUGH:
        return say(
            "The model it began from, adapted. It had learned from {known} of the {all} items decided before it came "
            "here: a start from scratch is compared once {n} others are decided.",
            known=int(known.sum()),
            all=len(labels),
            n=ENOUGH,
        )
    fresh = labels[~known]
    decided = _decided(fresh, findings)
    rare = sum(decided.get(class_id, 0) < FEWEST_EACH for class_id in start.head.class_ids)
    if rare:
        return say(
            "The model it began from, adapted. A start from scratch is compared once every class it knows has {each} "
            "decisions; {rare} of {classes} have fewer.",
            each=FEWEST_EACH,
            rare=rare,
            classes=len(start.classes),
        )
    return None


def _decided(labels: Ids, findings: Sequence[int]) -> dict[int, int]:
    """How many decisions there are of each class, or of each finding on an item that has it."""
    if findings:
        return dict(zip(findings, flags_of(labels, len(findings)).sum(axis=0).tolist(), strict=True))
    ids, counts = np.unique(labels, return_counts=True)
    return dict(zip(ids.tolist(), counts.tolist(), strict=True))


def adapt(
    start: ModelBundle,
    view: View,
    labels: Ids,
    names: Mapping[int, str],
    *,
    card: Mapping[str, Any],
    why: Sentence,
    options: TrainingOptions = _USUAL,
) -> ModelBundle:
    """The model `start`, adapted to decisions; `view` is how it sees the items. `why` goes on the card."""
    lesson = options.lesson(view, labels, None, "none", 0)
    findings = options.findings
    candidate = _regularised(adapting(start, view.source.extractor, lesson, findings), options)
    return _adapted(start, Choice(candidate, 0, (), why), names, card, findings)


def adapt_or_begin(
    start: ModelBundle,
    own: View,
    views: Sequence[View],
    labels: Ids,
    names: Mapping[int, str],
    *,
    known: Mask,
    options: TrainingOptions,
    groups: Ids | None,
    seed: int,
    card: Mapping[str, Any],
    warm: ModelBundle | None = None,
    cancelled: CancelCheck = never_cancelled,
) -> ModelBundle:
    """`start` adapted, or a model from scratch: what does better on the decisions in cross-validation.

    `own` is how `start` sees the decided items, `views` are what a start from scratch chooses from; `labels`, `known`
    and `groups` (m,) as in `reason_to_adapt` and `Lesson`. Both are judged on the same folds of the items that `start`
    had not learned from. What is in use (by the card of `warm`; `start` at first) stays unless the other is better by
    more than one standard error. The card says which and why.
    """
    scratch = choose_from_scratch(views, labels, groups, options, seed, warm, cancelled)
    weight = scratch.candidate.lesson.class_weight
    lesson = options.lesson(own, labels, groups, weight, seed, cancelled)
    candidate = _regularised(adapting(start, own.source.extractor, lesson, options.findings), options)
    rows = np.flatnonzero(~known)
    if len(rows) > MOST_JUDGED:
        rows = np.sort(np.random.default_rng([seed, 0x7374617274]).choice(rows, MOST_JUDGED, replace=False))
    folds = folds_for(
        labels[rows], None if groups is None else groups[rows], seed=seed, folds=scratch.candidate.estimator.folds
    )
    mine, theirs = best_strength(candidate, rows, folds), tried(scratch.candidate, rows, folds)
    before = dict(warm.card.get("choice", {})) if warm is not None else {}
    began_before = bool(before) and before.get("estimator") != ADAPTED
    chosen = kept([theirs, mine] if began_before else [mine, theirs])
    is_mine = chosen is mine
    why = _why(mine, theirs, is_mine, len(folds), known)
    both = (mine.row(), theirs.row())
    if is_mine:
        return _adapted(start, Choice(mine.candidate, len(folds), both, why), names, card, options.findings)
    said = replace(scratch, scores=(*both, *scratch.scores), why=in_a_row([why, scratch.why]))
    return train_choice(said, views, names, warm=warm, card={**card, "started_from": "nothing"})


def _adapted(
    start: ModelBundle, choice: Choice, names: Mapping[int, str], card: Mapping[str, Any], findings: tuple[int, ...]
) -> ModelBundle:
    """`start` fitted to all of the lesson of what was chosen; the card says how that was chosen."""
    candidate = choice.candidate
    # The class weights of a start from scratch are no part of adapting, which stays near what there was.
    whole = replace(candidate.lesson, class_weight="none").taught()
    return train_from(
        start,
        whole.rows,
        whole.labels,
        names,
        card={**card, "choice": evidence(choice)},
        strength=candidate.settings["strength"],
        weights=whole.weights,
        findings=findings,
    )


def saying_it_began_anew(bundle: ModelBundle) -> ModelBundle:
    """The same model, its card saying that there was one before which cannot be adapted."""
    choice = bundle.card["choice"]
    anew = say("From scratch, as the model that was in use cannot be adapted.")
    why = in_a_row([anew, sentence_of(choice["why"])])
    return replace(bundle, card={**bundle.card, "choice": {**choice, "why": why.plain()}})


def _why(mine: Trial, theirs: Trial, is_mine: bool, folds: int, known: Mask) -> Sentence:
    """One or two sentences with the figures: accuracy in cross-validation of the adapted model and from scratch."""
    values: dict[str, Value] = {
        "folds": folds,
        "decisions": len(mine.result.losses),
        "adapted": in_words(mine.result.accuracy),
        "scratch": in_words(theirs.result.accuracy),
        "way": short_name(theirs.candidate),
    }
    mine_is_better = mine.result.log_loss <= theirs.result.log_loss
    if is_mine and mine_is_better:
        said = say(
            "The model it began from, adapted, did best in {folds}-fold cross-validation on {decisions} decisions: "
            "{adapted}, from scratch {scratch} ({way}).",
            **values,
        )
    elif is_mine:
        said = say(
            "The model it began from, adapted, stays: in {folds}-fold cross-validation on {decisions} decisions a "
            "start from scratch was not clearly better ({scratch} against {adapted}; {way}).",
            **values,
        )
    elif not mine_is_better:
        said = say(
            "From scratch: in {folds}-fold cross-validation on {decisions} decisions that did better than the model it "
            "might have begun from, adapted ({scratch} against {adapted}).",
            **values,
        )
    else:
        said = say(
            "From scratch, as before: in {folds}-fold cross-validation on {decisions} decisions the model it might "
            "have begun from, adapted, was not clearly better ({adapted} against {scratch}).",
            **values,
        )
    if not known.any():
        return said
    left = say_n(
        "Left out of this was {n} decision on an item that the model had learned from before it came here.",
        "Left out of this were {n} decisions on items that the model had learned from before it came here.",
        int(known.sum()),
    )
    return in_a_row([said, left])


def best_strength(candidate: Candidate, rows: Ids, folds: Sequence[Ids]) -> Trial:
    """An adapted model with the strength that does best on some rows of its lesson, held out by folds: the usual one
    stays unless another is better by more than one standard error.
    """
    usual = tried(candidate, rows, folds)
    others = others_of_grid(usual, lambda settings: tried(replace(candidate, settings=settings), rows, folds))
    return kept([usual, *others])


def _regularised(candidate: Candidate, options: TrainingOptions) -> Candidate:
    """A way to train with the strength that an expert chose, if any."""
    estimator, settings = held(candidate.estimator, candidate.settings, options.regularisation)
    return replace(candidate, estimator=estimator, settings=settings)


def adapting(start: ModelBundle, extractor: str, lesson: Lesson, findings: tuple[int, ...] = ()) -> Candidate:
    """The model `start`, adapted, as one of the ways to train: with the usual strength, and stronger ones to try.

    With `findings` the labels of the lesson are codes of sets of them.
    """
    usual = ADAPTING[start.representation_name]
    settings = {"strength": usual}
    grid = (settings, *({"strength": times * usual} for times in STRONGER))

    def fit(lesson: Lesson, settings: Settings) -> Head:
        whole, strength = replace(lesson, class_weight="none").taught(), settings["strength"]
        return adapted(
            start.head, whole.rows, whole.labels, strength=strength, weights=whole.weights, findings=findings
        )

    def held_out(lesson: Lesson, settings: Settings, folds: Sequence[Ids]) -> FloatArray:
        if findings:
            return _held_out_findings(fit, lesson, settings, folds, len(findings))
        return _held_out(start, lesson, settings["strength"], folds)

    estimator = Estimator(ADAPTED, "Adapted", sparse=True, grid=grid, fit=fit, closed_form=held_out)
    return Candidate(0, extractor, estimator, lesson, settings, len(findings))


def _held_out_findings(
    fit: Callable[[Lesson, Settings], Head], lesson: Lesson, settings: Settings, folds: Sequence[Ids], findings: int
) -> FloatArray:
    """Probabilities (n, findings) of every row from the model adapted to the rows outside its fold."""
    found = np.zeros((len(lesson.labels), findings), np.float32)
    for fold in folds:
        if lesson.cancelled():
            raise Cancelled
        rest = lesson.part(np.setdiff1d(np.arange(len(lesson.labels)), fold))
        found[fold] = fit(rest, settings).probabilities(lesson.rows[fold])
    return found


def _held_out(start: ModelBundle, lesson: Lesson, strength: float, folds: Sequence[Ids]) -> FloatArray:
    """Probabilities (n, k) of every row from `start` adapted to the others, columns by ascending class id of the
    lesson: what `start` knows beyond these is not asked for here.
    """
    class_ids = np.unique(lesson.labels)
    found = np.full((len(lesson.labels), len(class_ids)), UNSEEN_PROBABILITY, np.float32)
    if lesson.cancelled():
        raise Cancelled
    if (
        isinstance(start.head, LinearHead)
        and lesson.weights is None
        and lesson.weak is None
        and lesson.variants is None
    ):
        ids, logits = adapt_held_out(start.head, lesson.rows, lesson.labels, folds, strength=strength)
        shared = np.isin(ids, class_ids)
        found[:, np.searchsorted(class_ids, np.asarray(ids)[shared])] = softmax_rows(logits)[:, shared]
        return np.asarray(found / found.sum(axis=1, keepdims=True), np.float32)
    for fold in folds:
        if lesson.cancelled():
            raise Cancelled
        rest = replace(lesson.part(np.setdiff1d(np.arange(len(lesson.labels)), fold)), class_weight="none").taught()
        head = adapted(start.head, rest.rows, rest.labels, strength=strength, weights=rest.weights)
        known = np.asarray(head.class_ids)
        shared = np.isin(known, class_ids)
        own = head.probabilities(lesson.rows[fold])[:, shared]
        found[np.ix_(fold, np.searchsorted(class_ids, known[shared]))] = own
    return np.asarray(found / found.sum(axis=1, keepdims=True), np.float32)
