"""What speaks for an answer rather than another one, in words that name the answers by where they stand on screen."""

from collections.abc import Sequence
from typing import Final

from hitl_desktop.domain.explanations import Part, PartKind
from hitl_desktop.language import mark, tr, trc
from hitl_desktop.workflow.comparisons import sides_now
from hitl_desktop.workflow.project import Project

_STYLE: Final = {
    "length": mark("longer: {side}"),
    "variety": mark("more varied words: {side}"),
    "questions": mark("more questions: {side}"),
    "exclamations": mark("more exclamation marks: {side}"),
    "layout": mark("more paragraphs and lists: {side}"),
    "digits": mark("more digits: {side}"),
    "wholeness": mark("whole sentences: {side}"),
}


def side_names(project: Project, index: int) -> tuple[str, ...]:
    """What the answers of an item are called on screen, in stored order."""
    sides = sides_now(project, project.store.items.get(index))
    if len(sides) == 2:
        places: tuple[str, ...] = (trc("side", "Left"), trc("side", "Right"))
    else:
        places = tuple(tr("Answer {n}", n=place + 1) for place in range(len(sides)))
    return tuple(places[sides.index(answer)] for answer in range(len(sides)))


def answer_part_name(part: Part, names: Sequence[str]) -> str:
    """A part of the difference of two answers."""
    side = "" if part.answer is None or part.answer >= len(names) else names[part.answer]
    match part.kind:
        case PartKind.ANSWER_WORD if not part.words:
            return tr("all other words: {side}", side=side)
        case PartKind.ANSWER_WORD:
            return tr("“{words}”: {side}", words=part.words, side=side)
        case PartKind.STYLE:
            return tr(_STYLE[part.words], side=side or "–")
        case PartKind.MEANING:
            return tr("meaning as a whole")
    return tr("everything else")
