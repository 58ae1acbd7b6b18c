"""Which files of a folder are images: light, as the window looks through folders too."""

from pathlib import Path
from typing import Final

from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.exchange.image_folder import FolderSurvey, survey
from hitl_desktop.kinds import KINDS

IMAGE_SUFFIXES: Final = frozenset(KINDS["image"].suffixes)


def find_images(root: Path, progress: Progress, cancelled: CancelCheck) -> FolderSurvey:
    """List the images below `root`, by their ending or their content. Raises KnownError and Cancelled as `survey`."""
    from hitl_desktop.kinds.stacks import is_picture

    return survey(root, IMAGE_SUFFIXES, progress, cancelled, is_picture)
