"""Signatures with a meaning: who stands for what, as it was at a moment.

What is signed is a few lines of canonical JSON (`Signed.body`), not the thing itself: they name it by a digest, so that
a signature stays true of what was signed whatever comes later, and anybody can tell whether it is still the same.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import Sentence, say, say_n

LONGEST_WORDS: Final = 300
VERSION: Final = "hitl-signature-v1"


class Meaning(StrEnum):
    """What a person says with a signature."""

    REVIEWED = "reviewed"
    APPROVED = "approved"
    OWN_WORDS = "own words"


class Subject(StrEnum):
    """What was signed."""

    PROJECT = "project"
    """All decisions up to a number."""
    CERTIFICATE = "certificate"
    FILE = "file"
    """An export, a report, or any other file."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature says. `name` and `role` are as they were then; `words` are the signer's own, "" for none.

    `what` names the subject: "" for the project, the number of a certificate, the name of a file. `digest` is the
    SHA-256 (hex) of its content. `decisions` is the number of the last decision there was, `decisions_digest` the
    digest of all up to it; `record` and `record_hash`
    are the head of the project's record of events then (0 and "" where it kept none).
    `auth` says how the person had proved themselves.
    """

    subject: Subject
    what: str
    digest: str
    meaning: Meaning
    words: str
    reviewer_id: str
    name: str
    role: str
    auth: str
    at_utc: str
    project: str
    decisions: int
    decisions_digest: str
    record: int
    record_hash: str
    program: str

    def body(self) -> str:
        """What is signed, word for word: JSON with sorted keys, no blanks, ASCII only."""
        values = {f.name: getattr(self, f.name) for f in fields(self)} | {"version": VERSION}
        return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)

    @classmethod
    def of(cls, body: str) -> "Signed":
        """The inverse of `body`. Raises ValueError for what is none."""
        try:
            values: Mapping[str, Any] = json.loads(body)
            if values["version"] != VERSION:
                raise ValueError(values["version"])
            found = {f.name: values[f.name] for f in fields(cls)}
            found |= {"subject": Subject(found["subject"]), "meaning": Meaning(found["meaning"])}
            for name, value in found.items():
                wanted = int if name in ("decisions", "record") else str
                if not isinstance(value, wanted):
                    raise ValueError(name)
            return cls(**found)
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError(str(error)) from error


def usable_words(meaning: Meaning, words: str) -> str:
    """The signer's own words as they are signed. Raises KnownError where there are none and the meaning is theirs."""
    clean = " ".join(words.split())
    if len(clean) > LONGEST_WORDS or (clean and not clean.isprintable()):
        raise KnownError(
            say("The words of a signature have at most {n} printable characters.", n=LONGEST_WORDS),
            say("Say it shorter."),
        )
    if meaning is Meaning.OWN_WORDS and not clean:
        raise KnownError(
            say("A signature says what it means."), say("Choose a meaning, or write it in your own words.")
        )
    return clean


class Holds(StrEnum):
    """Whether a signature holds."""

    YES = "yes"
    SINCE = "since"
    """It holds for what was signed, and there is more now."""
    CHANGED = "changed"
    """What was signed is not what is here."""
    FORGED = "forged"
    """The signature, or what it says, is not what the key has signed, or the key is nobody's on record."""
    UNKNOWN = "unknown"
    """What was signed is not at hand to compare."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A signature and what became of it. `since` is how many decisions came after it; None where that is not known."""

    number: int
    signed: Signed | None
    holds: Holds
    why: Sentence
    since: int | None = None


def words_of(holds: Holds, signed: Signed | None, since: int | None) -> Sentence:
    """What became of a signature, in words."""
    if holds is Holds.FORGED or signed is None:
        return say("It is not what this reviewer signed: the signature or what it says was changed.")
    if holds is Holds.CHANGED:
        changed: dict[Subject, Sentence] = {
            Subject.PROJECT: say("Decisions that were signed are not the same any more."),
            Subject.CERTIFICATE: say("The certificate that was signed is not the same any more."),
            Subject.FILE: say("This file is not the one that was signed."),
        }
        return changed[signed.subject]
    if holds is Holds.UNKNOWN:
        return say("The signature is genuine; the file is not at hand to compare.")
    if since:
        return say_n("It holds; {n} decision was made since.", "It holds; {n} decisions were made since.", since)
    return say("It holds; nothing was decided since.")
