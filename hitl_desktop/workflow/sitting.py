"""Who works on a project, by name or by profile."""

from hitl_desktop.domain.reviewers import Sitting
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.project import Project


def sitting_of(project: Project, reviewer: str | Sitting) -> Sitting:
    """Who a name is: who sits at the project, if it is theirs, else a name without a profile."""
    known = project.store.sitting
    if isinstance(reviewer, str):
        return known if known is not None and known.name == reviewer else Sitting(reviewer)
    return reviewer


def who_is_there(store: Store) -> str:
    """The name of who sits at a project, for rows that say by whom; "reviewer" where nobody has said who they are, as
    for a command that asks for no name.
    """
    return store.sitting.name if store.sitting is not None else "reviewer"
