"""Conversations in a text: who speaks when, in the formats that are common.

Lines that begin with a name ("Anna: Hello", "[10:02] Anna: Hello", "Anna<tab>Hello"), and JSON: a list of objects with
a speaker (role, speaker, from, …) and what is said (content, text, …), also one object per line, or under "messages".
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hitl_desktop.kinds.shown_text import ShownLine, ShownText, lines_of

Span = tuple[int, int]

_SPEAKER_KEYS: Final = ("speaker", "role", "from", "author", "sender", "name", "user")
_SAID_KEYS: Final = ("content", "text", "value", "message", "utterance", "body")
_ROLES: Final = frozenset((
    "user", "assistant", "system", "human", "ai", "bot", "agent", "customer", "client", "caller", "operator",
    "support", "patient", "doctor", "dr", "nurse", "interviewer", "interviewee", "q", "a", "question",
    "answer", "moderator", "participant", "speaker", "tool", "model", "visitor", "advisor", "seller", "buyer",
))  # fmt: skip
"""Words that name whoever speaks, in lower case: with them two turns are a conversation."""
_HEADERS: Final = frozenset((
    "from", "to", "cc", "bcc", "sent", "date", "subject", "re", "fw", "fwd", "von", "an", "datum", "betreff",
    "note", "notes", "url", "http", "https",
))  # fmt: skip
"""Words before a colon that name nobody who speaks."""
_MOST_SPEAKERS: Final = 12
_FEW: Final = 3
_LOOKED_AT: Final = 60
"""Lines that are not blank from the beginning, of which some have to begin with a speaker."""
MOST_CHARACTERS: Final = 500_000
"""Longer texts are not looked through: it would take too long beside the window."""
_LONGEST_NAME: Final = 40
_TIME: Final = (
    r"(?:[\[(]?(?:\d{1,4}[-./]\d{1,2}[-./]\d{1,4},?[T \t]*)?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[ ]?[AaPp][Mm])?[\])]?"
    r"[ \t]*[-–—]?[ \t]*)?"
)
_LINE: Final = re.compile(
    r"[ \t]*" + _TIME + r"(?P<speaker>[^\s:：\t|][^:：\t|\r\n]{0,39}?)[ \t]*(?P<mark>:(?!//)|：|\t|\|)[ \t]*"
    r"(?P<said>[^\r\n]*)"
)
_STRETCH: Final = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]', re.DOTALL)
_TITLES: Final = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St)\.")
_NO_NAME: Final = re.compile(r"[.?!,;\"()<>{}=/\\]")
_ESCAPE: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says: the characters `start` to `end` of the stored text; in JSON, what stands in the quotes.

    `at` is where the turn begins, with its speaker. `is_json`: escapes stand for characters.
    """

    speaker: str
    at: int
    start: int
    end: int
    is_json: bool = False


def turns_of(text: str) -> list[Turn]:
    """The turns of a conversation, in order; none when the text is something else."""
    if len(text) > MOST_CHARACTERS:
        return []
    found = _of_json(text) if text.lstrip()[:1] in ("[", "{") else []
    return found or _of_lines(text)


def turns_in_json(text: str) -> list[Turn]:
    """The turns of a conversation that is known to be JSON, however few they are."""
    return _of_json(text, least=1) if len(text) <= MOST_CHARACTERS else []


def in_turns(text: str, turns: Sequence[Turn]) -> ShownText:
    """A conversation as it is read: a heading with number and speaker above what each one says."""
    found: list[ShownLine] = []
    before = turns[0].at if turns else len(text)
    if not turns or (text[:before].strip() and not turns[0].is_json):
        found += lines_of(text[:before].rstrip())
    for number, turn in enumerate(turns):
        found.append(ShownLine(heading(number, turn.speaker), turn.at, number, is_heading=True))
        said = text[turn.start : turn.end]
        if turn.is_json:
            found += _json_lines(said, turn.start, number)
        else:
            found += lines_of(said.rstrip(), turn.start, number)
    return ShownText(found)


def heading(number: int, speaker: str) -> str:
    """What stands above a turn; numbers count from 1 where people see them."""
    return f"{number + 1} · {' '.join(speaker.split()) or '–'}"


def sides(turns: Sequence[Turn]) -> dict[str, int]:
    """The side of each speaker, 0 for the first one's and 1 for the other: whoever comes new takes turns."""
    found: dict[str, int] = {}
    for turn in turns:
        found.setdefault(_folded(turn.speaker), len(found) % 2)
    return found


def side_of(speaker: str, found: dict[str, int]) -> int:
    """The side of one speaker."""
    return found.get(_folded(speaker), 0)


def _folded(speaker: str) -> str:
    return " ".join(speaker.split()).casefold()


def _of_lines(text: str) -> list[Turn]:
    heads: list[tuple[int, int, str]] = []
    looked_at = 0
    for stretch in _STRETCH.finditer(text):
        if stretch.group(1).strip():
            looked_at += 1
            head = _LINE.fullmatch(stretch.group(1)) if len(stretch.group(1)) < 100_000 else None
            if head is not None and _may_speak(head):
                at = stretch.start()
                heads.append((at, at + head.start("said"), head.group("speaker").strip()))
            if looked_at == _LOOKED_AT and len(heads) < 2:
                return []
        if not stretch.group(2):
            break
    return _turns(text, _trusted(heads))


def _may_speak(head: re.Match[str]) -> bool:
    """A name: few words, with a letter, and beginning with a capital where the script has them; or a role."""
    speaker = head.group("speaker").strip()
    if _folded(speaker).rstrip("0123456789 #") in _ROLES:
        return True
    if (
        _folded(speaker) in _HEADERS
        or len(speaker) > _LONGEST_NAME
        or len(speaker.split()) > 4
        or not any(c.isalpha() for c in speaker)
    ):
        return False
    if _NO_NAME.search(_TITLES.sub("", speaker)):
        return False
    first = next(c for c in speaker if c.isalpha())
    return not first.islower()


def _trusted(heads: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The heads, if they look like a conversation; else none. A record of fields names each of them once."""
    counts = Counter(_folded(speaker) for _, _, speaker in heads)
    if len(counts) < 2:
        return []
    roles = [h for h in heads if _folded(h[2]).rstrip("0123456789 #") in _ROLES]
    speaking = {name for name, count in counts.items() if count > 1}
    speaking |= {_folded(speaker) for _, _, speaker in roles}
    kept = [head for head in heads if _folded(head[2]) in speaking]
    names = {_folded(head[2]) for head in kept}
    is_talk = len(names) >= 2 and len(names) <= _MOST_SPEAKERS and (len(kept) >= 3 or len(roles) == len(kept) == 2)
    if not is_talk and len(heads) >= 3 and len(counts) <= _FEW and len(speaking) == 1:
        kept, is_talk = list(heads), len(heads) > len(counts)  # one speaks again, the others once each
    return kept if is_talk else []


def _turns(text: str, heads: Sequence[tuple[int, int, str]]) -> list[Turn]:
    ends = [*(at for at, _, _ in heads[1:]), len(text)]
    return [Turn(speaker, at, start, end) for (at, start, speaker), end in zip(heads, ends, strict=False)]


def _of_json(text: str, least: int = 2) -> list[Turn]:
    """Turns of a JSON text, or of one object per line."""
    if not _is_json(text):
        return []
    found: list[Turn] = []
    objects: list[dict[str, Span] | None] = []  # None for a list
    keys: list[str] = []
    key, is_key = "", False
    for token in _TOKEN.finditer(text):
        sign = token.group()
        if sign in "{[":
            objects.append({} if sign == "{" else None)
            keys.append(key)
            is_key = sign == "{"
        elif sign in "}]":
            _close(text, objects, keys, found)
            is_key = False
        elif sign == ",":
            is_key = bool(objects) and objects[-1] is not None
        elif sign == ":":
            is_key = False
        elif is_key:
            key = json.loads(sign)
        elif objects and objects[-1] is not None:
            objects[-1].setdefault(key, (token.start() + 1, token.end() - 1))
    found.sort(key=lambda turn: turn.start)
    return found if len(found) >= least else []


def _close(text: str, objects: list[dict[str, Span] | None], keys: list[str], found: list[Turn]) -> None:
    """An object or a list ends. What is said may stand in parts inside of it: {"type": "text", "text": …}."""
    if not objects:
        return
    ended, key = objects.pop(), keys.pop()
    if ended is None:
        return
    said = next((ended[name] for name in _SAID_KEYS if name in ended), None)
    speaker = next((ended[name] for name in _SPEAKER_KEYS if name in ended and ended[name] != said), None)
    if said is None:
        return
    if speaker is not None:
        name = json.loads(f'"{text[speaker[0] : speaker[1]]}"')
        found.append(Turn(str(name), min(speaker[0], said[0]), said[0], said[1], is_json=True))
        return
    parent = next((o for o in reversed(objects) if o is not None), None)
    if parent is not None and key in _SAID_KEYS:
        parent.setdefault(key, said)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            return len(lines) > 1 and all(isinstance(json.loads(line), dict) for line in lines)
        except (ValueError, RecursionError):
            return False
    return True


def unquoted(quoted: str, start: int) -> tuple[list[str], list[int]]:
    """The characters of what stands in the quotes of a JSON text from `start` on, and the place of each there."""
    characters: list[str] = []
    places: list[int] = []
    at = 0
    for escape in _ESCAPE.finditer(quoted):
        characters += quoted[at : escape.start()]
        places += range(start + at, start + escape.start())
        for character in json.loads(f'"{escape.group()}"'):
            characters.append(character)
            places.append(start + escape.start())
        at = escape.end()
    characters += quoted[at:]
    places += range(start + at, start + len(quoted))
    return characters, places


def _json_lines(quoted: str, start: int, turn: int) -> list[ShownLine]:
    """The lines of what stands in quotes, each character at the place of its escape."""
    characters, places = unquoted(quoted, start)
    said = "".join(characters)
    lines = lines_of(said, 0, turn)
    found = []
    for line in lines:
        own = places[line.start : line.start + len(line.text)]
        first = own[0] if own else (places[line.start] if line.start < len(places) else start + len(quoted))
        is_plain = bool(own) and own[-1] - own[0] == len(own) - 1
        found.append(ShownLine(line.text, first, turn, places=None if is_plain else own))
    return found
