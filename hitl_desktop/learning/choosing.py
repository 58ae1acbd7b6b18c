"""Which features, which estimator, which strength: chosen by cross-validation once there is enough to compare with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from scipy.special import logit

from hitl_desktop.domain.findings import flags_of
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.sentences import AtStart, Figure, Sentence, Value, listed, say
from hitl_desktop.language import mark
from hitl_desktop.learning.calibration import line_for_each
from hitl_desktop.learning.cross_validation import HeldOut, folds_for, judged, judged_findings, no_worse
from hitl_desktop.learning.estimators import Estimator, Settings
from hitl_desktop.learning.heads import Ids, softmax_rows
from hitl_desktop.learning.lessons import Lesson
from hitl_desktop.learning.scaling import best_scale

ENOUGH: Final = 60
"""Decisions from which candidates are compared; below, the usual ones are taken."""
MOST_JUDGED: Final = 2000
"""Decisions that a comparison looks at; more would only cost time."""
WEAK_SHARES: Final = (0.3, 0.0, 0.1, 1.0)
"""How much rules may count beside the decisions, the usual share first: see `estimators.Weak`."""
FEWEST_FOR_RULES: Final = 20
"""Decisions from which that share is chosen; below, the usual one holds."""
FEWEST_JUDGED: Final = 600
"""As many at least, however many findings an item may have."""
_SUREST: Final = 12.0
"""The largest log odds of a finding that a comparison looks at."""
# i18n: what a model looks at, inside a sentence: "words alone", "meaning and words together"
_WORDS: Final = {
    "text-ngrams": say("words"),
    "text-minilm": say("meaning"),
    "image-fused": say("pictures"),
    "answers-words": say("words"),
    "answers-minilm": say("meaning"),
    "talk-whole": say("the whole conversation"),
    "talk-last": say("the last turns"),
    "talk-meaning": say("their meaning"),
    "record-fields": say("columns of the record"),
}
_OWN_MODEL: Final = say("own model")
# i18n: inside a sentence or list: "Meaning alone with logistic regression did best"
ESTIMATOR_WORDS: Final = {
    "logistic_regression": say("logistic regression"),
    "linear_svm": say("linear support vector machine"),
    "rbf_kernel": say("kernel machine"),
    "mlp": say("small neural network"),
    "gradient_boosting": say("gradient boosting"),
    "bradley_terry": say("Bradley–Terry"),
    "adapted": say("adapted"),
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
    """What was chosen. `scores` holds one row per comparison; `folds` is 0 where nothing was compared.

    With several findings, `held_out` (n, k) are the probabilities of its rows `judged` (n,) in cross-validation.
    """

    candidate: Candidate
    folds: int
    scores: tuple[Mapping[str, Any], ...]
    why: Sentence
    held_out: FloatArray | None = None
    judged: Ids | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """One candidate and how it did on the rows held out.

    `held_out` (n, k) are the probabilities of findings it gave them, None where the labels are classes.
    """

    candidate: Candidate
    result: HeldOut
    held_out: FloatArray | None = None

    def row(self) -> dict[str, Any]:
        """The figures, as they go on the card."""
        return {
            "features": self.candidate.extractor,
            "estimator": self.candidate.estimator.name,
            "settings": dict(self.candidate.settings),
            "log_loss": round(self.result.log_loss, 4),
            "accuracy": round(self.result.accuracy, 4),
            "macro_f1": round(self.result.macro_f1, 4),
        } | ({"weak_share": self.candidate.lesson.weak.share} if self.candidate.lesson.weak else {})


def choose(candidates: Sequence[Candidate], before: Mapping[str, Any], *, seed: int) -> Choice:
    """Choose among candidates, the usual one first; `before` is the evidence of the choice in use, or empty.

    First every candidate with its own settings, then the winner with others of its grid. The first in line (the
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
        return _usual_with_rules(in_line[0], why, seed)
    rows = _judged_rows(labels, in_line[0].findings, seed)
    groups = in_line[0].lesson.groups
    number = min(c.estimator.folds for c in in_line)
    folds = folds_for(labels[rows], None if groups is None else groups[rows], seed=seed, folds=number)
    first = [tried(c, rows, folds) for c in in_line]
    winner = kept(first)
    second = others_of_grid(winner, lambda settings: tried(replace(winner.candidate, settings=settings), rows, folds))
    final = kept([winner, *second])
    final, third = _with_weak_share(final, rows, folds)
    why = _why(final, first, len(folds), len(rows))
    rows_of_all = tuple(t.row() for t in [*first, *second, *third])
    return Choice(final.candidate, len(folds), rows_of_all, why, final.held_out, rows)


def _usual_with_rules(usual: Candidate, why: Sentence, seed: int) -> Choice:
    """The usual choice; where rules speak beside enough decisions, with the share that does best."""
    labels, groups = usual.lesson.labels, usual.lesson.groups
    if usual.lesson.weak is None or len(labels) < FEWEST_FOR_RULES:
        return Choice(usual, 0, (), why)
    rows = np.arange(len(labels))
    folds = folds_for(labels, groups, seed=seed, folds=usual.estimator.folds)
    first = tried(usual, rows, folds)
    final, others = _with_weak_share(first, rows, folds)
    return Choice(final.candidate, len(folds), tuple(trial.row() for trial in (first, *others)), why)


def _with_weak_share(final: Trial, rows: Ids, folds: Sequence[Ids]) -> tuple[Trial, list[Trial]]:
    """The winner with the share of what is weak that has the smallest loss, and the others that were tried for it.

    Here the usual share is not kept for its own sake: rules that do harm must be found out by few decisions. From
    `ENOUGH` decisions on there are none unless they are better by more than one standard error.
    """
    weak = final.candidate.lesson.weak
    if weak is None:
        return final, []
    trials = [final]
    for share in WEAK_SHARES:
        if share != weak.share:
            lesson = replace(final.candidate.lesson, weak=replace(weak, share=share) if share else None)
            trials.append(tried(replace(final.candidate, lesson=lesson), rows, folds))
    best = min(trials, key=lambda trial: trial.result.log_loss)
    if len(rows) >= ENOUGH:  # rules have to be clearly better than none, once there is enough to do without
        best = kept([next(trial for trial in trials if trial.candidate.lesson.weak is None), best])
    return best, trials[1:]


def others_of_grid(winner: Trial, trial: Callable[[Settings], Trial]) -> list[Trial]:
    """The winner with the other settings of its grid.

    Of a grid of one number, such as a strength, each direction is followed from the winner's as long as that does
    better: the loss has one valley.
    """
    grid, mine = winner.candidate.estimator.grid, dict(winner.candidate.settings)
    keys = {key for settings in grid for key in settings}
    if len(keys) != 1:
        return [trial(settings) for settings in grid if dict(settings) != mine]
    (key,) = keys
    below = sorted((s for s in grid if s[key] < mine[key]), key=lambda s: -s[key])
    above = sorted((s for s in grid if s[key] > mine[key]), key=lambda s: s[key])
    found = []
    for way in (below, above):
        best = winner.result.log_loss
        for settings in way:
            found.append(trial(settings))
            if found[-1].result.log_loss >= best:
                break
            best = found[-1].result.log_loss
    return found


def _in_line(candidates: Sequence[Candidate], before: Mapping[str, Any]) -> list[Candidate]:
    """The candidates with the one in use first, and with its settings."""
    used = [
        c for c in candidates if (c.extractor, c.estimator.name) == (before.get("features"), before.get("estimator"))
    ]
    if not used:
        return list(candidates)
    settings = next((s for s in used[0].estimator.grid if dict(s) == before.get("settings")), used[0].settings)
    return [replace(used[0], settings=settings), *(c for c in candidates if c is not used[0])]


def _judged_rows(labels: Ids, findings: int, seed: int) -> Ids:
    """All rows, or a seeded choice of `MOST_JUDGED`; fewer with several findings, each of which takes a fit."""
    most = min(MOST_JUDGED, max(FEWEST_JUDGED, MOST_JUDGED // findings)) if findings else MOST_JUDGED
    if len(labels) <= most:
        return np.arange(len(labels))
    return np.sort(np.random.default_rng([seed, 0x6A756467]).choice(len(labels), most, replace=False))


def tried(candidate: Candidate, rows: Ids, folds: Sequence[Ids]) -> Trial:
    """Cross-validate one candidate on some rows of its lesson; under class weights the losses carry them too.

    One factor sets each candidate's logits right first, with several findings a line for each of them: being over-sure
    can be cured later, being wrong cannot.
    """
    lesson = candidate.lesson.part(rows)
    if candidate.findings:
        found = candidate.estimator.cross_validated(lesson, candidate.settings, folds)
        flags = flags_of(lesson.labels, candidate.findings)
        logits = np.clip(logit(found.astype(np.float64)), -_SUREST, _SUREST).astype(np.float32)
        return Trial(candidate, judged_findings(line_for_each(logits, flags).apply(logits), flags), found)
    class_ids = np.unique(lesson.labels)
    weights = lesson.row_weights()
    logits = np.log(np.maximum(candidate.estimator.cross_validated(lesson, candidate.settings, folds), 1e-6))
    scale = best_scale(logits, np.searchsorted(class_ids, lesson.labels), weights=weights)
    probabilities = softmax_rows((logits * scale).astype(np.float32))
    return Trial(candidate, judged(probabilities, lesson.labels, class_ids, weights))


def kept(trials: Sequence[Trial]) -> Trial:
    """The first that is no worse than the best, as far as one can tell."""
    best = min(trials, key=lambda t: t.result.log_loss)
    return next(t for t in trials if no_worse(t.result, best.result))


def _why(final: Trial, first: Sequence[Trial], folds: int, decisions: int) -> Sentence:
    """One sentence with the figures: accuracy in cross-validation, of the choice and of the others in question."""
    every = [t.candidate for t in first]
    name = _named(final.candidate, every)
    found: dict[str, Value] = {
        "folds": str(folds),
        "decisions": str(decisions),
        "share": in_words(final.result.accuracy),
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
    others = listed(say("{name} {share}", name=title, share=in_words(t.result.accuracy)) for title, t in rivals.items())
    if any(t.result.log_loss < final.result.log_loss for t in rivals.values()):
        message = mark("{name} stays, as nothing did clearly better {where} ({others}).")
    elif any(t.result.accuracy > final.result.accuracy for t in rivals.values()):
        message = mark("{name} was surest of the right answers {where} ({others}).")
    else:
        message = mark("{name} did best {where} ({others}).")
    return say(message, name=name, where=where, others=others)


def _rivals(final: Trial, first: Sequence[Trial]) -> dict[Sentence, Trial]:
    """The best trial of every other view by its features; with one view, of every other estimator by its title."""
    several_views = len({t.candidate.view for t in first}) > 1
    found: dict[Sentence, Trial] = {}
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


def in_words(value: float) -> Figure:
    """A share as it stands in a card: .93."""
    return Figure(value, 2, is_bare=True)
