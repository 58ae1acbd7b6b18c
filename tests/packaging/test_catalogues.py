"""The sentences of the window: the list is that of today, and every translation has the places of its source."""

from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from tests.pseudo_language import ROOT, catalogues

LOCALE = ROOT / "resources" / "locale"
TRANSLATED = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))


def places(text: str) -> set[str]:
    """The names between braces. Raises ValueError for braces that do not fit together."""
    found = set()
    for _, name, form, conversion in Formatter().parse(text):
        if name is not None:
            assert name.isidentifier(), text
            assert not form, text
            assert not conversion, text
            found.add(name)
    return found


def forms(said: object) -> tuple[str, ...]:
    return tuple(said) if isinstance(said, (tuple, list)) else (str(said),)


def faults(message: Message) -> list[str]:
    """What is wrong with the translation of a message. A form for one or two things may leave the number out."""
    sources = forms(message.id)
    wanted = set.union(*map(places, sources))
    spared = {"n"} if len(sources) > 1 else set()
    return [
        said for said in forms(message.string) if said and (places(said) - wanted or wanted - places(said) - spared)
    ]


def test_the_list_of_sentences_is_that_of_today() -> None:
    """After a change of words: `make catalogues`."""
    with (LOCALE / "hitl_desktop.pot").open("rb") as file:
        listed = {(message.context, forms(message.id)) for message in read_po(file) if message.id}
    collected = {(message.context, forms(message.id)) for message in catalogues().collected() if message.id}
    assert listed == collected


def test_every_place_in_a_sentence_is_a_plain_name() -> None:
    for message in catalogues().collected():
        if message.id:
            list(map(places, forms(message.id)))


@pytest.mark.parametrize("file", TRANSLATED, ids=lambda path: path.parent.parent.name)
def test_a_translation_keeps_the_places_of_its_source(file: Path) -> None:
    with file.open("rb") as opened:
        messages = [message for message in read_po(opened) if message.id]
    assert [fault for message in messages for fault in faults(message)] == []


@pytest.mark.parametrize(
    ("source", "said", "is_fine"),
    [
        ("Saved {n} items.", "{n} gespeichert.", True),
        ("Saved {n} items.", "Gespeichert.", False),
        ("Saved {n} items.", "{number} gespeichert.", False),
        (("{n} image of {all}", "{n} images of {all}"), ("ein Bild von {all}", "{n} Bilder von {all}"), True),
        (("{n} image of {all}", "{n} images of {all}"), ("ein Bild", "{n} Bilder von {all}"), False),
    ],
)
def test_a_place_that_is_missing_or_wrong_is_found(source: object, said: object, is_fine: bool) -> None:
    assert (faults(Message(source, said)) == []) == is_fine
