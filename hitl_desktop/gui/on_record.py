"""What is done with a project without changing it, put on its record: exports, reports, copies, packs, backups."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hitl_desktop.domain.record_events import Happening

if TYPE_CHECKING:
    from hitl_desktop.gui.bridge import Bridge


def put_on_record(bridge: "Bridge", folder: Path, do: Happening, **facts: Any) -> None:
    """Note what was done with the project in `folder`: at once where this window writes it, else for the one that does,
    as another window where it is open here to read only.
    """
    from hitl_desktop.workflow.verifying import left_for_the_record, noted

    if bridge.is_open and bridge.desk.project.folder == folder and bridge.desk.project.store.is_writer:
        bridge.perform(lambda: noted(bridge.desk.project.store, do, **facts))
    else:
        left_for_the_record(folder, do, **facts)
