"""Items: what is reviewed, one image or one text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hitl_desktop.domain.responses import NO_RESPONSE, Response
from hitl_desktop.domain.sentences import Sentence


class ItemState(StrEnum):
    """Where an item stands, folded from its decisions. The states partition the pool."""

    TO_DO = "todo"
    DECIDED = "decided"
    SKIPPED = "skipped"
    UNSURE = "unsure"
    FLAGGED = "flagged"
    AUTOMATIC = "automatic"
    """Decided by the routing policy, with nobody looking: it neither trains nor measures."""


SET_ASIDE = (ItemState.SKIPPED, ItemState.UNSURE, ItemState.FLAGGED)
ANSWERED = (ItemState.DECIDED, ItemState.AUTOMATIC)
"""An answer stands, of a person or of the routing policy."""


@dataclass(frozen=True, slots=True)
class ItemFile:
    """One of the files of an item that is a series; `path` and `digest` as in `FoundItem`."""

    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An item as an importer found it, before it is in a project.

    `digest` is the SHA-256 of the content in hex (of the file's bytes, or of the text in UTF-8);
    `path` is a hint where it lies, relative to the data root with `/` (for texts: the row's id or number);
    `label` is the class name that the data set gives it, if any; `text` is empty for images;
    `fields` are the other columns of the record, as text. Where several findings are decided per item, `findings` are
    the names of those the data set gives it: () for none of them, None when it does not say. `files` are the files of
    an item that is a series, in their order; empty for an item of one file, which lies at `path`. `response` is what
    the data set answers beyond the class.
    """

    digest: str
    path: str
    label: str | None = None
    text: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[str, ...] | None = None
    files: tuple[ItemFile, ...] = ()
    response: Response = NO_RESPONSE


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a project. `index` (0-based) is its place in all arrays of the project.

    `findings` and `truth_findings` (label ids) stand where `label_id` and `truth_id` do when the project's task is
    several findings per item.
    """

    index: int
    digest: str
    path: str
    state: ItemState
    label_id: int | None = None
    truth_id: int | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[int, ...] | None = None
    truth_findings: tuple[int, ...] | None = None

    @property
    def name(self) -> str:
        """The last part of the path: what people call the item."""
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A file or row left out because its content is already there under another name."""

    file: str
    same_as: str
    disagrees: bool = False
    """True when the two carry different class names."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file or row left out, and why."""

    file: str
    why: Sentence

    @property
    def reason(self) -> str:
        """Why, in words."""
        return str(self.why)


@dataclass(frozen=True, slots=True)
class Other:
    """A file that is of another kind and was not looked at."""

    file: str
    why: Sentence

    @property
    def reason(self) -> str:
        """Why, in words."""
        return str(self.why)
