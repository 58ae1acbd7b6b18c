"""Rows of comparisons: a prompt and two or more answers, in the layouts that are about.

- a column for each answer (`prompt`, `response_a`, `response_b`, `preferred`), or one column with a list of them
- chosen and rejected: as texts beside a prompt, as whole dialogues with a common beginning (Anthropic), or as lists of
  messages (Argilla, TRL)
- Argilla's records (`fields.response-1`, answers to a ranking question in `responses`)
- Prodigy's choices (`text`, `options`, `accept`) and its comparisons (`input`, `accept`, `reject`)

Nothing is guessed of a single row: what does not fit is said of it, and the row is left out.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from hitl_desktop.domain.answers import Answer, Comparison, to_text
from hitl_desktop.domain.responses import BEST_RATING, MOST_ANSWERS, NO_RESPONSE, Response
from hitl_desktop.domain.sentences import Sentence, say
from hitl_desktop.exchange.preference_layout import ANSWER_NAMES, answers_asked, label_of
from hitl_desktop.exchange.row_parts import Composed, Layout

_TIES: Final = frozenset({"tie", "equal", "same", "both", "draw", "0.5", "ab", "a=b", "both good", "both_good"})
_BAD: Final = frozenset({"both bad", "both_bad", "bad", "neither", "none", "all bad", "all_bad", "tie (bothbad)"})
_TURN: Final = re.compile(r"\n\n(?=(?:Human|Assistant|H|A):)")
_TEXTS: Final = ("text", "content", "response", "answer", "value", "completion", "output", "generated_text")
_SOURCES: Final = ("source", "model", "name", "author", "generator")
_IDS: Final = ("id", "key")


class _OddRowError(Exception):
    """A row that cannot be used, with the sentence that says why."""

    def __init__(self, why: Sentence) -> None:
        super().__init__(why.english())
        self.why = why


def compose(values: Mapping[str, str], layout: Layout) -> Composed | Sentence:
    """One comparison made of a row's cells, with what the row says of it; or why there is none."""
    try:
        if "chosen" in layout.roles:
            prompt, answers, names = _chosen_and_rejected(values, layout)
        else:
            prompt, answers, names = _listed(values, layout)
        _check(prompt, answers, answers_asked(layout))
        response, label = _said(values, layout, answers, names)
    except _OddRowError as odd:
        return odd.why
    return Composed(to_text(Comparison(prompt, tuple(answers))), label, response)


def _check(prompt: str, answers: Sequence[Answer], asked: int) -> None:
    if not prompt.strip():
        raise _OddRowError(say("The prompt is empty."))
    if len(answers) < 2:
        raise _OddRowError(say("It has fewer than two answers."))
    if len(answers) > asked:
        raise _OddRowError(
            say("It has {n} answers, and this project compares {asked}.", n=str(len(answers)), asked=str(asked))
        )
    for place, answer in enumerate(answers, 1):
        if not answer.text.strip():
            raise _OddRowError(say("Answer {n} is empty.", n=str(place)))
    if len({answer.text.strip() for answer in answers}) < len(answers):
        raise _OddRowError(say("Two of its answers are the same."))


def _listed(values: Mapping[str, str], layout: Layout) -> tuple[str, list[Answer], list[set[str]]]:
    """Answers that stand in columns of their own or in one list; `names` are what each may be called by."""
    prompt = _prompt(values.get(layout.first("prompt") or "", ""))
    columns = layout.roles.get("answers", ())
    sources = layout.roles.get("sources", ())
    if len(columns) == 1:
        return prompt, *_of_list(values.get(columns[0], ""), values.get(sources[0], "") if sources else "")
    answers, names = [], []
    for place, column in enumerate(columns):
        cell = values.get(column, "")
        if not cell.strip() and place >= 2:  # not every row needs as many answers as there are columns
            continue
        source = values.get(sources[place], "") if place < len(sources) else ""
        answers.append(Answer(cell, source.strip()))
        names.append(_names_of(column, place))
    return prompt, answers, names


def _names_of(column: str, place: int) -> set[str]:
    own = column.rsplit(".", 1)[-1].casefold()
    ending = ANSWER_NAMES.search(own)
    short = {ending.group("which")} if ending else set()
    return {own, column.casefold(), *short, "abcdefghi"[place], str(place + 1)}


def _of_list(cell: str, sources: str) -> tuple[list[Answer], list[set[str]]]:
    found = _json(cell)
    if not isinstance(found, list):
        raise _OddRowError(say("Its answers are no list."))
    given = _json(sources) if sources.strip() else []
    answers, names = [], []
    for place, one in enumerate(found):
        source = str(given[place]) if isinstance(given, list) and place < len(given) else ""
        ids = {"abcdefghi"[place] if place < MOST_ANSWERS else "", str(place + 1)}
        if isinstance(one, Mapping):
            source = source or next((str(one[name]) for name in _SOURCES if one.get(name)), "")
            ids |= {str(one[name]).casefold() for name in _IDS if name in one}
            one = next((one[name] for name in _TEXTS if isinstance(one.get(name), str)), None)
        if not isinstance(one, str):
            raise _OddRowError(say("Answer {n} is no text.", n=str(place + 1)))
        answers.append(Answer(one, source))
        names.append(ids)
    return answers, names


def _chosen_and_rejected(values: Mapping[str, str], layout: Layout) -> tuple[str, list[Answer], list[set[str]]]:
    """The preferred answer and the others, in an order that does not tell which is which."""
    chosen = values.get(layout.first("chosen") or "", "")
    rejected = [values.get(column, "") for column in layout.roles.get("rejected", ())]
    prompt = _prompt(values.get(layout.first("prompt") or "", ""))
    cells = [chosen, *rejected]
    messages = [_messages(cell) for cell in cells]
    if all(messages):
        begin, texts = _after_common_turns([m for m in messages if m])
        prompt = begin or prompt
    elif not prompt.strip():
        prompt, texts = _after_common_beginning(cells)
    else:
        texts = cells
    sources = layout.roles.get("sources", ())
    told = [values.get(sources[i], "").strip() if i < len(sources) else "" for i in range(len(texts))]
    named = [({"rejected"} if i else {"chosen"}, Answer(*one)) for i, one in enumerate(zip(texts, told, strict=True))]
    named.sort(key=lambda pair: hashlib.sha256(f"{prompt}\0{pair[1].text}".encode("utf-8", "surrogatepass")).digest())
    return prompt, [answer for _, answer in named], [names for names, _ in named]


def _after_common_beginning(dialogues: Sequence[str]) -> tuple[str, list[str]]:
    """Whole dialogues → what they have in common up to the last turn, and how each goes on.

    They are cut where a turn begins, so that two answers that begin alike keep their beginnings.
    """
    common = _common_beginning(dialogues)
    cut = max((m.end() for m in re.finditer(r"\n\n(?:Assistant|A):", common)), default=0)
    if not cut:
        raise _OddRowError(say("Its dialogues have no beginning in common that ends with a turn of the assistant."))
    rest = [dialogue[cut:] for dialogue in dialogues]
    if any(_TURN.search(text) for text in rest):
        raise _OddRowError(say("Its dialogues part before the last answer."))
    return common[:cut].strip(), [text.strip() for text in rest]


def _common_beginning(texts: Sequence[str]) -> str:
    """What all texts begin with."""
    first, last = min(texts), max(texts)  # whatever lies between them begins as both do
    return first[: next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]


def _messages(cell: str) -> list[tuple[str, str]] | None:
    """(speaker, text) of a list of messages, None for anything else."""
    if not cell.lstrip().startswith("["):
        return None
    found = _json(cell)
    if not isinstance(found, list) or not found:
        return None
    turns = []
    for one in found:
        if not isinstance(one, Mapping) or not isinstance(one.get("content"), str):
            return None
        turns.append((str(one.get("role", "")), one["content"]))
    return turns


def _after_common_turns(dialogues: Sequence[list[tuple[str, str]]]) -> tuple[str, list[str]]:
    if any(turns[:-1] != dialogues[0][:-1] for turns in dialogues):
        raise _OddRowError(say("Its dialogues part before the last answer."))
    return _dialogue(dialogues[0][:-1]), [turns[-1][1] for turns in dialogues]


def _dialogue(turns: Sequence[tuple[str, str]]) -> str:
    if len(turns) == 1:
        return turns[0][1]
    return "\n\n".join(f"{role.capitalize() or '–'}: {text}" for role, text in turns)


def _prompt(cell: str) -> str:
    turns = _messages(cell)
    return cell.strip() if turns is None else _dialogue(turns)


def _said(
    values: Mapping[str, str], layout: Layout, answers: Sequence[Answer], names: Sequence[set[str]]
) -> tuple[Response, str | None]:
    """What the row answers: a ranking or the preferred one, and ratings; with the class that it comes to."""
    ranking: tuple[tuple[int, ...], ...] = ()
    label = None
    cell = values.get(layout.first("preferred") or "", "").strip()
    if "chosen" in layout.roles:
        best = next(i for i, called in enumerate(names) if "chosen" in called)
        ranking = ((best,), tuple(i for i in range(len(answers)) if i != best))
    elif cell:
        ranking, label = _preferred(cell, names)
    ratings = _ratings(values.get(layout.first("ratings") or "", "").strip(), len(answers))
    if ranking and label is None:
        label = label_of(ranking, answers_asked(layout))
    response = Response(ranking, ratings) if ranking or ratings else NO_RESPONSE
    return response, label


def _preferred(cell: str, names: Sequence[set[str]]) -> tuple[tuple[tuple[int, ...], ...], str | None]:
    said = cell.casefold()
    if said in _TIES:
        return (tuple(range(len(names))),), None
    if said in _BAD:
        return (), label_of((), len(names), is_bad=True)
    parsed = _json(cell)
    if isinstance(parsed, list) and len(parsed) == 1 and isinstance(parsed[0], str):
        said = parsed[0].casefold()
    ranked = _ranking_in(parsed, names) if isinstance(parsed, list) else None
    if ranked is None and (">" in said or "=" in said):
        ranked = [[_place(one.strip(), names) for one in group.split("=")] for group in said.split(">")]
    if ranked is None:
        best = _place(said, names)
        rest = tuple(i for i in range(len(names)) if i != best)
        return ((best,), rest), None
    flat = [place for group in ranked for place in group]
    if sorted(flat) != list(range(len(names))):
        raise _OddRowError(say("Its ranking does not name every answer once."))
    return tuple(tuple(sorted(group)) for group in ranked), None


def _ranking_in(parsed: list[Any], names: Sequence[set[str]]) -> list[list[int]] | None:
    """Ranks as Argilla keeps them, perhaps inside of an answer by an annotator; None where there are none."""
    by_rank: dict[int, list[int]] = {}
    for one in parsed:
        if not isinstance(one, Mapping):
            return None
        if "values" in one:
            for question in one["values"].values() if isinstance(one["values"], Mapping) else ():
                inner = question.get("value") if isinstance(question, Mapping) else None
                found = _ranking_in(inner, names) if isinstance(inner, list) else None
                if found:
                    return found
            return None
        if "rank" not in one or "value" not in one:
            return None
        by_rank.setdefault(int(one["rank"]), []).append(_place(str(one["value"]).casefold(), names))
    return [by_rank[rank] for rank in sorted(by_rank)] or None


def _place(said: str, names: Sequence[set[str]]) -> int:
    found = [i for i, called in enumerate(names) if said in called]
    if len(found) != 1:
        raise _OddRowError(say("“{name}” names none of its answers.", name=said[:40]))
    return found[0]


def _ratings(cell: str, count: int) -> tuple[int, ...]:
    if not cell:
        return ()
    found = _json(cell)
    if not isinstance(found, list) or len(found) != count:
        raise _OddRowError(say("Its ratings are not one for each answer."))
    if any(isinstance(r, bool) or not isinstance(r, int | float) or not 0 <= r <= BEST_RATING for r in found):
        raise _OddRowError(say("A rating is no number from 0 to {most}.", most=str(BEST_RATING)))
    return tuple(round(r) for r in found)


def _json(cell: str) -> Any:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return None
