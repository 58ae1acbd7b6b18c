"""What becomes of an import afterwards: taking it back, and the list of what it left out. Light: no learning here."""

import csv
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import Duplicate, FoundItem, Other, Unreadable
from hitl_desktop.domain.sentences import say
from hitl_desktop.exchange.atomic_file import replacing
from hitl_desktop.exchange.cells import neutralise, without_surrogates
from hitl_desktop.store.store import Store

IMPORT_REVIEWER = "import"
"""The name that labels of the data set are recorded under when they count as decisions."""
_ITEMS: Final = 5000
_CHARACTERS: Final = 4 * 2**20


def in_parts(items: Sequence[FoundItem]) -> Iterator[Sequence[FoundItem]]:
    """The items a transaction each: few where they are long, so that no disk is busy for long with one of them."""
    start = size = 0
    for place, item in enumerate(items):
        length = len(item.text) + sum(len(value) for value in item.fields.values())
        if place > start and (place - start == _ITEMS or size + length > _CHARACTERS):
            yield items[start:place]
            start, size = place, 0
        size += length
    if start < len(items):
        yield items[start:]


def discard_project(folder: Path) -> None:
    """Delete a project that was just made, as if it had never been.

    Raises KnownError, and deletes nothing, when a person has decided something in it or it is in use.
    """
    store = Store.open(folder)
    try:
        newest = store.decisions.recent(1)
    finally:
        store.close()
    if newest and newest[0].reviewer != IMPORT_REVIEWER:
        raise KnownError(say("There are decisions in this project already."), say("It was kept. Choose another name."))
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise KnownError(
            say("The project {name} could not be deleted.", name=folder.name), say("Delete its folder by hand.")
        ) from error


def save_left_out(folder: Path, out: Path) -> int:
    """Write what the import of a project left out to `out`: a CSV with file, sort and reason, in English whatever
    the language of the window. Returns the rows.

    Raises KnownError when the project cannot be opened or the file not be written.
    """
    store = Store.open(folder)
    try:
        notes = store.items.notes()
    finally:
        store.close()
    with replacing(out, "utf-8-sig") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(["file", "left out as", "reason"])
        writer.writerows([neutralise(without_surrogates(cell)) for cell in _left_out_row(note)] for note in notes)
    return len(notes)


def _left_out_row(note: Duplicate | Unreadable | Other) -> tuple[str, str, str]:
    if isinstance(note, Duplicate):
        named = ", under another class" if note.disagrees else ""
        return note.file, "same content", f"The same as {note.same_as}{named}."
    return note.file, "cannot be read" if isinstance(note, Unreadable) else "another kind", note.why.english()
