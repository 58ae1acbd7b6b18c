"""How many items of a kind, in whole sentences: what an item is called bends with the sentence in many languages."""

from collections.abc import Mapping
from typing import Final

from hitl_desktop.language import mark_n, number, trn

_Forms = Mapping[str, tuple[str, str]]
_COUNTED: Final[_Forms] = {
    "image": mark_n("{n} image", "{n} images"),
    "text": mark_n("{n} message", "{n} messages"),
    "item": mark_n("{n} item", "{n} items"),
}
_WAITING: Final[_Forms] = {
    "image": mark_n("{n} image is waiting for you.", "{n} images are waiting for you."),
    "text": mark_n("{n} message is waiting for you.", "{n} messages are waiting for you."),
    "item": mark_n("{n} item is waiting for you.", "{n} items are waiting for you."),
}
_SEEN: Final[_Forms] = {
    "image": mark_n(
        "{n} image of {needing} that need you have been seen.", "{n} images of {needing} that need you have been seen."
    ),
    "text": mark_n(
        "{n} message of {needing} that need you have been seen.",
        "{n} messages of {needing} that need you have been seen.",
    ),
    "item": mark_n(
        "{n} item of {needing} that need you have been seen.", "{n} items of {needing} that need you have been seen."
    ),
}
_ALL_SEEN: Final[_Forms] = {
    "image": mark_n("All {n} image that needed you have been seen.", "All {n} images that needed you have been seen."),
    "text": mark_n(
        "All {n} message that needed you have been seen.", "All {n} messages that needed you have been seen."
    ),
    "item": mark_n("All {n} item that needed you have been seen.", "All {n} items that needed you have been seen."),
}
_RIGHT: Final[_Forms] = {
    "image": mark_n(
        "v{version} was right on {right} of {n} images drawn at random. Lines are 95 % intervals. The hard ones you "
        "were asked about do not count here.",
        "v{version} was right on {right} of {n} images drawn at random. Lines are 95 % intervals. The hard ones you "
        "were asked about do not count here.",
    ),
    "text": mark_n(
        "v{version} was right on {right} of {n} messages drawn at random. Lines are 95 % intervals. The hard ones you "
        "were asked about do not count here.",
        "v{version} was right on {right} of {n} messages drawn at random. Lines are 95 % intervals. The hard ones you "
        "were asked about do not count here.",
    ),
    "item": mark_n(
        "v{version} was right on {right} of {n} items drawn at random. Lines are 95 % intervals. The hard ones you "
        "were asked about do not count here.",
        "v{version} was right on {right} of {n} items drawn at random. Lines are 95 % intervals. The hard ones you "
        "were asked about do not count here.",
    ),
}


def counted(kind: str, items: int) -> str:
    """How many items: "12 images"."""
    return trn(*_of(_COUNTED, kind), items)


def waiting(kind: str, items: int) -> str:
    """How many items wait for a person."""
    return trn(*_of(_WAITING, kind), items)


def seen(kind: str, items: int, needing: int) -> str:
    """How many items a person has seen of those that need one."""
    return trn(*_of(_SEEN, kind), items, needing=number(needing))


def all_seen(kind: str, items: int) -> str:
    """Every item that needed a person was seen."""
    return trn(*_of(_ALL_SEEN, kind), items)


def right_on_checks(kind: str, version: int, right: int, checks: int) -> str:
    """How a version did on the items drawn at random, and what the drawing beside shows."""
    return trn(*_of(_RIGHT, kind), checks, version=version, right=number(right))


def _of(forms: _Forms, kind: str) -> tuple[str, str]:
    return forms.get(kind, forms["item"])
