"""How a batch of new items compares with what was there before it."""

from dataclasses import dataclass, field
from typing import Any, Final

from hitl_desktop.domain.sentences import Figure, Sentence, say

DIFFERS_BELOW: Final = 0.01
"""A batch counts as different when its chance is smaller: by chance alone, 1 of 100 batches that are the same."""
_LEAST_SAID: Final = 0.001
FEWEST: Final = 10
"""Fewer new items, or fewer to compare them with, are not compared."""


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class score before and now: the largest distance between the distributions, its chance, and both means."""

    label_id: int
    distance: float
    p: float
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class BatchComparison:
    """The tests of one batch; a batch that is small is compared together with those just before it.

    The items from `first` on, `items` of them looked at, against `against` of those before. `auc` is how well a
    classifier that has not seen an item tells whether it is new (½ not at all), `p_features` its chance; `scores` are
    the class scores of the version `model`, compared on `scores_against` items that it did not learn from. `strangest`
    are the new items that look least like those before, the strangest first. None and () where nothing was compared.
    """

    first: int
    items: int
    against: int
    auc: float | None = None
    p_features: float | None = None
    scores: tuple[ClassScore, ...] = ()
    scores_against: int = 0
    model: int | None = None
    strangest: tuple[int, ...] = ()
    at_utc: str = field(default="", compare=False)

    @property
    def p_scores(self) -> float | None:
        """The chance that any class score differs so much (Bonferroni over the classes)."""
        return min(1.0, len(self.scores) * min(s.p for s in self.scores)) if self.scores else None

    @property
    def p(self) -> float | None:
        """The chance of such a difference in either test when there is none; None when nothing was compared."""
        chances = [p for p in (self.p_features, self.p_scores) if p is not None]
        return min(1.0, len(chances) * min(chances)) if chances else None

    @property
    def differs(self) -> bool:
        """True when it is unlike what was there, as far as can be told."""
        return self.p is not None and self.p < DIFFERS_BELOW

    @property
    def most_changed(self) -> ClassScore | None:
        """The class score with the smallest chance."""
        return min(self.scores, key=lambda s: s.p, default=None)

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "first": self.first,
            "items": self.items,
            "against": self.against,
            "auc": self.auc,
            "p_features": self.p_features,
            "scores": [[s.label_id, s.distance, s.p, s.before, s.now] for s in self.scores],
            "scores_against": self.scores_against,
            "model": self.model,
            "strangest": list(self.strangest),
        }

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "BatchComparison":
        """The inverse of `plain`."""
        return cls(
            int(stored["first"]),
            int(stored["items"]),
            int(stored["against"]),
            stored["auc"],
            stored["p_features"],
            tuple(ClassScore(int(i), float(d), float(p), float(b), float(n)) for i, d, p, b, n in stored["scores"]),
            int(stored["scores_against"]),
            stored["model"],
            tuple(int(index) for index in stored["strangest"]),
            str(stored.get("at_utc", "")),
        )

    def reason(self, number: int, label: str) -> Sentence:
        """In which way batch `number` differs, as one sentence; `label` names the class of `most_changed`."""
        scores, features = self.p_scores, self.p_features
        if features is not None and (scores is None or features <= scores):
            return say(
                "Batch {n} is unlike the items before it: a classifier tells them apart (AUC {auc}, p {p}).",
                n=number,
                auc=Figure(self.auc or 0.5, 2),
                p=_chance(features),
            )
        changed = self.most_changed
        return say(
            "Batch {n} is unlike the items before it: the scores of {label} have moved (D {distance}, p {p}).",
            n=number,
            label=label,
            distance=Figure(changed.distance if changed else 0.0, 2),
            p=_chance(scores or 0.0),
        )


def _chance(p: float) -> Figure | Sentence:
    """A chance in a sentence."""
    return say("below {p}", p=Figure(_LEAST_SAID, 3)) if p < _LEAST_SAID else Figure(p, 3)
