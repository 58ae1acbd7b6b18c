"""How many items can still be reviewed today, by the daily capacity of the routing policy."""

from datetime import UTC, datetime
from typing import Final

from hitl_desktop.workflow.project import Project

_LOOKED_BACK: Final = 500
"""So many events more than twice the capacity are looked at: every key asks, and a day has seldom more."""


def left_today(project: Project, now: datetime | None = None) -> int | None:
    """How many reviews are left of the day (local time) that `now` is in; None without a limit. Never below 0."""
    capacity = project.policy.daily_capacity
    if capacity is None:
        return None
    here = (now or datetime.now(UTC)).astimezone()
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    made = project.store.decisions.made_since(midnight.isoformat(timespec="milliseconds"), 2 * capacity + _LOOKED_BACK)
    return max(0, capacity - made)
