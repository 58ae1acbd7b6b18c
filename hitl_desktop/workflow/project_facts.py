"""What has to be known of a project to find what is new to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hitl_desktop.domain.holdout import USUAL
from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.workflow.requests import LabelUse


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What of a project decides what is new to it, and what its labels are used for.

    `there` are the items there are by content, with their names; `paths` are those names, and the files of series, of
    which `series` are the first ones. `texts` are (text, digest) of all items where new ones depend on them. `columns`
    are those of the first table, with its roles, None where they are not known, and `field_names` its other columns.
    `seen` are (sort, file, detail) of what was left out before.
    """

    kind: str
    root: Path
    task: Task
    use_labels: LabelUse
    labels: tuple[Label, ...]
    there: Mapping[str, str]
    paths: frozenset[str]
    columns: Mapping[str, Any] | None = None
    field_names: frozenset[str] = frozenset()
    seen: frozenset[tuple[str, str, str]] = frozenset()
    series: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    seed: int = 0
    holdout: str = USUAL.text

    @property
    def ids(self) -> dict[str, int]:
        """The ids of the classes that can be decided on, by name."""
        return {label.name: label.id for label in self.labels if not label.retired}
