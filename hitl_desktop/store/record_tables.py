"""Which tables the record covers, and how. A table that is in neither list makes a contract test fail."""

from dataclasses import dataclass
from typing import Final

import peewee

PASSING_FACTS: Final = frozenset(
    {"current", "current_slot", "order", "prepared", "attempted_after", "looked_at", "data_root", "recalling"}
)
"""Facts that are not on record: where somebody is, what is prepared, and where the data lies on this computer."""
SAID_FACTS: Final = frozenset(
    {
        *("holdout", "seed", "task", "kind", "use_labels", "retrain_every", "check_every", "threshold", "uncertainty"),
        *("strategy", "start_strategy", "class_weight", "estimator", "features", "extractor", "suggesting", "costs"),
        *("watch_limits", "restored", "regularisation"),
    }
)
"""Settings whose values the record repeats; of others, which may hold names, it keeps the digest."""


@dataclass(frozen=True, slots=True)
class Added:
    """A table whose rows are added and never changed again, but for the columns `without`, which follow from others.

    `key` rises with every row or group of rows. `order` is what sorts rows with the same key.
    """

    name: str
    key: str = "number"
    order: str = ""
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A table whose rows change: the last event about a row says how it has to be. `but` are keys left out."""

    name: str
    key: str
    but: frozenset[str] = frozenset()


ADDED: Final = (
    Added("item", "idx", without=("state", "label_id", "findings")),
    Added("item_file", "idx", "place"),
    Added("item_batch"),
    Added("import_note"),
    Added("class_operation"),
    Added("model", "version"),
    Added("activation"),
    Added("policy"),
    Added("audit"),
    Added("audit_item", "audit", "place"),
    Added("audit_event"),
    Added("automation_event"),
    Added("batch_comparison"),
    Added("decision"),
    Added("reviewer"),
    Added("sitting"),
    Added("signature"),
    Added("mask"),
    Added("steering_event"),
)
KEPT: Final = (Kept("project", "key", PASSING_FACTS), Kept("label", "id"))
NOT_RECORDED: Final = {
    "record_event": "the record itself",
    "record_anchor": "signed by itself",
    "item_text": "covered by the digest of its item, and may be erased",
    "draft": "typed, and not decided yet",
}


def columns_of(database: peewee.SqliteDatabase, table: Added | Kept) -> tuple[str, ...]:
    """The columns that are covered, in the order in which migrations added them."""
    without = table.without if isinstance(table, Added) else ()
    rows = database.execute_sql(f"PRAGMA main.table_info({table.name})")
    return tuple(row[1] for row in rows if row[1] not in without)
