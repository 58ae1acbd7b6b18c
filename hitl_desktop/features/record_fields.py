"""Records as rows of numbers: values, their presence, categories, words, each in a column that its name is hashed to.

A row is a pure function of the record's text. What has to be fitted (means, which values are frequent) is fitted by the
representation; which columns a table has is not known here, so names are hashed (Weinberger et al., "Feature hashing
for large scale multitask learning", ICML 2009).

Numbers stay as they are. A date gives the hour of the day, its place on the circle of the day, and the days since 2000;
its weekday is a category. What was known of the key before (`Record.earlier`) are numbers too.
"""

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix, hstack

from hitl_desktop.domain.records import COUNT, ColumnType, Record, record_of
from hitl_desktop.features import text_ngrams
from hitl_desktop.features.extractor import Extractor

NUMBERS: Final = "record-numbers"
PRESENT: Final = "record-present"
CATEGORIES: Final = "record-categories"
WORDS: Final = "record-words"

NUMBER_COLUMNS: Final = 2**16
MOVING: Final = NUMBER_COLUMNS // 2
"""From this column on stand numbers that move on with time by themselves: days, and how many rows came before. Whether
what comes later is like what was there is asked without them.
"""
_MOVE: Final = ("days", COUNT)
GROUPS: Final = 2**8
"""The columns of a table share so many groups of categories …"""
VALUES: Final = 2**12
"""… of so many values each. The column of a value tells the column of the table that it stands in."""
EARLIER: Final = "earlier"
"""What stands for the column where a number tells of the rows before."""

_EPOCH: Final = datetime(2000, 1, 1)
_SECONDS_A_DAY: Final = 86_400.0
_MOST: Final = 1e30


@dataclass(frozen=True, slots=True)
class Source:
    """What a feature was made of: the column of the table, and the part of it: "" for its value, else "hour", "value
    x", the name of what is known of earlier rows …
    """

    column: str
    part: str = ""


def extract(texts: Sequence[str]) -> csr_matrix:
    """Rows (n, columns) of records in their canonical text, CSR float32."""
    records = [record_of(text) for text in texts]
    numbers: list[tuple[int, int, float]] = []
    categories: list[tuple[int, int]] = []
    for place, record in enumerate(records):
        numbers += [(place, column, value) for _, column, value in number_columns(record)]
        categories += [(place, column) for _, column in category_columns(record)]
    rows = len(records)
    at, columns, values = (np.array(a) for a in zip(*numbers, strict=True)) if numbers else (np.zeros(0),) * 3
    present = np.ones(len(at), np.float32)
    held = np.clip(values, -_MOST, _MOST).astype(np.float32)
    number_block = csr_matrix((held, (at.astype(int), columns.astype(int))), shape=(rows, NUMBER_COLUMNS))
    present_block = csr_matrix((present, (at.astype(int), columns.astype(int))), shape=(rows, NUMBER_COLUMNS))
    present_block.data[:] = 1.0
    places, slots = (np.array(a, int) for a in zip(*categories, strict=True)) if categories else (np.zeros(0, int),) * 2
    category_block = csr_matrix((np.ones(len(slots), np.float32), (places, slots)), shape=(rows, GROUPS * VALUES))
    category_block.data[:] = 1.0
    words = text_ngrams.extract([words_of(record) for record in records])[:, : text_ngrams.COLUMNS]
    return hstack([number_block, present_block, category_block, words], format="csr", dtype=np.float32)


def number_columns(record: Record) -> Iterator[tuple[Source, int, float]]:
    """The numbers of a record: where each comes from, its column in the block of numbers, its value."""
    for one in record.fields:
        if one.type is ColumnType.NUMBER and one.number is not None:
            yield Source(one.name), number_slot(one.name), one.number
        elif one.type is ColumnType.DATE and (moment := one.moment) is not None:
            for part, value in _parts_of(moment):
                yield Source(one.name, part), number_slot(one.name, part), value
    for name, value in record.earlier.items():
        yield Source(EARLIER, name), earlier_slot(name), value


def category_columns(record: Record) -> Iterator[tuple[Source, int]]:
    """The categories of a record: where each comes from, and its column in the block of categories."""
    for one in record.fields:
        if one.type is ColumnType.CATEGORY and one.text:
            yield Source(one.name, one.text), category_slot(one.name, one.text)
        elif one.type is ColumnType.DATE and (moment := one.moment) is not None:
            part = f"weekday {moment.weekday()}"
            yield Source(one.name, part), category_slot(weekday_of(one.name), str(moment.weekday()))


def words_of(record: Record) -> str:
    """The texts of a record, one after the other."""
    return "\n".join(one.text for one in record.fields if one.type is ColumnType.TEXT and one.text)


def category_slot(column: str, value: str) -> int:
    """The column of a value: its group by the name of the table's column, its place in it by the value."""
    return group_of(column) * VALUES + _slot(column, value.casefold(), VALUES)


def group_of(column: str) -> int:
    """The group of the values of a column of the table."""
    return _slot(column, "", GROUPS)


def weekday_of(column: str) -> str:
    """What stands for a column of dates where its weekdays are categories."""
    return f"{column}\0weekday"


def number_slot(column: str, part: str = "") -> int:
    """The place of a number, or of a part of a date, in the block of numbers."""
    return _slot(column, part, MOVING) + (MOVING if part in _MOVE else 0)


def earlier_slot(name: str) -> int:
    """The place of what was known before."""
    return _slot(f"\0{EARLIER}", name, MOVING) + (MOVING if name in _MOVE else 0)


@lru_cache(maxsize=100_000)
def _slot(name: str, part: str, size: int) -> int:
    digest = hashlib.blake2b(f"{name}\0{part}\0{size}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") % size


def _parts_of(moment: datetime) -> Iterator[tuple[str, float]]:
    since = (moment - _EPOCH).total_seconds()
    yield "days", since / _SECONDS_A_DAY
    hour = moment.hour + moment.minute / 60 + moment.second / 3600
    yield "hour", hour
    yield "hour sine", math.sin(hour / 24 * 2 * math.pi)
    yield "hour cosine", math.cos(hour / 24 * 2 * math.pi)


RECORD_FIELDS: Final = Extractor(
    name="record-fields",
    version=1,
    kind="record",
    blocks=(
        (NUMBERS, NUMBER_COLUMNS),
        (PRESENT, NUMBER_COLUMNS),
        (CATEGORIES, GROUPS * VALUES),
        (WORDS, text_ngrams.COLUMNS),
    ),
    sparse=True,
    extract=extract,
)
