"""Whether the end of the record hangs together: looked at whenever a project is opened to write."""

from typing import Final

import peewee

from hitl_desktop.domain.record_events import BEFORE_THE_FIRST, Happening, chained
from hitl_desktop.store.record_table_check import said_in

_LOOKED_AT: Final = 500


def fault_at_the_end(database: peewee.SqliteDatabase) -> int | None:
    """The number of the first of the last events that is not what was recorded; None where all of them are.

    What came before somebody said that they go on all the same is not looked at again: `verify` tells of it.
    """
    rows = database.execute_sql(
        "SELECT number, body, hash FROM record_event WHERE number >"
        " (SELECT coalesce(max(number), 0) - ? FROM record_event) ORDER BY number",
        (_LOOKED_AT,),
    ).fetchall()
    going_on = [place for place, (_, body, _) in enumerate(rows) if said_in(body).get("do") == Happening.CONTINUED]
    rows = rows[going_on[-1] :] if going_on else rows
    before = BEFORE_THE_FIRST if rows and rows[0][0] == 1 else None
    for place, (number, body, digest) in enumerate(rows):
        follows = place == 0 or number == rows[place - 1][0] + 1
        is_sound = before is None or (isinstance(body, str) and chained(before, body) == digest)
        if not (follows and is_sound and said_in(body).get("n") == number):
            return int(number)
        before = digest if isinstance(digest, bytes) else b""
    return None
