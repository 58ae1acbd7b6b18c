"""A language made for tests: every sentence of the catalogues between ⟦ and ⟧, so that what was left out shows."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from hitl_desktop import language
from hitl_desktop.gui import speaking
from hitl_desktop.gui.views import language_box

ROOT = Path(__file__).resolve().parent.parent
CODE = "xx"
_PLACE = re.compile(r"(\{[^{}]*\})")
_LETTER = re.compile(r"[^\W\d_]")
_SAID = re.compile(r"⟦[^⟦⟧]*⟧")


def catalogues() -> ModuleType:
    """The script that collects the sentences."""
    spec = importlib.util.spec_from_file_location("catalogues", ROOT / "packaging" / "catalogues.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wrapped(message: str) -> str:
    """The words of a message in brackets, what stands in its places outside of them."""
    parts = _PLACE.split(message)
    return "".join(f"⟦{part}⟧" if _LETTER.search(part) and not _PLACE.fullmatch(part) else part for part in parts)


def write_pseudo_language(folder: Path) -> None:
    """Write the catalogue below a folder."""
    catalogue = Catalog(locale="en", project="HITL Desktop", charset="utf-8")
    for message in catalogues().collected():
        if message.id:
            many = isinstance(message.id, (tuple, list))
            said = tuple(map(wrapped, message.id)) if many else wrapped(message.id)
            catalogue.add(message.id, said, context=message.context)
    place = folder / CODE / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / f"{language.DOMAIN}.mo").open("wb") as file:
        write_mo(file, catalogue)
    (folder / language.COMPLETE).write_text(json.dumps([CODE, *language.LANGUAGES]))


def offer(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the program know the language, whose catalogue lies in `folder`."""
    monkeypatch.setitem(language.LANGUAGES, CODE, language.Language(CODE, "Pseudo"))
    for module in (speaking, language_box):
        monkeypatch.setattr(module, "catalogues", lambda: folder)


def not_said(text: str) -> str:
    """What of a text was not said through the catalogues."""
    return " ".join(_SAID.sub(" ", text).split())
