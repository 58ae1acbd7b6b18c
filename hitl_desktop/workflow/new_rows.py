"""Which rows of some tables are new to a project of texts, and reading them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import Duplicate, FoundItem, Unreadable
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.protocols import CancelCheck, Progress, stop_if
from hitl_desktop.domain.sentences import Sentence, listed, say, say_n
from hitl_desktop.exchange.ordering import shown
from hitl_desktop.exchange.row_kinds import ROW_KINDS, Layout, is_whole
from hitl_desktop.exchange.table import SURPLUS_CELLS, read_table, sniff
from hitl_desktop.exchange.table_records import TableColumns, TableGuess
from hitl_desktop.workflow.image_folder import Findings
from hitl_desktop.workflow.project_facts import ProjectFacts
from hitl_desktop.workflow.requests import LabelUse

_NAMED: Final = 5


def find_new_rows(
    facts: ProjectFacts, sources: Sequence[Path], _cache: Path, progress: Progress, cancelled: CancelCheck
) -> tuple[Findings, int]:
    """Read the rows of `sources` (tables; none: the project's own) whose texts the project does not have.

    Returns them, and how many rows were there already under the same name. Columns mean what they meant in the first
    import. Raises KnownError for a table that cannot be read, or lacks one of these columns.
    """
    found = Findings(facts.kind)
    there, names = dict(facts.there), set(facts.paths)
    known = renamed = 0
    for source in sources or (facts.root,):
        is_own = source.absolute() == facts.root.absolute()
        in_file = "" if is_own else f"{source.name}: "
        contents, notes = _read(facts, source, progress, cancelled)
        found.unreadable += [Unreadable(in_file + note.file, note.why) for note in contents.unreadable]
        found.duplicates += [Duplicate(in_file + n.file, in_file + n.same_as, n.disagrees) for n in contents.duplicates]
        for item in contents.items:
            name = there.get(item.digest)
            if name is not None:
                known += name == item.path
                found.duplicates += [] if name == item.path else [Duplicate(in_file + item.path, name)]
                continue
            renamed += is_own and item.path in names
            item = _named(item, names, source)
            there[item.digest] = item.path
            names.add(item.path)
            found.items.append(item)
        found.notes = (*found.notes, *notes)
    if renamed:
        found.notes = (*found.notes, _on_changed_rows(renamed))
    return found, known


def _read(
    facts: ProjectFacts, source: Path, progress: Progress, cancelled: CancelCheck
) -> "tuple[Findings, list[Sentence]]":
    if source.is_dir():
        raise KnownError(
            say("“{name}” is a folder, and this project is made of a table.", name=shown(source.name)),
            say("Choose a table with the same columns."),
        )
    guess = sniff(source, stop_if(cancelled))
    columns = _columns(facts, guess)
    layout = Layout.of(facts.columns or {}) if facts.kind in ROW_KINDS else None
    used = {columns.identity, columns.text, columns.label, *(layout.columns if layout else ())}
    missing = sorted({name for name in used if name} - set(guess.column_names))
    if missing:
        raise KnownError(
            say(
                "“{name}” lacks columns that the project is made of: {columns}.",
                name=shown(source.name),
                columns=listed(shown(name) for name in missing),
            ),
            say("Choose a table with the same columns."),
        )
    contents = read_table(
        source,
        id_column=columns.identity,
        text_column=columns.text,
        label_column=columns.label,
        several=facts.task is Task.SEVERAL,
        progress=progress,
        cancelled=cancelled,
        guess=guess,
        kind=facts.kind,
        layout=layout,
        there=facts.texts,
    )
    read = Findings(facts.kind, contents.items, contents.duplicates, contents.unreadable)
    # Every column of a record is kept beside it too, whatever its role.
    apart = {columns.identity, columns.label} if is_whole(facts.kind) else used
    return read, [*contents.notes, *_on_columns(facts, set(guess.column_names) - apart)]


def _columns(facts: ProjectFacts, guess: TableGuess) -> TableColumns:
    """What the columns are, as the first import took them; guessed for a project that does not remember."""
    if facts.columns is not None:
        columns = TableColumns.of(facts.columns)
    else:
        columns = TableColumns(guess.id_column, guess.text_column, guess.label_column)
    uses_labels = facts.use_labels is not LabelUse.NO
    return columns if uses_labels or columns.label in guess.column_names else replace(columns, label=None)


def _on_columns(facts: ProjectFacts, others: set[str]) -> list[Sentence]:
    """That the other columns of the table are not those of the project's items."""
    if not facts.there:
        return []
    told = []
    missing = sorted(facts.field_names - others - {SURPLUS_CELLS})
    if missing:
        told.append(say("The new rows lack these columns: {columns}.", columns=_some(missing)))
    added = sorted(others - facts.field_names)
    if added:
        told.append(say("The new rows have further columns: {columns}.", columns=_some(added)))
    return told


def _some(names: Sequence[str]) -> Sentence:
    named = listed(shown(name) for name in names[:_NAMED])
    more = len(names) - _NAMED
    return say("{names} and {more} more", names=named, more=more) if more > 0 else say("{names}", names=named)


def _named(item: FoundItem, names: set[str], source: Path) -> FoundItem:
    """The item under a name that no other has: with the table's, where its own is taken."""
    if item.path not in names:
        return item
    path, number = f"{item.path} ({source.name})", 2
    while path in names:
        path, number = f"{item.path} ({source.name}, {number})", number + 1
    return replace(item, path=path)


def _on_changed_rows(count: int) -> Sentence:
    return say_n(
        "{n} row has another text than when it was imported. The item stays as it was; the new text is a new item.",
        "{n} rows have other texts than when they were imported. The items stay as they were; the new texts are new "
        "items.",
        count,
    )
