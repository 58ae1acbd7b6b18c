"""Collect the sentences of the window into the catalogues, and compile what translators wrote.

Run by `make catalogues`. `resources/locale/hitl_desktop.pot` is the list of all sentences; each language has its
`.po`, which people edit, and its `.mo`, which the program reads. What is not translated is printed and counted.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "resources" / "locale"
DOMAIN = "hitl_desktop"
KEYWORDS = {
    "tr": None,
    "mark": None,
    "say": None,
    "trn": (1, 2),
    "mark_n": (1, 2),
    "say_n": (1, 2),
    "trc": ((1, "c"), 2),
}


def collected() -> Catalog:
    """Every sentence in the package, with where it stands (files without line numbers, so that diffs stay small)."""
    catalogue = Catalog(project="HITL Desktop", charset="utf-8")
    found = extract_from_dir(
        ROOT / DOMAIN, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=("i18n:",)
    )
    for file, _line, message, comments, context in sorted(found, key=lambda entry: (entry[0], entry[1])):
        catalogue.add(message, locations=[(f"{DOMAIN}/{file}", 0)], auto_comments=comments, context=context)
    return catalogue


def catalogue_of(code: str, template: Catalog) -> Catalog:
    """The catalogue of a language, brought in line with the sentences of today; nothing is guessed."""
    path = LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po"
    catalogue = Catalog(locale=code, project="HITL Desktop", charset="utf-8")
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=code, charset="utf-8")
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


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
    for code in sorted(path.name for path in LOCALE.iterdir() if path.is_dir()):
        catalogue = catalogue_of(code, template)
        missing = untranslated(catalogue)
        folder = LOCALE / code / "LC_MESSAGES"
        with (folder / f"{DOMAIN}.po").open("wb") as file:
            write_po(file, catalogue, width=120, include_lineno=False)
        with (folder / f"{DOMAIN}.mo").open("wb") as file:
            write_mo(file, catalogue)
        print(f"{code}: {len(catalogue)} sentences, {len(missing)} not translated")
        for sentence in missing[:20]:
            print(f"    {sentence}", file=sys.stderr)


if __name__ == "__main__":
    main()
