"""Reviewers: named people who decide, perhaps with a password, and what an event knows of who made it.

A profile belongs to the program of one user of a machine (`workflow/reviewers.py` keeps it there); the project keeps a
copy of what everybody may read of it, so that its record says who decided. A name may change: the id never does.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say

LONGEST_NAME: Final = 80
LONGEST_ROLE: Final = 120
SHORTEST_PASSWORD: Final = 8
"""Characters. NIST SP 800-63B asks for eight where a person chooses, and for no rules about their sorts."""
LONGEST_PASSWORD: Final = 1024
RESERVED: Final = frozenset({"automatic", "import"})
"""What stands in the record where nobody decided."""
_FREE_TRIES: Final = 3
_LONGEST_WAIT: Final = 300.0


class Auth(StrEnum):
    """How the program knows that a person is who they say."""

    NONE = "none"
    """They said so: nothing was asked."""
    PASSWORD = "password"  # noqa: S105 - the word for it, not one
    """They gave the password of the profile, in the session that the event belongs to."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """What everybody may read of a profile, and what the project keeps of it.

    `uuid` never changes. `role` is free text, such as "radiologist". `has_password` tells whether one is asked for;
    `public_key` (hex, Ed25519) is what signatures of this reviewer are checked with, "" before there was any.
    """

    uuid: str
    name: str
    role: str = ""
    has_password: bool = False
    public_key: str = ""
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Sitting:
    """Who is at work now. `reviewer_id` is "" for a name that has no profile, as the command line may give one.

    `is_locked`: nobody has said who is there, or the password has not been given, so nothing may be done in this name.
    """

    name: str
    reviewer_id: str = ""
    auth: Auth = Auth.NONE
    is_locked: bool = False

    def check(self) -> None:
        """Raise KnownError where nothing may be done in this name yet."""
        if self.is_locked:
            raise KnownError(
                say("Nobody has signed in as {name}.", name=self.name),
                say("Sign in first: nothing was changed."),
            )


def usable_name(name: str) -> str:
    """The name as it goes on record: one space between words, none around. Raises KnownError for one that nobody could
    read there, or that stands for something else.
    """
    clean = " ".join(unicodedata.normalize("NFC", name).split())
    if not clean or not clean.isprintable() or len(clean) > LONGEST_NAME:
        raise KnownError(
            say("A reviewer needs a name of 1 to {n} printable characters.", n=LONGEST_NAME), say("Give another name.")
        )
    if clean.casefold() in RESERVED:
        raise KnownError(say("{name} stands for decisions that nobody made.", name=clean), say("Give another name."))
    return clean


def usable_role(role: str) -> str:
    """The role as it goes on record. Raises KnownError for one that is too long or cannot be read."""
    clean = " ".join(unicodedata.normalize("NFC", role).split())
    if len(clean) > LONGEST_ROLE or (clean and not clean.isprintable()):
        raise KnownError(say("A role has at most {n} printable characters.", n=LONGEST_ROLE), say("Say it shorter."))
    return clean


def usable_password(password: str, name: str) -> str:
    """The password in one spelling: what looks the same is the same on every keyboard (NFC, as RFC 8265 has it).

    Raises KnownError for one that is too short or too long, or is the reviewer's name.
    """
    clean = unicodedata.normalize("NFC", password)
    if not SHORTEST_PASSWORD <= len(clean) <= LONGEST_PASSWORD:
        raise KnownError(
            say("A password has {least} to {most} characters.", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD),
            say("Several words in a row are easy to keep in mind."),
        )
    if clean.casefold() == name.casefold():
        raise KnownError(say("The password is the name."), say("Choose another one."))
    return clean


def wait_after(failures: int) -> float:
    """Seconds to wait before the next try, after so many wrong passwords in a row: none for the first three, then one,
    and twice as many each time, five minutes at most.
    """
    if failures < _FREE_TRIES:
        return 0.0
    return min(_LONGEST_WAIT, 2.0 ** min(failures - _FREE_TRIES, 32))


def still_to_wait(failures: int, failed_at: float, now: float) -> float:
    """Seconds left of that wait at `now`. A clock that was put back gains nothing: the whole wait is due again."""
    due = wait_after(failures)
    since = now - failed_at
    return due if since < 0 else max(0.0, due - since)
