"""What a model bundle says of itself: read without its arrays, and without the libraries they need."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say, sentence_of
from hitl_desktop.paths import open_plain

FORMAT: Final = 2
CARD: Final = "card.json"
_MOST_BYTES: Final = 16 * 2**20
"""The window reads cards too, and one may have come with a project of somebody else."""
_SENTENCES: Final = ("title", "data", "for", "not_for", "calibration", "said_from")


def load_card(folder: Path) -> dict[str, Any]:
    """The facts of a bundle: kind, extractor, classes and, under `card`, what people should know.

    Raises KnownError when it is missing, damaged or of another format.
    """
    try:
        with open_plain(folder / CARD) as file:
            facts = json.loads(file.read(_MOST_BYTES).decode("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise KnownError(
            say("The model {name} cannot be read.", name=folder.name), say("Train again, or choose another model.")
        ) from error
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise KnownError(say("The model {name} was made by another version.", name=folder.name), say("Train again."))
    return facts


def in_words(card: Mapping[str, Any]) -> dict[str, Any]:
    """A card with its sentences said in the language in use, for people to read."""
    said: dict[str, Any] = {name: str(sentence_of(card[name])) for name in _SENTENCES if name in card}
    choice = card.get("choice")
    if isinstance(choice, dict):
        said["choice"] = choice | {name: str(sentence_of(choice[name])) for name in ("name", "why") if name in choice}
    return dict(card) | said


def bundled_models(resources: Path) -> dict[str, dict[str, Any]]:
    """The facts of every model in the box, by name."""
    folder = resources / "models"
    found = sorted(p for p in folder.iterdir() if (p / CARD).is_file()) if folder.is_dir() else []
    return {path.name: load_card(path) for path in found}


def matching_model(models: dict[str, dict[str, Any]], kind: str, classes: list[str]) -> str | None:
    """The model in the box that knows exactly these classes for this kind of item, if there is one."""
    wanted = set(classes)
    return next((n for n, f in models.items() if f["kind"] == kind and set(f["classes"]) == wanted), None)
