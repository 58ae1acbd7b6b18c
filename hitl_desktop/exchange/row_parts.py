"""What is said of how the rows of a table become items: layouts, roles, and what a kind of row has to offer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hitl_desktop.domain.responses import NO_RESPONSE, Response
from hitl_desktop.domain.sentences import Sentence
from hitl_desktop.exchange.table_records import Row, TableContents, TableGuess


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is read: `roles` names the columns of each role, `options` what else was chosen, by name."""

    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> frozenset[str]:
        """All columns that have a role."""
        return frozenset(name for names in self.roles.values() for name in names)

    def first(self, role: str) -> str | None:
        """The first column of a role, None where it has none."""
        return next(iter(self.roles.get(role, ())), None)

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"roles": {role: list(names) for role, names in self.roles.items()}, "options": dict(self.options)}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Layout":
        """The inverse of `plain`; parts that are missing are empty."""
        roles = {role: tuple(names) for role, names in stored.get("roles", {}).items()}
        return cls(roles, dict(stored.get("options", {})))


@dataclass(frozen=True, slots=True)
class Composed:
    """One item made of a row: the `text` to store, the class it names, if any, and what is answered beyond it."""

    text: str
    label: str | None = None
    response: Response = NO_RESPONSE


@dataclass(frozen=True, slots=True)
class Role:
    """A part that columns play: `title` is said with `tr`. `many`: more than one column may; `needed`: at least one."""

    name: str
    title: str
    many: bool = False
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """Something else to be chosen: `values` are (stored value, words said with `tr`), the usual one first."""

    name: str
    title: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Gathering:
    """A whole table, for kinds whose items depend on other rows: its `rows`, and which columns name and label them.

    `there` are the items that the project has already, (text, digest) each.
    """

    rows: Iterable[Row]
    guess: TableGuess
    layout: Layout
    identity: str | None
    label: str | None
    there: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class RowKind:
    """How rows become items of one kind.

    `guess` finds a layout from the first rows, or None where the table does not look like this kind; what was found is
    said in words by the wizard, and can be changed. `compose` makes one item, or says in a sentence why it cannot.
    `classes` are the names of the classes, in order, where they follow from the layout; () where they are found or
    named as for texts. `refusal` says what is missing in a layout, None when nothing is.
    `gather` makes all items of a table, in place of `compose`, where an item depends on other rows. `suits` says
    whether a table whose layout was found is likelier of this kind than of texts; `label_of` which column names the
    classes. `join` makes one row of several that are parts of one item, before `compose` sees them; `identity` is the
    column that names items then, in place of the one that was found.
    """

    name: str
    roles: tuple[Role, ...]
    guess: Callable[[TableGuess], Layout | None]
    compose: Callable[[Mapping[str, str], Layout], Composed | Sentence]
    choices: tuple[Choice, ...] = ()
    classes: Callable[[Layout], tuple[str, ...]] = lambda _: ()
    refusal: Callable[[Layout], Sentence | None] = lambda _: None
    gather: Callable[[Gathering], TableContents] | None = None
    suits: Callable[[TableGuess], bool] = lambda _: True
    label_of: Callable[[TableGuess], str | None] = lambda guess: guess.label_column
    join: Callable[[Iterable[Row], Layout], Iterable[Row]] = lambda rows, _: rows
    identity: Callable[[Layout], str | None] = lambda _: None
