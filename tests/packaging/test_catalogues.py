"""The catalogues: what is collected from the code, and what translators may not break."""

import sys
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from hitl_desktop.language import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "resources" / "locale"
CODES = sorted(path.name for path in LOCALE.iterdir() if path.is_dir())
sys.path.insert(0, str(ROOT / "packaging"))
from catalogues import collected  # noqa: E402 - the scripts of a folder are no package
from marked_messages import Marked, marked_in  # noqa: E402 - the scripts of a folder are no package

SOURCE = '''
"""A docstring."""

mark = window.mark
mark
"not a sentence"
say: dict[str, Callable[[], str]] = {"a": lambda: tr("Inside a table")}
say["a"]()
self.mark("a method of that name")
tr(message)

# i18n: {rows} is "Row 3"
# or more of them
NOTES = {
    1: mark_n("{rows} is odd", "{rows} are odd"),
    # i18n: how often
    2: say("twice"),
}

def told(n):
    """Another docstring."""
    return trn("{n} image", "{n} images", n) if n else trc("a list", ", ")

tr("One sentence "
   "in two pieces.", name=say("nested"))
'''


def test_what_is_marked_is_found_with_its_notes_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(SOURCE)
    found = [Marked(0, m.message, m.comment, m.context) for m in marked_in(path)]
    rows = '{rows} is "Row 3" or more of them'
    assert sorted(found, key=str) == sorted(
        [
            Marked(0, "Inside a table"),
            Marked(0, ("{rows} is odd", "{rows} are odd"), rows),
            Marked(0, "twice", "how often"),
            Marked(0, ("{n} image", "{n} images")),
            Marked(0, ", ", context="a list"),
            Marked(0, "One sentence in two pieces."),
            Marked(0, "nested"),
        ],
        key=str,
    )


def test_a_message_that_is_put_together_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text('tr(f"{n} images")\n')
    with pytest.raises(ValueError, match="line 1"):
        list(marked_in(path))


def test_every_message_of_the_program_can_be_filled_in() -> None:
    for path in sorted((ROOT / "hitl_desktop").rglob("*.py")):
        for marked in marked_in(path):
            for text in (marked.message,) if isinstance(marked.message, str) else marked.message:
                assert all(name.isidentifier() for name in _places(text)), (path.name, text)


def test_the_list_of_sentences_is_that_of_the_code() -> None:
    """After a change of words: `make catalogues`."""
    with (LOCALE / "hitl_desktop.pot").open("rb") as file:
        listed = {(message.context, _ids(message)) for message in read_po(file) if message.id}
    assert listed == {(message.context, _ids(message)) for message in collected() if message.id}


def _catalogue(code: str) -> Catalog:
    with (LOCALE / code / "LC_MESSAGES" / "hitl_desktop.po").open("rb") as file:
        return read_po(file, locale=code)


def _places(text: str) -> set[str]:
    """The names of the places in a text; text that only holds a brace has none."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return set()


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _texts(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    strings = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return _ids(message), tuple(text for text in strings if text)


@pytest.mark.parametrize("code", CODES)
def test_a_translation_has_the_places_of_its_message(code: str) -> None:
    assert code in LANGUAGES
    for message in _catalogue(code):
        ids, strings = _texts(message)
        if message.id:
            wanted = set().union(*map(_places, ids))
            for text in strings:
                # "one image" may leave out the number, and "nothing" too; other places are all needed
                assert wanted - {"n"} <= _places(text) <= wanted, (message.id, text)


@pytest.mark.parametrize("code", CODES)
def test_a_translation_keeps_the_ends_of_its_message(code: str) -> None:
    for message in _catalogue(code):
        ids, strings = _texts(message)
        for text in strings if message.id else ():
            for end in (str.strip, str.rstrip):
                assert (end(ids[0]) == ids[0]) == (end(text) == text), (message.id, "blanks", text)
            assert ids[0].endswith("…") == text.endswith("…"), (message.id, text)


@pytest.mark.parametrize("code", CODES)
def test_a_plural_has_all_its_forms_or_none(code: str) -> None:
    catalogue = _catalogue(code)
    for message in catalogue:
        if message.id and not isinstance(message.id, str):
            said = [text for text in message.string if text]
            assert len(said) in (0, catalogue.num_plurals), message.id
