"""The time as it is written everywhere."""

from datetime import UTC, datetime


def now_utc() -> str:
    """Now, in UTC, ISO 8601 with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
