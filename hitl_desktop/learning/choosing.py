"""Which features, which estimator, which strength: chosen by cross-validation once there is enough to compare with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from scipy.special import logit

from hitl_desktop.domain.findings import flags_of
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.calibration import line_for_each
from hitl_desktop.learning.cross_validation import HeldOut, folds_for, judged, judged_findings, no_worse
from hitl_desktop.learning.estimators import Estimator, Lesson, Settings
from hitl_desktop.learning.heads import Ids, softmax_rows
from hitl_desktop.learning.heads.head import class_weights
from hitl_desktop.learning.scaling import best_scale

ENOUGH: Final = 60
"""Decisions from which candidates are compared; below, the usual ones are taken."""
MOST_JUDGED: Final = 2000
"""Decisions that a comparison looks at; more would only cost time."""
FEWEST_JUDGED: Final = 600
"""As many at least, however many findings an item may have."""
_SUREST: Final = 12.0
"""The largest log odds of a finding that a comparison looks at."""
_WORDS: Final = {
    "text-ngrams": "words",
    "text-minilm": "meaning",
    "image-fused": "pictures",
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
    why: str
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
        }


def choose(candidates: Sequence[Candidate], before: Mapping[str, Any], *, seed: int) -> Choice:
    """Choose among candidates, the usual one first; `before` is the evidence of the choice in use, or empty.

    First every candidate with its own settings, then the winner with others of its grid. The first in line (the
    choice in use, then the given order) is kept unless another is better by more than one standard error.
    """
    in_line = _in_line(candidates, before)
    labels = in_line[0].lesson.labels
    if len(labels) < ENOUGH:
        why = f"{_named(in_line[0], in_line)}: the usual choice below {ENOUGH} decisions."
        return Choice(in_line[0], 0, (), why)
    rows = _judged_rows(labels, in_line[0].findings, seed)
    groups = in_line[0].lesson.groups
    number = min(c.estimator.folds for c in in_line)
    folds = folds_for(labels[rows], None if groups is None else groups[rows], seed=seed, folds=number)
    first = [tried(c, rows, folds) for c in in_line]
    winner = kept(first)
    second = _others(winner, lambda settings: tried(replace(winner.candidate, settings=settings), rows, folds))
    final = kept([winner, *second])
    why = _why(final, first, len(folds), len(rows))
    rows_of_all = tuple(t.row() for t in [*first, *second])
    return Choice(final.candidate, len(folds), rows_of_all, why, final.held_out, rows)


def _others(winner: Trial, trial: Callable[[Settings], Trial]) -> list[Trial]:
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
    weights = class_weights(lesson.labels, lesson.class_weight)
    logits = np.log(np.maximum(candidate.estimator.cross_validated(lesson, candidate.settings, folds), 1e-6))
    scale = best_scale(logits, np.searchsorted(class_ids, lesson.labels), weights=weights)
    probabilities = softmax_rows((logits * scale).astype(np.float32))
    return Trial(candidate, judged(probabilities, lesson.labels, class_ids, weights))


def kept(trials: Sequence[Trial]) -> Trial:
    """The first that is no worse than the best, as far as one can tell."""
    best = min(trials, key=lambda t: t.result.log_loss)
    return next(t for t in trials if no_worse(t.result, best.result))


def _why(final: Trial, first: Sequence[Trial], folds: int, decisions: int) -> str:
    """One sentence with the figures: accuracy in cross-validation, of the choice and of the others in question."""
    every = [t.candidate for t in first]
    name = _named(final.candidate, every)
    measure = "all findings right in " if final.candidate.findings else ""
    place = f"in {folds}-fold cross-validation on {decisions} decisions: {measure}{in_words(final.result.accuracy)}"
    rivals = _rivals(final, first)
    if not rivals:
        return f"{name}, as chosen, {place}."
    if any(t.result.log_loss < final.result.log_loss for t in rivals.values()):
        did = "stays, as nothing did clearly better"
    elif any(t.result.accuracy > final.result.accuracy for t in rivals.values()):
        did = "was surest of the right answers"
    else:
        did = "did best"
    listed = ", ".join(f"{title} {in_words(t.result.accuracy)}" for title, t in rivals.items())
    return f"{name} {did} {place} ({listed})."


def _rivals(final: Trial, first: Sequence[Trial]) -> dict[str, Trial]:
    """The best trial of every other view by its features; with one view, of every other estimator by its title."""
    several_views = len({t.candidate.view for t in first}) > 1
    found: dict[str, Trial] = {}
    for trial in first:
        mine, theirs = final.candidate, trial.candidate
        if (theirs.view == mine.view) if several_views else (theirs.estimator is mine.estimator):
            continue
        title = _features(theirs) if several_views else theirs.estimator.title.lower()
        if title not in found or trial.result.log_loss < found[title].result.log_loss:
            found[title] = trial
    return found


def _features(candidate: Candidate) -> str:
    words = [part.rpartition("-v")[0] for part in candidate.extractor.split("+")]
    return " and ".join(_WORDS.get(w, w) for w in words) + (" together" if len(words) > 1 else " alone")


def short_name(candidate: Candidate) -> str:
    """Features and estimator in a few words: "Meaning and words · logistic regression"."""
    words = [part.rpartition("-v")[0] for part in candidate.extractor.split("+")]
    features = " and ".join(_WORDS.get(word, "own model" if word.startswith("own-") else word) for word in words)
    return f"{features[0].upper()}{features[1:]} · {candidate.estimator.title.lower()}"


def _named(candidate: Candidate, every: Sequence[Candidate]) -> str:
    """What tells a candidate from the others: its features, its estimator, or both."""
    if len({c.view for c in every}) == 1:
        return candidate.estimator.title
    several_estimators = len({c.estimator.name for c in every}) > 1
    features = _features(candidate)
    title = f"{features} with {candidate.estimator.title.lower()}" if several_estimators else features
    return title[0].upper() + title[1:]


def in_words(value: float) -> str:
    """A share as it stands in a card: .93."""
    return f"{value:.2f}".removeprefix("0")
