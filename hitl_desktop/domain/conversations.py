"""Conversations: turns with a role each, stored as canonical JSON, and what a model reads of them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """Who speaks."""

    CUSTOMER = "customer"
    """Whoever came with a question: a model's "user", too."""
    AGENT = "agent"
    """Whoever answers: a person or a program."""
    SYSTEM = "system"
    """Instructions that nobody said."""
    TOOL = "tool"
    """What a tool gave back."""


_WORDS: Final = {
    Role.CUSTOMER: ("customer", "user", "human", "client", "caller", "visitor", "guest", "patient", "question", "q",
                    "prompter", "usr", "buyer", "member"),
    Role.AGENT: ("agent", "assistant", "ai", "bot", "gpt", "chatbot", "operator", "support", "advisor", "adviser",
                 "representative", "rep", "model", "answer", "a", "doctor", "dr", "nurse", "seller", "staff"),
    Role.SYSTEM: ("system", "developer", "instruction", "instructions"),
    Role.TOOL: ("tool", "function", "ipython", "observation", "tool_result"),
}  # fmt: skip
_ROLES: Final = {word: role for role, words in _WORDS.items() for word in words}
LAST: Final = 3
"""So many of the customer's last turns count as the end of a conversation: what it is about now."""
MOST_TURNS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Said:
    """One turn. `name` is what the speaker is called in the data where that is not a word for the role."""

    role: Role
    text: str
    name: str = ""


Turns = tuple[Said, ...]


def role_of(word: str) -> Role | None:
    """The role that a word names, large and small letters alike; None for one that is not known."""
    return _ROLES.get(word.strip().casefold().rstrip("0123456789 #"))


def to_text(turns: Iterable[Said]) -> str:
    """Canonical JSON: a list of {"role", "text"}, with "name" where there is one. The same turns give the same text."""
    plain = [
        {"name": said.name, "role": said.role.value, "text": said.text}
        if said.name
        else {"role": said.role.value, "text": said.text}
        for said in turns
    ]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def of_text(text: str) -> Turns:
    """The inverse of `to_text`. Raises ValueError, KeyError or TypeError for anything else."""
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise ValueError("That is no conversation.") from error
    if not isinstance(found, list):
        raise TypeError("That is no conversation.")
    return tuple(Said(Role(turn["role"]), _words(turn["text"]), _words(turn.get("name", ""))) for turn in found)


def plain(text: str) -> str:
    """A stored conversation in words, a line for each turn; as it is where it is none."""
    try:
        return "\n".join(f"{said.name or said.role.value}: {said.text}" for said in of_text(text))
    except (ValueError, KeyError, TypeError):
        return text


def whole_words(text: str) -> str:
    """All that was said by people and programs, without the instructions."""
    return "\n".join(said.text for said in of_text(text) if said.role in (Role.CUSTOMER, Role.AGENT))


def last_words(text: str) -> str:
    """The customer's last `LAST` turns; all that was said where the customer is silent."""
    turns = of_text(text)
    own = [said.text for said in turns if said.role is Role.CUSTOMER]
    return "\n".join(own[-LAST:]) if own else "\n".join(said.text for said in turns)


def _words(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("That is no text.")
    return value
