"""Values as SQLite can keep them: text that is not valid Unicode goes in as bytes, sets and marks as JSON."""

import json
from collections.abc import Iterable

from hitl_desktop.domain import responses
from hitl_desktop.domain.evidence import Evidence, from_json, to_json
from hitl_desktop.domain.responses import Response


def to_sql(text: str) -> str | bytes:
    """Text as it is, or its bytes where it holds lone surrogates (names that are not UTF-8, broken JSON)."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def from_sql(value: str | bytes) -> str:
    """The inverse of `to_sql`."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def opening_from_sql(value: str | bytes) -> str:
    """As `from_sql` for the beginning of a text; bytes may end in the middle of a character, which is left out."""
    if isinstance(value, str):
        return value
    for cut in range(4):
        try:
            return value[: len(value) - cut].decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            continue
    return value.decode("utf-8", "replace")


def ids_to_sql(ids: Iterable[int] | None) -> str | None:
    """A set of label ids as a JSON list, ascending; None as it is."""
    return None if ids is None else json.dumps(sorted(ids))


def ids_from_sql(value: str | None) -> tuple[int, ...] | None:
    """The inverse of `ids_to_sql`."""
    return None if value is None else tuple(json.loads(value))


def evidence_to_sql(evidence: Evidence | None) -> str | None:
    """Marks as JSON; None as it is."""
    return None if evidence is None else to_json(evidence)


def evidence_from_sql(value: str | None) -> Evidence | None:
    """The inverse of `evidence_to_sql`."""
    return None if value is None else from_json(value)


def response_to_sql(response: Response | None) -> str | None:
    """A response as JSON; None as it is."""
    return None if response is None else responses.to_json(response)


def response_from_sql(value: str | None) -> Response | None:
    """The inverse of `response_to_sql`."""
    return None if value is None else responses.from_json(value)
