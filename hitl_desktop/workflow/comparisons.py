"""Answering a comparison: which answer stands where on screen, and what a key there means for the answers as stored."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hitl_desktop.domain.answers import Comparison, of_text
from hitl_desktop.domain.decisions import live_in
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import Item
from hitl_desktop.domain.responses import Response
from hitl_desktop.domain.sentences import say
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.repeats import is_asked_again

TIES = 2
"""The classes after the answers: equal, and bad."""


def comparison_of(project: Project, item: Item) -> Comparison:
    """The prompt and the answers of an item. Raises KnownError for what is stored otherwise."""
    try:
        return of_text(project.store.items.text(item.index))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KnownError(say("This item is no comparison of answers."), say("Skip it.")) from error


def sides_of(seed: int, digest: str, count: int, asked_before: int = 0) -> tuple[int, ...]:
    """The numbers of the answers from left to right: shuffled by the seed, the item and how often it was answered.

    So an item looks the same until it is answered, and otherwise when it comes back.
    """

    def drawn(answer: int) -> bytes:
        return hashlib.sha256(f"side {seed} {digest} {asked_before} {answer}".encode()).digest()

    return tuple(sorted(range(count), key=drawn))


def sides_now(project: Project, item: Item) -> tuple[int, ...]:
    """How the answers of an item stand on screen now."""
    events = project.store.decisions.of_item(item.index)
    asked = sum(event.names_answer for event in events)
    if is_asked_again(project, item.index):  # the sides of the answer that stands, exchanged
        return live_in(events)[-1].response.sides[::-1]
    return sides_of(project.seed, item.digest, len(comparison_of(project, item).answers), asked)


def scale_of(project: Project) -> int:
    """How high ratings go; 0 where answers are not rated."""
    options = (project.store.fact("columns") or {}).get("options", {})
    value = options.get("scale", "0")
    return int(value) if value.isdigit() else 0


@dataclass(frozen=True, slots=True)
class Said:
    """What a reviewer said of a comparison: the class, and the response that goes with it."""

    label_id: int
    response: Response


def best(project: Project, sides: Sequence[int], place: int, ratings: Sequence[int] = ()) -> Said:
    """The answer at `place` on screen (0-based) is the best; the others are not told apart."""
    rest = [side for side in range(len(sides)) if side != place]
    return ranked(project, sides, [[place], rest], ratings)


def equal(project: Project, sides: Sequence[int], ratings: Sequence[int] = ()) -> Said:
    """All answers are equally good."""
    return ranked(project, sides, [list(range(len(sides)))], ratings)


def bad(project: Project, sides: Sequence[int], ratings: Sequence[int] = ()) -> Said:
    """All answers are bad."""
    response = replace(_rated(sides, ratings), sides=tuple(sides))
    return Said(project.labels[len(project.labels) - 1].id, response)


def ranked(
    project: Project, sides: Sequence[int], groups: Sequence[Sequence[int]], ratings: Sequence[int] = ()
) -> Said:
    """A ranking by places on screen, the best group first; what is not named comes last."""
    named = {place for group in groups for place in group}
    missing = [place for place in range(len(sides)) if place not in named]
    kept = [group for group in (*groups, missing) if group]
    ranking = tuple(tuple(sorted(sides[place] for place in group)) for group in kept)
    response = replace(_rated(sides, ratings), ranking=ranking, sides=tuple(sides))
    answers = len(project.labels) - TIES
    position = ranking[0][0] if len(ranking[0]) == 1 else answers
    return Said(project.labels[position].id, response)


def _rated(sides: Sequence[int], ratings: Sequence[int]) -> Response:
    """Ratings by place on screen as ratings by answer; none where nobody rated."""
    if not any(ratings):
        return Response()
    by_answer = [0] * len(sides)
    for place, rating in zip(sides, ratings, strict=True):
        by_answer[place] = rating
    return Response(ratings=tuple(by_answer))
