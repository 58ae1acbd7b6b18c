"""From the rows of a table to items: what is a duplicate, what cannot be used, what has to be told."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping

from hitl_desktop.domain.items import Duplicate, FoundItem, Unreadable
from hitl_desktop.domain.responses import NO_RESPONSE
from hitl_desktop.domain.sentences import Sentence, say, say_n
from hitl_desktop.exchange.digests import digest_of
from hitl_desktop.exchange.label_cells import names_in, notes_on_spelling
from hitl_desktop.exchange.ordering import natural_key, shown
from hitl_desktop.exchange.row_parts import Composed
from hitl_desktop.exchange.table_notes import notes_on_ids, notes_on_oddities, notes_on_spaces
from hitl_desktop.exchange.table_records import Oddity, Row, TableContents

Compose = Callable[[Mapping[str, str]], Composed | Sentence]
"""What makes an item of a row's cells, or says why it cannot."""


def _is_automatic(row: Row) -> bool:
    """True for a row of an export whose label nobody has looked at: it must not come back as a person's."""
    return row.values.get("verdict") == "automatic" and row.values.get("state") == "automatic"


class ContentsBuilder:
    """Takes rows one by one and keeps what a project needs. `several`: a label cell may hold several names.

    `compose` makes the text to store of a row's cells, perhaps with a class; the columns in `used` are no fields then.
    Without it the text is what stands in `text_column`.
    """

    def __init__(
        self,
        id_column: str | None,
        text_column: str | None,
        label_column: str | None,
        *,
        several: bool = False,
        compose: Compose | None = None,
        used: frozenset[str] = frozenset(),
    ) -> None:
        self._compose = compose or self._plain_text
        self._used = used | {name for name in (id_column, text_column, label_column) if name}
        self._id_column = id_column
        self._text_column = text_column
        self._label_column = label_column
        self._several = several
        self._items: list[FoundItem] = []
        self._duplicates: list[Duplicate] = []
        self._unreadable: list[Unreadable] = []
        self._first_with: dict[str, tuple[str, frozenset[str] | None]] = {}
        self._paths: set[str] = set()
        self._ids: Counter[str] = Counter()
        self._labels: Counter[str] = Counter()
        self._spaced: Counter[str] = Counter()
        self._oddities: defaultdict[Oddity, list[int]] = defaultdict(list)
        self._without_id: list[int] = []
        self._rows = self._automatic = 0

    def add(self, row: Row) -> None:
        """Take the next row."""
        self._rows += 1
        for oddity in row.oddities:
            self._oddities[oddity].append(row.number)
        identity = row.values.get(self._id_column, "") if self._id_column else ""
        if identity.isspace():
            identity = ""
        name = f"row {row.number} ({shown(identity)})" if identity else f"row {row.number}"
        if row.problem:
            self._unreadable.append(Unreadable(name, row.problem))
            return
        made = self._compose(row.values)
        if isinstance(made, Sentence):
            self._unreadable.append(Unreadable(name, made))
            return
        self._keep(row, name, identity, made)

    def _plain_text(self, values: Mapping[str, str]) -> Composed | Sentence:
        text = values.get(self._text_column or "", "")
        return Composed(text) if text.strip() else say("The text is empty.")

    def _keep(self, row: Row, name: str, identity: str, made: Composed) -> None:
        text = made.text
        names = (made.label,) if made.label is not None else self._names(row)
        self._note_id(row.number, identity)
        self._labels.update(names or ())
        if names is not None and _is_automatic(row):
            self._automatic += 1
            names = None
        said = None if names is None else frozenset(names)
        digest = digest_of(text)
        first = self._first_with.get(digest)
        if first is not None:
            self._duplicates.append(Duplicate(name, first[0], disagrees=said != first[1]))
            return
        self._first_with[digest] = (name, said)
        fields = {column: value for column, value in row.values.items() if column not in self._used}
        label = names[0] if names and not self._several else None
        findings = names if self._several else None
        path = self._path(identity, row.number)
        response = made.response if names is not None else NO_RESPONSE
        self._items.append(FoundItem(digest, path, label, text, fields, findings, response=response))

    def _names(self, row: Row) -> tuple[str, ...] | None:
        """The class that a row names, or its findings; None where it does not say."""
        cell = row.values.get(self._label_column, "") if self._label_column else ""
        if self._several:
            return names_in(cell)
        label = cell.strip()
        if label and label != cell:
            self._spaced[cell] += 1
        return (label,) if label else None

    def _note_id(self, number: int, identity: str) -> None:
        if identity:
            self._ids[identity] += 1
        elif self._id_column:
            self._without_id.append(number)

    def _path(self, identity: str, number: int) -> str:
        """The id if there is one and no other item has it; the row's number keeps it apart otherwise."""
        path = identity or f"row {number}"
        if path in self._paths:
            path = f"{path} (row {number})"
        self._paths.add(path)
        return path

    def finish(self, columns: tuple[str, ...], notes: tuple[Sentence, ...]) -> TableContents:
        """What was found; `notes` are those made before reading."""
        told = [
            *notes,
            *notes_on_ids(self._ids, self._without_id),
            *notes_on_spelling(self._labels),
            *notes_on_spaces(self._spaced),
            *notes_on_oddities(self._oddities),
        ]
        if self._automatic:
            told.append(
                say_n(
                    "{n} label was decided automatically, so it is no label here: nobody looked at the item.",
                    "{n} labels were decided automatically, so they are no labels here: nobody looked at the items.",
                    self._automatic,
                )
            )
        return TableContents(
            self._items,
            self._duplicates,
            self._unreadable,
            [],
            self._rows,
            columns,
            tuple(sorted(self._labels, key=natural_key)),
            tuple(told),
        )
