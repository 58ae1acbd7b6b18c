"""The record: events chained by their hashes, so that whatever is changed afterwards shows.

An event is a line of canonical JSON (RFC 8785). Its hash is SHA-256 of a mark, the hash of the event before it (32 zero
bytes before the first) and the line itself. Fields that every event has:

    n     its number, from 1 without a gap
    at    when, UTC by the clock of the computer
    up    milliseconds that the computer had been running by then: no change of the clock moves it
    in    number of the `opened` event of its session, which says program, schema, time zone, computer and account
    do    what happened: `rows` were added, a `row` was changed, or one of `Happening`

Events about rows say in `of` the table and in `sha` the digest of their contents (`store/record_rows.py`): a decision
is a row already, and is not told twice. `first` and `last` are the numbers of rows added, `key` the row that changed.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from hitl_desktop.domain.sentences import Sentence

CHAIN_MARK: Final = b"hitl-record-v1\0"
BEFORE_THE_FIRST: Final = bytes(32)
ANCHOR_MARK: Final = b"hitl-anchor-v1\0"
JUMP_MS: Final = 2_000
"""The clock of the computer and the time it has been running may drift apart by so much between two events."""


class Happening(StrEnum):
    """What is on record beside rows that were added or changed."""

    BEGUN = "begun"
    """The record begins; `was` counts the rows that were there before it did."""
    MOVED = "moved"
    """The folder is not where its last anchor was made: a copy, perhaps, beside the one it was copied from. From here
    on it is a record of its own, with the id `project`."""
    OPENED = "opened"
    CLOSED = "closed"
    MIGRATED = "migrated"
    CLOCK = "clock"
    """The clock was set, or the computer slept: `by_ms` is how far it moved against the time it had been running."""
    ZONE = "zone"
    EXPORTED = "exported"
    REPORTED = "reported"
    """A report of the figures was written."""
    COPIED = "copied"
    """Pictures were copied without names, to give away: `files` of them."""
    PACKED = "packed"
    RECEIVED = "received"
    CONTINUED = "continued"
    """Somebody went on working although the record was not intact, first of all at event `after`."""
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    REBUILT = "rebuilt"
    BESIDE = "beside"
    """What lies beside the arrays of model `version` is about to change: `file` will have the SHA-256 `sha`."""
    TRAINED = "trained"
    NOT_TRAINED = "not_trained"
    """A training of `decisions` events was stopped or failed: `why` is "cancelled", "refused" or the sort of error."""


ANCHORED_AT: Final = frozenset(
    {
        *(Happening.OPENED, Happening.CLOSED, Happening.EXPORTED, Happening.REPORTED, Happening.COPIED),
        *(Happening.PACKED, Happening.BACKED_UP, Happening.RESTORED),
    }
)
"""After these the chain is anchored at once; after others every hundred events. A session is from its beginning, so
that whose it was can be told although it was cut off."""
BETWEEN_ANCHORS: Final = 100


def chained(before: bytes, body: str) -> bytes:
    """The hash of an event that follows the one with the hash `before`; 32 bytes."""
    return hashlib.sha256(CHAIN_MARK + before + body.encode("utf-8")).digest()


def anchor_message(project: str, number: int, digest: bytes, at_utc: str) -> bytes:
    """What an anchor signs: that the event `number` of the record `project` had this hash at that time."""
    return ANCHOR_MARK + canonical({"at": at_utc, "hash": digest.hex(), "n": number, "project": project}).encode()


_PLAIN: Final = frozenset({str, int, bool})
_plain_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, check_circular=False, separators=(",", ":")).encode


def canonical(value: Any) -> str:
    """Canonical JSON by RFC 8785: keys sorted by their UTF-16 units, no spaces, numbers as ECMAScript writes them.

    A lone surrogate, which has no UTF-8, is written as an escape. Raises ValueError for numbers that JSON has not.
    """
    if type(value) is dict and _PLAIN.issuperset(map(type, value.values())):  # nearly all events, one with every key
        text = _plain_json(value)
        if text.isascii():  # then the keys are sorted by their UTF-16 units too
            return text
    return _canonical(value)


def _canonical(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: str(key).encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_text(str(key))}:{_canonical(value[key])}" for key in keys) + "}"
    return "[" + ",".join(map(_canonical, value)) + "]"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")


def _number(value: float) -> str:
    """As ECMAScript does: the shortest digits that give the same number again, which Python finds too."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is no number of JSON")
    if value == 0:
        return "0"
    sign, digits, exponent = "-" if value < 0 else "", *_digits(abs(value))
    if 0 < exponent <= 21:
        whole = digits.ljust(exponent, "0")
        return sign + whole[:exponent] + ("." + whole[exponent:] if len(whole) > exponent else "")
    if -6 < exponent <= 0:
        return f"{sign}0.{'0' * -exponent}{digits}"
    power = exponent - 1
    return f"{sign}{digits[0]}{'.' + digits[1:] if len(digits) > 1 else ''}e{'+' if power > 0 else '-'}{abs(power)}"


def _digits(value: float) -> tuple[str, int]:
    """Digits d and exponent n with value = 0.d · 10ⁿ, without zeros at the end."""
    mantissa, _, power = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    exponent = len(whole) if whole != "0" else len(digits) - len(fraction)
    return digits.rstrip("0") or "0", exponent + int(power or 0)


class Part(StrEnum):
    """Where something does not fit."""

    CHAIN = "chain"
    ANCHOR = "anchor"
    ROWS = "rows"
    STATE = "state"
    SECOND_RECORD = "second record"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as the record has it: where, the number of the event (None where there is none to name),
    when that was by the event's own words, and what it is.
    """

    part: Part
    event: int | None
    at_utc: str
    what: Sentence

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {"part": self.part.value, "event": self.event, "at": self.at_utc, "what": self.what.english()}


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """What looking through a record came to. `head` is the last event's hash, `began` when the record begins.

    `notes` are what whoever trusts it should know, and no faults: that it was restored, that its anchors were signed on
    another computer. `decisions` and `anchors` are how many were looked at; `outside` how many anchors there are beside
    the database; `unvouched` how many events come after the last anchor, as they do while somebody works, and after the
    program was ended. Of many faults only the first are listed; `faulty` counts them.
    """

    events: int
    head: str
    began: str
    decisions: int
    anchors: int
    outside: int
    unvouched: int
    faults: tuple[Fault, ...]
    faulty: int
    notes: tuple[Sentence, ...] = ()

    @property
    def is_intact(self) -> bool:
        """True when nothing was found that does not fit."""
        return self.faulty == 0

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "intact": self.is_intact,
            "events": self.events,
            "head": self.head,
            "began": self.began,
            "decisions": self.decisions,
            "anchors": self.anchors,
            "anchors_outside": self.outside,
            "events_after_the_last_anchor": self.unvouched,
            "faults": self.faulty,
            "first_faults": [fault.plain() for fault in self.faults],
            "notes": [note.english() for note in self.notes],
        }
