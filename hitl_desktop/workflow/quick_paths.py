"""Where quick rows lie, and how those of a training become those of a version."""

from pathlib import Path


def quick_beside(scores: Path) -> Path:
    """Where the quick rows of a training lie until it is kept."""
    return scores.with_suffix(".quick.npy")


def quick_rows_file(scores: Path, items: int) -> Path:
    """Where the quick rows of a version lie, given its file of scores. The number of items is in the name, as a file in
    use cannot be replaced everywhere.
    """
    return scores.with_suffix(f".quick-{items}.npy")


def map_beside(rows: Path) -> Path:
    """The map that made them, so that items added later are mapped alike."""
    return rows.with_suffix(".map")


def keep_quick_rows(made: Path, scores: Path, items: int) -> None:
    """Give what a training made (`quick_beside`) the names of the version with these `scores`."""
    target = quick_rows_file(scores, items)
    if made.is_file():
        map_beside(made).replace(map_beside(target))
        made.replace(target)
