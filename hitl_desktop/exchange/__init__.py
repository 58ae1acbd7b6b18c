"""Reading data sets and writing exports. A new format is one file here and one row in a table."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.exchange import (
    export_csv,
    export_jsonl,
    export_messages,
    image_folder,
    marks_coco,
    marks_csv,
    preference_export,
    table,
)
from hitl_desktop.exchange.records import ExportRow
from hitl_desktop.language import mark


@dataclass(frozen=True, slots=True)
class Importer:
    """A way to read a data set. `title` is said with `tr`; `suffixes` are file endings with the dot, empty for folders.

    `function` is called as its module says: the formats differ in what has to be asked.
    """

    name: str
    title: str
    suffixes: frozenset[str]
    function: Callable[..., object]


@dataclass(frozen=True, slots=True)
class Exporter:
    """A way to write an export. `title` is said with `tr`.

    `function` takes rows, file, progress and cancel check; it returns the row count. `kind` is the one sort of item
    that can be written so, "" for all.
    """

    name: str
    title: str
    suffixes: frozenset[str]
    function: Callable[[Iterable[ExportRow], Path, Progress, CancelCheck], int]
    kind: str = ""

    def suits(self, kind: str) -> bool:
        """True when items of this kind can be written so."""
        return self.kind in ("", kind)


IMPORTERS: Final[dict[str, Importer]] = {
    "image_folder": Importer("image_folder", mark("Folder of images"), frozenset(), image_folder.survey),
    "table": Importer("table", mark("Table of texts"), table.TABLE_SUFFIXES, table.read_table),
}

EXPORTERS: Final[dict[str, Exporter]] = {
    "csv": Exporter("csv", mark("CSV for spreadsheets"), frozenset({".csv"}), export_csv.write),
    "jsonl": Exporter("jsonl", mark("JSON lines, complete"), frozenset({".jsonl"}), export_jsonl.write),
}

MARK_EXPORTERS: Final[dict[str, Exporter]] = {
    "coco": Exporter("coco", mark("Marks in images as COCO"), frozenset({".json"}), marks_coco.write),
    "marks": Exporter("marks", mark("Marks as CSV, one a row"), frozenset({".marks.csv"}), marks_csv.write),
}
"""Formats that hold nothing but the marks of decided items; their functions return how many."""

TRAINING_EXPORTERS: Final[dict[str, Exporter]] = {
    "messages": Exporter(
        "messages",
        mark("Messages to train a chat model"),
        frozenset({".messages.jsonl"}),
        export_messages.write,
        kind="conversation",
    ),
    "preferences": Exporter(
        "preferences",
        mark("Preferences: prompt, chosen, rejected"),
        frozenset({".pairs.jsonl"}),
        preference_export.write,
        kind="preference",
    ),
    "preference_messages": Exporter(
        "preference_messages",
        mark("Preferences as conversations"),
        frozenset({".dialogues.jsonl"}),
        preference_export.write_messages,
        kind="preference",
    ),
}
"""Formats that trainers read: decided items of one kind, as they read them; their functions return how many."""
