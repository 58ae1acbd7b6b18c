"""Conversations in tables: one in a cell (a list of messages, or lines that begin with a name), or a turn in each row.

Nothing is guessed silently: a turn that is empty, a role that is not known, an order that does not add up and an id
that stands for two conversations are told by row, and the row is left out.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from hitl_desktop.domain.conversations import MOST_TURNS, Said, role_of, to_text
from hitl_desktop.domain.conversations import Role as Speaker
from hitl_desktop.domain.sentences import Sentence, say
from hitl_desktop.exchange.row_parts import Choice, Composed, Layout, Role, RowKind
from hitl_desktop.exchange.table_records import ColumnGuess, Row, TableGuess
from hitl_desktop.language import mark

_WHOLE: Final = ("messages", "conversation", "conversations", "dialog", "dialogue", "transcript", "chat", "turns")
_IDS: Final = ("conversation_id", "conversationid", "conversation", "dialog_id", "dialogue_id", "chat_id", "thread_id",
               "session_id", "ticket_id", "case_id", "thread", "dialog", "dialogue", "chat")  # fmt: skip
_SPEAKERS: Final = ("role", "speaker", "author", "sender", "from", "participant")
_TEXTS: Final = ("text", "content", "message", "utterance", "body", "value")
_ORDERS: Final = ("turn", "turn_id", "turn_number", "turn_index", "order", "position", "index", "seq", "sequence",
                  "line", "time", "timestamp", "at", "sent_at", "created_at", "date")  # fmt: skip
_LINE: Final = re.compile(
    r"[ \t]*(?:[\[(]?(?:\d{4}-\d{2}-\d{2}[ T])?\d{1,2}:\d{2}(?::\d{2})?[\])]?[ \t]*[-–]?[ \t]*)?"
    r"(?P<name>[^\W\d_][^:\n]{0,39}?)[ \t]*[:：](?!//)[ \t]*(?P<said>.*)"
)
FIRST: Final = "first"
"""The option that says who the first speaker is where names are no words for roles."""
_SIDES: Final = {Speaker.CUSTOMER: Speaker.AGENT, Speaker.AGENT: Speaker.CUSTOMER}


class _OddError(Exception):
    """A row that cannot be used, with the sentence that says why."""

    def __init__(self, why: Sentence) -> None:
        super().__init__(why.english())
        self.why = why


def guess(table: TableGuess) -> Layout | None:
    """A conversation in a cell, or in rows of turns; None where it looks like neither."""
    named = {column.name.rsplit(".", 1)[-1].strip().casefold().replace(" ", "_"): column for column in table.columns}
    speaker, text = _first(named, _SPEAKERS), _first(named, _TEXTS)
    identity = _first(named, _IDS)
    if speaker and text and identity and identity.distinct < 1 and _speaks_roles(speaker):
        order = _first(named, _ORDERS)
        roles = {"conversation": (identity.name,), "speaker": (speaker.name,), "text": (text.name,)}
        return Layout(roles | ({"order": (order.name,)} if order else {}))
    likely = [named[name] for name in _WHOLE if name in named]
    for column in [*likely, *(c for c in table.columns if c not in likely)]:
        if column.samples and all(_looks_like_talk(sample) for sample in column.samples):
            return Layout({"messages": (column.name,)})
    return None


def refusal(layout: Layout) -> Sentence | None:
    """What is missing: a column of conversations, or those of rows of turns."""
    if layout.roles.get("messages"):
        return None
    if all(layout.roles.get(role) for role in ("conversation", "speaker", "text")):
        return None
    return say("No column holds conversations, and no columns hold their turns.")


def compose(values: Mapping[str, str], layout: Layout) -> Composed | Sentence:
    """One conversation made of a row's cells; or why there is none."""
    column = layout.first("messages") or layout.first("text") or ""
    first = Speaker(layout.options.get(FIRST, Speaker.CUSTOMER.value))
    try:
        turns = _turns(values.get(column, ""), first)
        _check(turns)
    except _OddError as odd:
        return odd.why
    return Composed(to_text(turns))


def join(rows: Iterable[Row], layout: Layout) -> Iterator[Row]:
    """Rows of turns → a row for each conversation, its turns as a list of messages in the column of the text.

    Turns are put in order by the column for it, numbers as numbers; without one, as they come, as long as they stand
    together. The other cells are those of the first row that has one. Rows of whole conversations are left as they are.
    """
    identity, text = layout.first("conversation"), layout.first("text")
    if layout.roles.get("messages") or identity is None or text is None:
        yield from rows
        return
    groups: dict[str, list[Row]] = {}
    apart: set[str] = set()
    last: str | None = None
    for row in rows:
        key = row.values.get(identity, "").strip()
        if row.problem or not key:
            yield row if row.problem else replace(row, problem=say("This turn belongs to no conversation."))
            continue
        if key in groups and key != last:
            apart.add(key)
        groups.setdefault(key, []).append(row)
        last = key
    for key, turns in groups.items():
        yield _joined(turns, layout, text, is_apart=key in apart)


def _joined(rows: Sequence[Row], layout: Layout, text: str, *, is_apart: bool) -> Row:
    first = rows[0]
    order, speaker = layout.first("order"), layout.first("speaker") or ""
    oddities = tuple(dict.fromkeys(oddity for row in rows for oddity in row.oddities))
    if order is None and is_apart:
        why = say("Its turns stand apart, and no column says their order: its id may stand for two conversations.")
        return replace(first, problem=why)
    if order is not None:
        places = [row.values.get(order, "").strip() for row in rows]
        if any(not place for place in places):
            return replace(first, problem=say("A turn of it has no place in the order."))
        if len(set(places)) < len(places) and is_apart:
            why = say("Two of its turns have the same place: its id stands for two conversations.")
            return replace(first, problem=why)
        if len(set(places)) < len(places) and not _is_time(places):
            return replace(first, problem=say("Two of its turns have the same place."))
        rows = [row for _, row in sorted(zip(places, rows, strict=True), key=lambda pair: _order_key(pair[0]))]
    merged: dict[str, str] = {}
    for row in rows:
        for name, value in row.values.items():
            merged[name] = merged.get(name) or value
    messages = [{"role": row.values.get(speaker, ""), "text": row.values.get(text, "")} for row in rows]
    merged[text] = json.dumps(messages, ensure_ascii=False)
    return Row(first.number, merged, None, oddities)


def _order_key(place: str) -> tuple[int, float, str]:
    try:
        return (0, float(place.replace(",", ".")), "")
    except ValueError:
        return (1, 0.0, place)


def _is_time(places: Sequence[str]) -> bool:
    """Turns of one minute may share their time: then they stay as they come."""
    return all(":" in place or "-" in place for place in places)


def _turns(cell: str, first: Speaker) -> tuple[Said, ...]:
    if not cell.strip():
        raise _OddError(say("The conversation is empty."))
    found = _json(cell) if cell.lstrip()[:1] in ("[", "{") else None
    is_timed = found is None and _LINE.match(cell.lstrip()) is not None
    if cell.lstrip()[:1] in ("[", "{") and not is_timed:
        if isinstance(found, Mapping):
            found = next((found[name] for name in _WHOLE if isinstance(found.get(name), list)), None)
        if not isinstance(found, list):
            raise _OddError(say("It is no list of messages."))
        return _of_messages(found, first)
    return _of_lines(cell, first)


def _of_messages(found: Sequence[Any], first: Speaker) -> tuple[Said, ...]:
    turns = []
    before: float | None = None
    for number, one in enumerate(found, 1):
        if not isinstance(one, Mapping):
            raise _OddError(say("Turn {n} is no message with a role and a text.", n=str(number)))
        speaker = next((str(one[name]) for name in _SPEAKERS if one.get(name)), "")
        text = next((_said(one[name]) for name in _TEXTS if one.get(name)), "")
        place = next((one[name] for name in ("turn", "turn_id", "index", "order", "position") if name in one), None)
        if isinstance(place, int | float) and not isinstance(place, bool):
            if before is not None and place <= before:
                raise _OddError(say("Its turns are out of order: turn {n} comes too late.", n=str(number)))
            before = float(place)
        if not text.strip() and one.get("tool_calls"):
            continue  # nothing was said: the program asked a tool
        turns.append((number, speaker, text))
    return _with_roles(turns, first, are_names=False)


def _said(value: Any) -> str:
    """What is said; it may come in parts: [{"type": "text", "text": …}]."""
    if isinstance(value, list):
        return "\n".join(_said(part.get("text", "")) if isinstance(part, Mapping) else _said(part) for part in value)
    return value if isinstance(value, str) else ""


def _of_lines(cell: str, first: Speaker) -> tuple[Said, ...]:
    """Lines that begin with a name; what does not goes on with the turn before."""
    turns: list[tuple[str, list[str]]] = []
    heads = [(line, _LINE.fullmatch(line)) for line in cell.splitlines()]
    begins = Counter(head.group("name").strip() for _, head in heads if head is not None)
    for line, head in heads:
        name = "" if head is None else head.group("name").strip()
        if head is not None and (not turns or _may_speak(name, begins)):
            turns.append((name, [head.group("said")]))
        elif turns:
            turns[-1][1].append(line)
        elif line.strip():
            raise _OddError(say("It does not begin with who speaks."))
    said = ((number, name, "\n".join(lines).strip()) for number, (name, lines) in enumerate(turns, 1))
    return _with_roles(list(said), first, are_names=True)


def _may_speak(name: str, begins: Mapping[str, int]) -> bool:
    """A word for a role, or a name that begins more than one line. `begins` counts the lines that a name begins."""
    return role_of(name) is not None or begins[name] > 1


def _with_roles(turns: Sequence[tuple[int, str, str]], first: Speaker, *, are_names: bool) -> tuple[Said, ...]:
    """Names may stand for roles in lines: the first one is who the user says. In messages roles have to be known."""
    named: dict[str, Speaker] = {}
    found = []
    for number, speaker, text in turns:
        role = role_of(speaker)
        if role is None and not are_names:
            if not speaker:
                raise _OddError(say("Turn {n} does not say who speaks.", n=str(number)))
            raise _OddError(
                say("Turn {n} is by “{role}”, which is no role that is known.", n=str(number), role=speaker[:40])
            )
        if not text.strip():
            raise _OddError(say("Turn {n} is empty.", n=str(number)))
        is_name = role is None
        if role is None:
            role = named.setdefault(speaker.casefold(), first if not named else _SIDES[first])
        found.append(Said(role, text.strip(), speaker if is_name else ""))
    return tuple(found)


def _check(turns: Sequence[Said]) -> None:
    if not any(said.role in (Speaker.CUSTOMER, Speaker.AGENT) for said in turns):
        raise _OddError(say("Nobody speaks in it."))
    if len(turns) > MOST_TURNS:
        raise _OddError(say("It has more than {n} turns.", n=str(MOST_TURNS)))


def _first(named: Mapping[str, ColumnGuess], names: Iterable[str]) -> ColumnGuess | None:
    return next((named[name] for name in names if name in named), None)


def _speaks_roles(column: ColumnGuess) -> bool:
    return any(role_of(sample) is not None for sample in column.samples)


def _looks_like_talk(sample: str) -> bool:
    """The beginning of a list of messages, or of a line that a role begins. Samples are shortened."""
    start = sample.lstrip()
    if start.startswith("[") and re.match(r'\[\s*\{\s*"(?:role|speaker|from|author|sender|content|text|value)"', start):
        return True
    head = re.match(r"([A-Za-z][A-Za-z ]{0,20})[ \t]*:", start)
    return head is not None and role_of(head.group(1)) is not None


def _json(cell: str) -> Any:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return None


TALK_ROWS: Final = RowKind(
    name="conversation",
    roles=(
        Role("messages", mark("Conversation in one cell")),
        Role("conversation", mark("Conversation of a turn")),
        Role("speaker", mark("Who speaks")),
        Role("text", mark("What is said")),
        Role("order", mark("Place of a turn")),
    ),
    guess=guess,
    compose=compose,
    choices=(
        Choice(
            FIRST,
            mark("Who speaks first, where names are no roles"),
            (("customer", mark("The customer")), ("agent", mark("Whoever answers"))),
        ),
    ),
    refusal=refusal,
    join=join,
    identity=lambda layout: layout.first("conversation"),
)
