"""What was decided, as one number: the SHA-256 of all decisions up to one of them.

Of fixed columns in a fixed order, so that a later schema does not change it, and by the content of the items, so that
it is the same in a project that was packed, received or rebuilt.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Final

from hitl_desktop.store.store import Store

_HEAD: Final = b"hitl-decisions-v1\0"
_AT_ONCE: Final = 5_000
_SELECT: Final = (
    "SELECT d.number, d.event_id, i.digest, d.verdict, d.label_id, d.findings, d.reviewer, d.at_utc, d.slot, d.note,"
    " d.reason, d.predicted_id, d.predicted_findings, d.confidence, d.model_version, d.seconds, d.retracts, d.evidence,"
    " d.response"
    " FROM decision AS d JOIN item AS i ON i.idx = d.idx WHERE d.number > ? AND d.number <= ? ORDER BY d.number LIMIT ?"
)


def digest_of_decisions(store: Store, upto: int, check: Callable[[], None] = lambda: None) -> str:
    """The digest (hex) of decisions 1 … `upto`; `check` is called now and then, and may raise to stop."""
    return digests_of_decisions(store, [upto], check)[upto]


def digests_of_decisions(store: Store, cuts: Iterable[int], check: Callable[[], None] = lambda: None) -> dict[int, str]:
    """The same for several last decisions, in one pass over the log."""
    digest, at, found = hashlib.sha256(_HEAD), 0, dict[int, str]()
    for cut in sorted(set(cuts)):
        while True:
            rows = store._database.execute_sql(_SELECT, (at, cut, _AT_ONCE)).fetchall()  # of the same house
            if not rows:
                break
            for row in rows:
                digest.update(json.dumps(row, separators=(",", ":"), default=_plain).encode("ascii") + b"\n")
            at = rows[-1][0]
            check()
        found[cut] = digest.hexdigest()
    return found


def _plain(value: bytes) -> dict[str, str]:
    """Text that is not Unicode lies as bytes: all that a row holds and JSON does not."""
    return {"hex": value.hex()}
