"""Label problems: decided items that deserve another look, and why. Nothing here changes a label."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

NEEDED: Final = 40
"""Labels below which nothing is called suspicious: the folds would learn too little to contradict anybody."""


class ProblemSort(StrEnum):
    """Why another look is asked for."""

    CONTRADICTION = "contradiction"
    """A near-identical item is decided differently."""
    COPY = "copy"
    """The data set had the same content once more, under another class."""
    SUSPICIOUS = "suspicious"
    """A model that did not see this label says something else."""


@dataclass(frozen=True, slots=True)
class LabelProblem:
    """One problem of the item `index`, which is decided as `given`: a class id, or the code of a set of findings.

    `strength`, 0–1, is how alike the two are, or how sure models are that did not see this label. Of a contradiction,
    `other` is the other item and `likely` what that one is decided as; of a suspicious label, `likely` is what is
    likelier; of a copy, `named` is the row or file that was left out.
    """

    sort: ProblemSort
    index: int
    given: int
    strength: float
    likely: int | None = None
    other: int | None = None
    named: str = ""

    @property
    def items(self) -> tuple[int, ...]:
        """The items it is about: one, or the two of a contradiction."""
        return (self.index,) if self.other is None else (self.index, self.other)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "sort": self.sort.value}

    @classmethod
    def of(cls, values: dict[str, Any]) -> "LabelProblem":
        """The inverse of `plain`. Raises TypeError, ValueError or KeyError for anything else."""
        return cls(**{**values, "sort": ProblemSort(values["sort"])})


def still_open(
    problems: Iterable[LabelProblem], answer: Callable[[int], int | None], is_upheld: Callable[[int], bool]
) -> list[LabelProblem]:
    """The problems that nobody has settled since they were found, in their order.

    `answer` says what an item is decided as now (None: not decided), `is_upheld` whether somebody has looked again at
    what it is decided as, and said why. A problem is settled once one of its items is decided otherwise, or all of
    them were looked at again.
    """
    return [p for p in problems if _as_found(p, answer) and not all(is_upheld(index) for index in p.items)]


def _as_found(problem: LabelProblem, answer: Callable[[int], int | None]) -> bool:
    if answer(problem.index) != problem.given:
        return False
    return problem.other is None or answer(problem.other) == problem.likely
