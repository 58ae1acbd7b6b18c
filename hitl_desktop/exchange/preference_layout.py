"""Which columns of a table are the prompt, the answers and what is said of them, and what that makes the classes."""

import json
import re
from collections.abc import Sequence
from typing import Final

from hitl_desktop.domain.responses import MOST_ANSWERS
from hitl_desktop.domain.sentences import Sentence, say
from hitl_desktop.exchange.row_parts import Layout
from hitl_desktop.exchange.table_records import TableGuess

ANSWER_NAMES: Final = re.compile(
    r"(?:^|[_\- ])(?:response|answer|completion|output|reply|candidate|option|generation|text|answer text)s?[_\- ]?"
    r"(?P<which>[a-i]|[1-9]|left|right)$"
)
_BARE: Final = frozenset({"left", "right"})
_SOURCE: Final = re.compile(r"(?:^|[_\- ])(?:source|model|author|generator)[_\- ]?(?P<which>[a-i]|[1-9]|left|right)$")
_PROMPTS: Final = ("prompt", "instruction", "question", "query", "input.text", "input", "context", "text")
_LISTS: Final = ("responses", "answers", "completions", "options", "outputs", "generations", "candidates")
_PREFERRED: Final = (
    "preferred", "preference", "ranking", "rank", "winner", "best", "choice", "accept", "label", "responses",
)  # fmt: skip
_RATINGS: Final = ("ratings", "rating", "scores")
_SOURCES: Final = ("sources", "models", "generations_model")
ANSWERS: Final = "answers"
"""The option that says how many answers are compared at most."""
SCALE: Final = "scale"
"""The option that says how high ratings go; "0" for none."""
_GUESSED: Final = 4


def answers_asked(layout: Layout) -> int:
    """How many answers an item has at most."""
    given = layout.options.get(ANSWERS, "")
    return min(MOST_ANSWERS, max(2, int(given))) if given.isdigit() else 2


def class_names(layout: Layout) -> tuple[str, ...]:
    """The classes: one for each answer that may be the best, then equal, then bad."""
    asked = answers_asked(layout)
    return (*(f"Answer {n}" for n in range(1, asked + 1)), "Equal", "Both bad" if asked == 2 else "All bad")


def label_of(ranking: Sequence[Sequence[int]], asked: int, *, is_bad: bool = False) -> str:
    """The class that a ranking comes to: the one best answer, or equal where several lead."""
    if is_bad:
        return "Both bad" if asked == 2 else "All bad"
    return f"Answer {ranking[0][0] + 1}" if len(ranking[0]) == 1 else "Equal"


def guess(table: TableGuess) -> Layout | None:
    """How a table of comparisons is read; None where the columns do not look like one."""
    by_end = {name.casefold(): name for name in table.column_names}
    last = {name.casefold().rsplit(".", 1)[-1]: name for name in reversed(table.column_names)}
    roles: dict[str, tuple[str, ...]] = {}
    prompt = _first(_PROMPTS, by_end) or _first(_PROMPTS, last)
    chosen = _first(("chosen", "accept.text"), by_end)
    rejected = _first(("rejected", "reject.text"), by_end)
    if chosen and rejected:
        roles = {"chosen": (chosen,), "rejected": (rejected,)}
        options = {ANSWERS: "2"}
    else:
        columns = _answer_columns(table.column_names)
        listed = _first(_LISTS, by_end)
        if len(columns) >= 2:
            roles["answers"] = tuple(columns.values())
            sources = _by_which(_SOURCE, table.column_names)
            if all(which in sources for which in columns):
                roles["sources"] = tuple(sources[which] for which in columns)
            options = {ANSWERS: str(min(MOST_ANSWERS, len(columns)))}
        elif listed and prompt and _is_list(table, listed):
            roles["answers"] = (listed,)
            if sources_in := _first(_SOURCES, by_end):
                roles["sources"] = (sources_in,)
            options = {ANSWERS: str(_length(table, listed))}
        else:
            return None
        taken = {name for names in roles.values() for name in names}
        preferred = next((by_end[n] for n in _PREFERRED if n in by_end and by_end[n] not in taken | {prompt}), None)
        if preferred:
            roles["preferred"] = (preferred,)
        ratings = _first(_RATINGS, by_end)
        if ratings and ratings not in taken:
            roles["ratings"] = (ratings,)
    if prompt and prompt not in {name for names in roles.values() for name in names}:
        roles["prompt"] = (prompt,)
    if "prompt" not in roles and "chosen" not in roles:
        return None
    return Layout(roles, {**options, SCALE: "0"})


def refusal(layout: Layout) -> Sentence | None:
    """What is missing in a layout, None when nothing is."""
    if "chosen" in layout.roles or "rejected" in layout.roles:
        is_whole = layout.roles.get("chosen") and layout.roles.get("rejected")
        return None if is_whole else say("Chosen answers need rejected ones beside them.")
    if not layout.roles.get("prompt") and not layout.roles.get("answers"):
        return say("No columns look like a prompt with answers to it.")
    if not layout.roles.get("prompt"):
        return say("No column is the prompt.")
    return None if layout.roles.get("answers") else say("No column holds answers.")


def _first(names: Sequence[str], there: dict[str, str]) -> str | None:
    return next((there[name] for name in names if name in there), None)


def _answer_columns(names: Sequence[str]) -> dict[str, str]:
    """The columns of answers by which one they are, in order; left before right."""
    found = _by_which(ANSWER_NAMES, names)
    if len(found) < 2:
        found = {name.casefold(): name for name in names if name.casefold() in _BARE}
    return {which: found[which] for which in sorted(found)}


def _by_which(pattern: re.Pattern[str], names: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        match = pattern.search(name.casefold().rsplit(".", 1)[-1])
        if match:
            found.setdefault(match.group("which"), name)
    return found


def _is_list(table: TableGuess, column: str) -> bool:
    """True where most rows hold a list: the others are told by row."""
    samples = next((guessed.samples for guessed in table.columns if guessed.name == column), ())
    filled = [sample.lstrip() for sample in samples if sample.strip()]
    return 2 * sum(sample.startswith("[") for sample in filled) > len(filled)


def _length(table: TableGuess, column: str) -> int:
    """How many answers the first lists hold at most; samples that are cut off say nothing."""
    samples = next((guessed.samples for guessed in table.columns if guessed.name == column), ())
    found = []
    for sample in samples:
        try:
            answers = json.loads(sample)
        except ValueError:
            if sample.lstrip().startswith("["):  # cut off
                return _GUESSED
            continue
        found += [len(answers)] if isinstance(answers, list) else []
    return min(MOST_ANSWERS, max([2, *found]))
