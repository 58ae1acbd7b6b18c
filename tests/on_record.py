"""What is on the record of a project, read past the program."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from hitl_desktop.store.database import DATABASE


def events(folder: Path) -> list[dict[str, Any]]:
    """What every event says, in order."""
    with closing(sqlite3.connect(folder / DATABASE)) as raw:
        return [json.loads(body) for (body,) in raw.execute("SELECT body FROM record_event ORDER BY number")]


def happenings(folder: Path) -> list[str]:
    """What happened, in order."""
    return [event["do"] for event in events(folder)]
