"""A project is built under a hidden name, and gets its own once it is whole."""

from contextlib import closing, suppress
from pathlib import Path

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.store.journal import make_folder_durable
from hitl_desktop.store.record_anchors import Anchors
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.workplaces import record_of


def put_in_place(built: Path, folder: Path) -> None:
    """Rename the project `built`, which nobody has open, to `folder`, where there is nothing or an empty folder.

    From then on it survives a power cut under that name, with what is decided in it, and the anchors outside tell that
    it lies there. Raises OSError.
    """
    if folder.exists():
        folder.rmdir()
    built.rename(folder)
    make_folder_durable(folder.parent)
    with suppress(KnownError), closing(Store.reader(folder)) as store:
        Anchors(folder).lie_here(record_of(store))
