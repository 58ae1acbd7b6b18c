"""What has to be told of a table that can be read: oddities of its rows, its ids and its labels, in sentences."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from hitl_desktop.domain.sentences import Sentence, listed, quoted, say, say_n
from hitl_desktop.exchange.ordering import shown
from hitl_desktop.exchange.table_records import Oddity
from hitl_desktop.language import mark_n

_NAMED: Final = 5

# i18n: {rows} is "Row 3", "Rows 3 and 7" or "7 rows (3, 7, 9, 12, 15 and more)"; the first form is for one row.
_SENTENCES: Final[dict[Oddity, tuple[str, str]]] = {
    Oddity.REPAIRED: mark_n(
        "{rows} held bytes that do not fit the encoding and were read as Windows-1252.",
        "{rows} held bytes that do not fit the encoding and were read as Windows-1252.",
    ),
    Oddity.SHORT: mark_n(
        "{rows} had fewer cells than there are columns; the missing ones are taken as empty.",
        "{rows} had fewer cells than there are columns; the missing ones are taken as empty.",
    ),
    Oddity.SURPLUS: mark_n(
        "{rows} had more cells than there are columns; the surplus is kept as a field, check these rows.",
        "{rows} had more cells than there are columns; the surplus is kept as a field, check these rows.",
    ),
    Oddity.NUL: mark_n("{rows} held NUL characters, which were kept.", "{rows} held NUL characters, which were kept."),
    Oddity.HALF_CHARACTER: mark_n(
        "{rows} held half a character (a lone surrogate), which was kept.",
        "{rows} held half a character (a lone surrogate), which was kept.",
    ),
    Oddity.REPEATED_NAME: mark_n(
        "{rows} named a value twice; the last one counts.", "{rows} named a value twice; the last one counts."
    ),
    Oddity.NOT_JSON: mark_n(
        "{rows} held NaN or Infinity, which is not JSON; it was taken as text.",
        "{rows} held NaN or Infinity, which is not JSON; it was taken as text.",
    ),
}


def notes_on_oddities(oddities: Mapping[Oddity, Sequence[int]]) -> list[Sentence]:
    """A sentence for each oddity, with the numbers of the rows that have it."""
    return [say_n(*_SENTENCES[oddity], len(rows), rows=rows_named(rows)) for oddity, rows in oddities.items()]


def notes_on_ids(ids: Counter[str], without: Sequence[int]) -> list[Sentence]:
    """What was odd about ids: those that come again, and the rows `without` one."""
    notes = []
    again = [identity for identity, count in ids.items() if count > 1]
    if again:
        named = listed(quoted(shown(identity)) for identity in again[:_NAMED])
        more = len(again) - _NAMED
        notes.append(
            say_n(
                "Some ids come more than once: {ids} and {n} more. The rows are kept.",
                "Some ids come more than once: {ids} and {n} more. The rows are kept.",
                more,
                ids=named,
            )
            if more > 0
            else say("Some ids come more than once: {ids}. The rows are kept.", ids=named)
        )
    if without:
        notes.append(
            say_n(
                "{rows} had no id; the row number is used.",
                "{rows} had no id; the row number is used.",
                len(without),
                rows=rows_named(without),
            )
        )
    return notes


def notes_on_spaces(spaced: Counter[str]) -> list[Sentence]:
    """What was odd about labels that had spaces around them; `spaced` counts their rows."""
    if not spaced:
        return []
    named = listed(quoted(shown(label)) for label in list(spaced)[:_NAMED])
    if len(spaced) > _NAMED:
        return [
            say_n(
                "{n} label had spaces before or after it, which were left out: {labels} and {more} more.",
                "{n} labels had spaces before or after it, which were left out: {labels} and {more} more.",
                spaced.total(),
                labels=named,
                more=len(spaced) - _NAMED,
            )
        ]
    return [
        say_n(
            "{n} label had spaces before or after it, which were left out: {labels}.",
            "{n} labels had spaces before or after it, which were left out: {labels}.",
            spaced.total(),
            labels=named,
        )
    ]


def rows_named(rows: Sequence[int]) -> Sentence:
    """ "Row 3", "Rows 3 and 7", or "7 rows (3, 7, 9, 12, 15 and more)", as the start of a sentence."""
    numbers = [str(row) for row in rows]
    if len(rows) == 1:
        return say("Row {row}", row=numbers[0])
    if len(rows) <= _NAMED:
        return say("Rows {rows} and {last}", rows=listed(numbers[:-1]), last=numbers[-1])
    return say_n("{n} row ({rows} and more)", "{n} rows ({rows} and more)", len(rows), rows=listed(numbers[:_NAMED]))
