"""Collect the sentences of the window into the catalogues, and compile what translators wrote.

Run by `make catalogues`. `resources/locale/hitl_desktop.pot` is the list of all sentences; each language has its
`.po`, which people edit, and its `.mo`, which the program reads. What is not translated is printed and counted.
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from hitl_desktop.language import COMPLETE, LANGUAGES

sys.path.insert(0, str(Path(__file__).resolve().parent))
from marked_messages import marked_in

ROOT = Path(__file__).resolve().parent.parent
RESOURCES = ROOT / "resources"
LOCALE = RESOURCES / "locale"
DOMAIN = "hitl_desktop"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
OF_CARDS = ("title", "data", "for", "not_for")
OF_SAMPLES = ("title", "sentence")


def collected() -> Catalog:
    """Every sentence of the program, with where it stands (files without line numbers, so that diffs stay small)."""
    catalogue = Catalog(project="HITL Desktop", charset="utf-8")
    for folder in (DOMAIN, "packaging/models"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for found in marked_in(path):
                catalogue.add(
                    found.message,
                    locations=[(str(path.relative_to(ROOT)), 0)],
                    auto_comments=[found.comment] if found.comment else (),
                    context=found.context,
                )
    for file, message in of_the_box():
        catalogue.add(message, locations=[(file, 0)])
    return catalogue


def of_the_box() -> Iterator[tuple[str, str]]:
    """What the models and samples in the box say of themselves, with the file it stands in."""
    for path in sorted(RESOURCES.glob("models/*/card.json")):
        card = json.loads(path.read_text("utf-8")).get("card", {})
        yield from ((str(path.relative_to(ROOT)), card[name]) for name in OF_CARDS if card.get(name))
    samples = RESOURCES / "samples" / "samples.json"
    for sample in json.loads(samples.read_text("utf-8")):
        yield from ((str(samples.relative_to(ROOT)), sample[name]) for name in OF_SAMPLES)


def catalogue_of(code: str, template: Catalog) -> Catalog:
    """The catalogue of a language, brought in line with the sentences of today; nothing is guessed."""
    path = LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po"
    catalogue = Catalog(locale=code, project="HITL Desktop", charset="utf-8")
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=code, charset="utf-8")
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    _head(catalogue, code)
    return catalogue


def _head(catalogue: Catalog, code: str) -> None:
    """A head without times and places to fill in, so that the same sentences give the same file."""
    catalogue.header_comment = f"# HITL Desktop: {LANGUAGES[code].name}. GLOSSARY.md has the words to use."
    catalogue.fuzzy = False
    catalogue.creation_date = catalogue.revision_date = FIRST
    catalogue.project, catalogue.version = "HITL Desktop", "1"
    catalogue.last_translator = catalogue.language_team = "HITL Desktop"
    catalogue.msgid_bugs_address = "-"


def untranslated(catalogue: Catalog) -> list[str]:
    """The sentences without a translation, or with one that lacks a plural form."""
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id and not all(message.string if isinstance(message.string, tuple) else (message.string,))
    ]


def main() -> None:
    """Write the list, the languages' files and their compiled form."""
    template = collected()
    with (LOCALE / f"{DOMAIN}.pot").open("wb") as file:
        write_po(file, template, width=120, omit_header=True, include_lineno=False)
    complete = []
    for code in sorted(path.name for path in LOCALE.iterdir() if path.is_dir()):
        catalogue = catalogue_of(code, template)
        missing = untranslated(catalogue)
        folder = LOCALE / code / "LC_MESSAGES"
        with (folder / f"{DOMAIN}.po").open("wb") as file:
            write_po(file, catalogue, width=120, include_lineno=False)
        with (folder / f"{DOMAIN}.mo").open("wb") as file:
            write_mo(file, catalogue)
        complete += [] if missing else [code]
        print(
            f"{code}: {len(catalogue)} sentences, {len(missing)} not translated{', so not offered' if missing else ''}"
        )
        for sentence in missing[:20]:
            print(f"    {sentence}", file=sys.stderr)
    (LOCALE / COMPLETE).write_text(json.dumps(complete) + "\n", "utf-8")


if __name__ == "__main__":
    main()
