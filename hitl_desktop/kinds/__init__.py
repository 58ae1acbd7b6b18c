"""The sorts of items there are. Light on purpose: the window reads this table before it paints."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hitl_desktop.domain import answers, conversations
from hitl_desktop.domain.records import line_of, without_columns
from hitl_desktop.language import mark, mark_n, trn


def as_it_is(text: str) -> str:
    """A text says what it says."""
    return text


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of item, and the words people use for it.

    `title` is said with `tr`; `counts` are the two forms of a number of items, which `counted` says.
    `suffixes` are the endings of its files, in lower case, empty where items are rows of a table;
    `extractor` is the name of its default row in `features.EXTRACTORS`.

    An item of rows is stored as a text: that of a "text", canonical JSON of any other kind, which `plain` says in
    words for lists and search. `without` empties some columns of the table where they are inside of it. `is_text` is
    True where the stored text is what people read, so that places in it mean something. `compares`: an item is a prompt
    with answers to it, and its classes say which is best, so they cannot be edited.
    """

    name: str
    title: str
    counts: tuple[str, str]
    suffixes: tuple[str, ...]
    extractor: str
    plain: Callable[[str], str] = as_it_is
    without: Callable[[str, frozenset[str]], str] = lambda text, _: text
    is_text: bool = False
    compares: bool = False

    @property
    def from_rows(self) -> bool:
        """True when its items are rows of a table, False when they are files."""
        return not self.suffixes

    def opening(self, text: str, length: int, masked: frozenset[str] = frozenset()) -> str:
        """How a stored item begins, in words and on one line: at most `length` characters, nothing of `masked`."""
        return " ".join(self.plain(self.without(text, masked))[: 4 * length].split())[:length]

    def counted(self, n: int) -> str:
        """`1 image`, `2,019 images`."""
        return trn(*self.counts, n)


DICOM_SUFFIXES: Final = (".dcm", ".dicom", ".ima")

KINDS: Final[dict[str, Kind]] = {
    "image": Kind(
        name="image",
        title=mark("Images"),
        counts=mark_n("{n} image", "{n} images"),
        suffixes=(".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".gif", *DICOM_SUFFIXES),
        extractor="image-fused",
    ),
    "text": Kind(
        name="text",
        title=mark("Texts"),
        counts=mark_n("{n} text", "{n} texts"),
        suffixes=(),
        extractor="text-ngrams",
        is_text=True,
    ),
    "preference": Kind(
        name="preference",
        title=mark("Answers to compare"),
        counts=mark_n("{n} comparison", "{n} comparisons"),
        suffixes=(),
        extractor="answers-words",
        plain=answers.plain,
        compares=True,
    ),
    "record": Kind(
        name="record",
        title=mark("Records"),
        counts=mark_n("{n} record", "{n} records"),
        suffixes=(),
        extractor="record-fields",
        plain=line_of,
        without=without_columns,
    ),
    "conversation": Kind(
        name="conversation",
        title=mark("Conversations"),
        counts=mark_n("{n} conversation", "{n} conversations"),
        suffixes=(),
        extractor="talk-whole",
        plain=conversations.plain,
    ),
}


def content_digest(data: bytes) -> str:
    """The SHA-256 of `data` in hex, 64 characters: what an item is known by."""
    return hashlib.sha256(data).hexdigest()
