"""Which features, which estimator, which strength: chosen by cross-validation once there is enough to compare with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from hitl_desktop.domain.findings import flags_of
from hitl_desktop.domain.sentences import AtStart, Figure, Sentence, Value, listed, say
from hitl_desktop.language import mark
from hitl_desktop.learning.cross_validation import HeldOut, folds_for, judged, judged_findings, no_worse
from hitl_desktop.learning.estimators import Estimator, Lesson, Settings
from hitl_desktop.learning.heads import Ids, softmax_rows
from hitl_desktop.learning.heads.head import class_weights
from hitl_desktop.learning.scaling import best_scale

ENOUGH: Final = 60
"""Decisions from which candidates are compared; below, the usual ones are taken."""
MOST_JUDGED: Final = 2000
"""Decisions that a comparison looks at; more would only cost time."""
# i18n: what a model looks at, inside a sentence: "words alone", "meaning and words together"
_WORDS: Final = {
    "text-ngrams": say("words"),
    "text-minilm": say("meaning"),
    "image-fused": say("pictures"),
}
_OWN_MODEL: Final = say("own model")
# i18n: inside a sentence or list: "Meaning alone with logistic regression did best"
ESTIMATOR_WORDS: Final = {
    "logistic_regression": say("logistic regression"),
    "linear_svm": say("linear support vector machine"),
    "rbf_kernel": say("kernel machine"),
    "mlp": say("small neural network"),
    "gradient_boosting": say("gradient boosting"),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One estimator on one view: `view` is its number, `extractor` the key of its features, `settings` the usual ones.

    `settings` may be those of the model in use: they are then the ones that stay unless others are clearly better.
    `findings` is their number where the labels are codes of sets, 0 where they are classes.
    """

    view: int
    extractor: str
    estimator: Estimator
    lesson: Lesson
    settings: Settings
    findings: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen. `scores` holds one row per comparison; `folds` is 0 where nothing was compared."""

    candidate: Candidate
    folds: int
    scores: tuple[Mapping[str, Any], ...]
    why: Sentence


@dataclass(frozen=True, slots=True)
class _Trial:
    candidate: Candidate
    result: HeldOut

    def row(self) -> dict[str, Any]:
        """The figures, as they go on the card."""
        return {
            "features": self.candidate.extractor,
            "estimator": self.candidate.estimator.name,
            "settings": dict(self.candidate.settings),
            "log_loss": round(self.result.log_loss, 4),
            "accuracy": round(self.result.accuracy, 4),
            "macro_f1": round(self.result.macro_f1, 4),
        }


def choose(candidates: Sequence[Candidate], before: Mapping[str, Any], *, seed: int) -> Choice:
    """Choose among candidates, the usual one first; `before` is the evidence of the choice in use, or empty.

    First every candidate with its own settings, then the winner with the others of its grid. The first in line (the
    choice in use, then the given order) is kept unless another is better by more than one standard error.
    """
    in_line = _in_line(candidates, before)
    labels = in_line[0].lesson.labels
    if len(labels) < ENOUGH:
        why = say(
            "{name}: the usual choice below {decisions} decisions.",
            name=_named(in_line[0], in_line),
            decisions=ENOUGH,
        )
        return Choice(in_line[0], 0, (), why)
    rows = _judged_rows(labels, seed)
    groups = in_line[0].lesson.groups
    number = min(c.estimator.folds for c in in_line)
    folds = folds_for(labels[rows], None if groups is None else groups[rows], seed=seed, folds=number)
    first = [_tried(c, rows, folds) for c in in_line]
    winner = _kept(first)
    others = [s for s in winner.candidate.estimator.grid if dict(s) != dict(winner.candidate.settings)]
    second = [_tried(replace(winner.candidate, settings=s), rows, folds) for s in others]
    final = _kept([winner, *second])
    why = _why(final, first, len(folds), len(rows))
    return Choice(final.candidate, len(folds), tuple(t.row() for t in [*first, *second]), why)


def _in_line(candidates: Sequence[Candidate], before: Mapping[str, Any]) -> list[Candidate]:
    """The candidates with the one in use first, and with its settings."""
    used = [
        c for c in candidates if (c.extractor, c.estimator.name) == (before.get("features"), before.get("estimator"))
    ]
    if not used:
        return list(candidates)
    settings = next((s for s in used[0].estimator.grid if dict(s) == before.get("settings")), used[0].settings)
    return [replace(used[0], settings=settings), *(c for c in candidates if c is not used[0])]


def _judged_rows(labels: Ids, seed: int) -> Ids:
    """All rows, or a seeded choice of `MOST_JUDGED`."""
    if len(labels) <= MOST_JUDGED:
        return np.arange(len(labels))
    return np.sort(np.random.default_rng([seed, 0x6A756467]).choice(len(labels), MOST_JUDGED, replace=False))


def _tried(candidate: Candidate, rows: Ids, folds: Sequence[Ids]) -> _Trial:
    """Cross-validate one candidate on some rows of its lesson; under class weights the losses carry them too.

    One factor sets each candidate's logits right first: being over-sure can be cured later, being wrong cannot.
    """
    lesson = candidate.lesson.part(rows)
    if candidate.findings:
        found = candidate.estimator.cross_validated(lesson, candidate.settings, folds)
        return _Trial(candidate, judged_findings(found, flags_of(lesson.labels, candidate.findings)))
    class_ids = np.unique(lesson.labels)
    weights = class_weights(lesson.labels, lesson.class_weight)
    logits = np.log(np.maximum(candidate.estimator.cross_validated(lesson, candidate.settings, folds), 1e-6))
    scale = best_scale(logits, np.searchsorted(class_ids, lesson.labels), weights=weights)
    probabilities = softmax_rows((logits * scale).astype(np.float32))
    return _Trial(candidate, judged(probabilities, lesson.labels, class_ids, weights))


def _kept(trials: Sequence[_Trial]) -> _Trial:
    """The first that is no worse than the best, as far as one can tell."""
    best = min(trials, key=lambda t: t.result.log_loss)
    return next(t for t in trials if no_worse(t.result, best.result))


def _why(final: _Trial, first: Sequence[_Trial], folds: int, decisions: int) -> Sentence:
    """One sentence with the figures: accuracy in cross-validation, of the choice and of the others in question."""
    every = [t.candidate for t in first]
    name = _named(final.candidate, every)
    found: dict[str, Value] = {
        "folds": str(folds),
        "decisions": str(decisions),
        "share": _share(final.result.accuracy),
    }
    # i18n: these two stand where the other sentences say {where}
    where = (
        say("in {folds}-fold cross-validation on {decisions} decisions: all findings right in {share}", **found)
        if final.candidate.findings
        else say("in {folds}-fold cross-validation on {decisions} decisions: {share}", **found)
    )
    rivals = _rivals(final, first)
    if not rivals:
        return say("{name}, as chosen, {where}.", name=name, where=where)
    others = listed(say("{name} {share}", name=title, share=_share(t.result.accuracy)) for title, t in rivals.items())
    if any(t.result.log_loss < final.result.log_loss for t in rivals.values()):
        message = mark("{name} stays, as nothing did clearly better {where} ({others}).")
    elif any(t.result.accuracy > final.result.accuracy for t in rivals.values()):
        message = mark("{name} was surest of the right answers {where} ({others}).")
    else:
        message = mark("{name} did best {where} ({others}).")
    return say(message, name=name, where=where, others=others)


def _rivals(final: _Trial, first: Sequence[_Trial]) -> dict[Sentence, _Trial]:
    """The best trial of every other view by its features; with one view, of every other estimator by its title."""
    several_views = len({t.candidate.view for t in first}) > 1
    found: dict[Sentence, _Trial] = {}
    for trial in first:
        mine, theirs = final.candidate, trial.candidate
        if (theirs.view == mine.view) if several_views else (theirs.estimator is mine.estimator):
            continue
        title = _features(theirs) if several_views else _estimator(theirs)
        if title not in found or trial.result.log_loss < found[title].result.log_loss:
            found[title] = trial
    return found


def _features(candidate: Candidate) -> Sentence:
    words = [part.rpartition("-v")[0] for part in candidate.extractor.split("+")]
    named = _and([_WORDS.get(word, Sentence(word)) for word in words])
    return say("{features} together", features=named) if len(words) > 1 else say("{features} alone", features=named)


def short_name(candidate: Candidate) -> Sentence:
    """Features and estimator in a few words: "Meaning and words · logistic regression"."""
    words = [part.rpartition("-v")[0] for part in candidate.extractor.split("+")]
    features = _and([_OWN_MODEL if word.startswith("own-") else _WORDS.get(word, Sentence(word)) for word in words])
    return say("{features} · {estimator}", features=AtStart(features), estimator=_estimator(candidate))


def _and(words: Sequence[Sentence]) -> Sentence:
    found = words[0]
    for word in words[1:]:
        found = say("{first} and {second}", first=found, second=word)
    return found


def _estimator(candidate: Candidate) -> Sentence:
    return ESTIMATOR_WORDS[candidate.estimator.name]


def _named(candidate: Candidate, every: Sequence[Candidate]) -> AtStart:
    """What tells a candidate from the others: its features, its estimator, or both."""
    if len({c.view for c in every}) == 1:
        return AtStart(_estimator(candidate))
    features = _features(candidate)
    if len({c.estimator.name for c in every}) > 1:
        return AtStart(say("{features} with {estimator}", features=features, estimator=_estimator(candidate)))
    return AtStart(features)


def _share(value: float) -> Figure:
    return Figure(value, 2, is_bare=True)
