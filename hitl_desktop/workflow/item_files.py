"""What a project is made of: the kind of its items, and where their files lie: one for most, several for a series."""

from pathlib import Path
from typing import Final

import numpy as np

from hitl_desktop.domain.errors import DataMoved, KnownError, ProjectRefused
from hitl_desktop.domain.items import Item
from hitl_desktop.domain.sentences import say, say_n
from hitl_desktop.kinds import KINDS, Kind
from hitl_desktop.store.store import Store

TAKEN_OVER: Final = "taken_over_items"
"""The fact that so many items came with a project that was taken over: their paths are of another computer."""
_ELSEWHERE: Final = "elsewhere"


def paths_of(store: Store, item: Item) -> tuple[str, ...]:
    """The files of an item relative to the data root, in their order; whole paths for what was added from elsewhere."""
    return in_reach(store, item.index, tuple(file.path for file in store.item_files.of(item.index)) or (item.path,))


def in_reach(store: Store, index: int, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Where to look for the files of an item: a whole path that came with a project of somebody else is never opened
    here, but what `pack` laid below the folder of its data.
    """
    return tuple(map(below, paths)) if index < int(store.fact(TAKEN_OVER, 0)) else paths


def below(path: str) -> str:
    """What a file is called below the folder of the data, wherever it lay: a whole path is no name to take along."""
    plain = path.replace("\\", "/")
    if not plain.startswith("/") and plain[1:2] != ":":
        return path
    parts = (part.replace(":", "") for part in plain.split("/"))
    return "/".join([_ELSEWHERE, *(part for part in parts if part not in ("", ".", ".."))])


def middle_file(root: Path, paths: tuple[str, ...]) -> Path:
    """The file that stands for all, for small pictures and for showing where the item lies."""
    return root / paths[(len(paths) - 1) // 2]


def source_of(root: Path, paths: tuple[str, ...]) -> Path | tuple[Path, ...]:
    """What a viewer opens: the file, or the files of the series."""
    return root / paths[0] if len(paths) == 1 else tuple(root / path for path in paths)


def data_moved(decided: int) -> DataMoved:
    """The error for images that are not where they were, in a project with so many decisions."""
    return DataMoved(
        say_n(
            "Its pictures have moved. {n} decision is safe.",
            "Its pictures have moved. {n} decisions are safe.",
            decided,
        ),
        say("Find the folder."),
    )


def check_images_are_in(root: Path, store: Store, count: int) -> None:
    """Look whether a folder holds the images of a project of `count` items. Raises KnownError when it does not.

    A few of them are looked for, spread over the project.
    """
    items = store.items.many([int(i) for i in np.linspace(0, count - 1, num=min(20, count))])
    there = sum(middle_file(root, paths_of(store, item)).is_file() for item in items)
    if there * 2 < len(items):
        raise KnownError(
            say(
                "The images of this project are not in {folder}: {there} of {items} looked for were found.",
                folder=root.name,
                there=there,
                items=len(items),
            ),
            say("Choose the folder that holds them."),
        )


def kind_of(store: Store) -> Kind:
    """The kind of a project's items. Raises ProjectRefused for one that this version does not know."""
    name = store.fact("kind")
    if name not in KINDS:
        raise ProjectRefused(
            say(
                "{folder} holds items of a kind this version does not know: {kind}.",
                folder=store.folder.name,
                kind=str(name),
            ),
            say("Install a newer version."),
        )
    return KINDS[name]
