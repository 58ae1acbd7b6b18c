"""An item of preferences: a prompt and the answers to it, kept as canonical JSON.

The order of the answers is the one they were stored in; what stands left or right on screen is another thing
(`workflow/sides.py`).
"""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its text, and who or what gave it ("" where that is not known)."""

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A prompt and two or more answers to it."""

    prompt: str
    answers: tuple[Answer, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The answers' texts."""
        return tuple(answer.text for answer in self.answers)


def to_text(comparison: Comparison) -> str:
    """As it is stored: one line of JSON with sorted names, the same for the same content. `of_text` is the inverse."""
    answers = [{"source": a.source, "text": a.text} if a.source else {"text": a.text} for a in comparison.answers]
    return json.dumps({"answers": answers, "prompt": comparison.prompt}, ensure_ascii=False, sort_keys=True)


def of_text(text: str) -> Comparison:
    """The inverse of `to_text`. Raises ValueError, KeyError or TypeError for anything else."""
    try:
        values: Any = json.loads(text)
    except RecursionError as error:
        raise ValueError("That is no comparison.") from error
    answers = tuple(Answer(_text(one["text"]), _text(one.get("source", ""))) for one in values["answers"])
    return Comparison(_text(values["prompt"]), answers)


def plain(text: str) -> str:
    """What a stored item says, as text for lists and search: the prompt, then each answer in a paragraph of its own."""
    try:
        comparison = of_text(text)
    except (ValueError, KeyError, TypeError, AttributeError):
        return text
    return "\n\n".join((comparison.prompt, *comparison.texts))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
