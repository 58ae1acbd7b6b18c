"""Where something may be written that a person asked for: never over a project, nor over the data it was made from."""

from pathlib import Path

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.database import DATABASE
from hitl_desktop.workflow.project import Project


def check_target(project: Project, out: Path) -> None:
    """Refuse to write over this or another project, over the data it was made from, or over anything that is no plain
    file.

    Raises KnownError.
    """
    target = out.resolve()
    if target.is_relative_to(project.folder.resolve()) or any(map(_is_project, target.parents)):
        raise KnownError(say("{name} would lie inside the project.", name=out.name), say("Choose another place."))
    if target == project.data_root or (project.data_root.is_dir() and target.is_relative_to(project.data_root)):
        raise KnownError(
            say("{name} would lie in your data, which is only read.", name=out.name), say("Choose another place.")
        )
    if target.exists() and not target.is_file():
        raise KnownError(
            say("{path} is not a file that can be written to.", path=str(out)), say("Choose another place.")
        )


def _is_project(folder: Path) -> bool:
    return (folder / DATABASE).is_file() and (folder / "models").is_dir()
