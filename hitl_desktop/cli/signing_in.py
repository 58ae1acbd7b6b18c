"""Who a command is done by. A reviewer with a password gives it at a prompt, or by an environment variable: never as
an argument, where other people of the machine could read it.
"""

import getpass
import os
import sys
from collections.abc import Callable

from hitl_desktop import paths
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.reviewers import RESERVED, Sitting
from hitl_desktop.kinds.child_environment import VARIABLE
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.reviewers import Profile, Reviewers, reviewers_of
from hitl_desktop.workflow.settings import SettingsFile, default_reviewer


def reviewer_of(name: object) -> str:
    """A name as it can stand in the record; "" or None for who is logged in.

    Raises KnownError for one that nobody could read there.
    """
    chosen = default_reviewer() if name is None or name == "" else name
    if not isinstance(chosen, str) or not chosen.strip() or not chosen.isprintable() or chosen.strip() in RESERVED:
        raise KnownError("The reviewer needs a name of letters.", "Give one with --reviewer.")
    return chosen.strip()


def sit_down(project: Project, name: object, reviewers: Reviewers | None = None) -> str:
    """Have what follows done in a name, and say so on record; returns the name. Who has proved themselves to
    `reviewers` before is not asked again.

    A name that no profile has is taken as it is. Raises KnownError for one of a profile whose password is not given.
    """
    asked, reviewers = reviewer_of(name), reviewers or profiles()
    profile = reviewers.named(asked)
    if profile is None:
        project.store.sit(Sitting(asked))
        return asked
    sitting = reviewers.sitting
    if sitting.is_locked or sitting.reviewer_id != profile.uuid:
        sitting = reviewers.sign_in(profile.uuid, password_of(profile))
    project.store.sit(sitting, reviewers.get(profile.uuid).reviewer)
    return sitting.name


def profiles() -> Reviewers:
    """The profiles of this user."""
    return reviewers_of(SettingsFile(paths.user_config()))


def password_of(profile: Profile, ask: Callable[[str], str] = getpass.getpass) -> str:
    """The password of a profile, from the environment or a prompt; "" where it has none.

    Raises KnownError where nobody can be asked.
    """
    if not profile.password:
        return ""
    given = os.environ.get(VARIABLE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise KnownError(
            f"{profile.name} has a password, and there is nobody to ask for it.",
            f"Give it in the environment variable {VARIABLE}.",
        )
    return ask(f"Password of {profile.name}: ")
