"""What is done with a project without changing it, put on its record: exports, reports, copies, packs, backups."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hitl_desktop.domain.record_events import Happening

if TYPE_CHECKING:
    from hitl_desktop.gui.bridge import Bridge


def put_on_record(bridge: "Bridge", folder: Path, do: Happening, **facts: Any) -> None:
    """Note what was done with the project in `folder`, if it is still the one that is open."""
    if bridge.is_open and bridge.desk.project.folder == folder:
        from hitl_desktop.workflow.verifying import noted

        bridge.perform(lambda: noted(bridge.desk.project.store, do, **facts))
