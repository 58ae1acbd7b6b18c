"""Finding items: a filter and an order become a list of indexes, beside the window where the pool is large."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from hitl_desktop.domain.item_filter import (
    Indexes,
    ItemFilter,
    Mask,
    PoolColumns,
    SortKeys,
    SortOrder,
    Steered,
    in_order,
    pool_mask,
    steered_mask,
)
from hitl_desktop.domain.steering import IGNORED, USUAL
from hitl_desktop.domain.suggesting import SuggestionMode
from hitl_desktop.exchange.ordering import natural_key
from hitl_desktop.store.item_search import ItemSearch, Part
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.automation import watched
from hitl_desktop.workflow.guessing import Rules, said_by
from hitl_desktop.workflow.looking import Looking
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.steering import rules_now
from hitl_desktop.workflow.suggesting import suggesting_of

NATURAL: Final = 20_000
"""Up to so many items, names are ordered as people count ("scan 2" before "scan 10"); beyond, letter by letter:
taking a million names apart would hold the window for seconds."""
AT_ONCE: Final = 50_000
"""Up to so many items, what the pool in memory can answer is answered at once."""
_FIRST_PART: Final = 2_000
_LARGEST_PART: Final = 100_000
_PART_SECONDS: Final = 0.03
_QUOTE: Final = '"'


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be listed. `picked` are items that another page asked for, in its order; None for all."""

    filter: ItemFilter = field(default_factory=ItemFilter)
    order: SortOrder = SortOrder.ASKING
    picked: tuple[int, ...] | None = None

    @property
    def is_plain(self) -> bool:
        """True when nothing is asked: the plain queue."""
        return self == Wanted()

    @property
    def is_filtered(self) -> bool:
        """True when items may be left out."""
        return not self.filter.is_empty or self.picked is not None

    def asking(self, **facets: object) -> "Wanted":
        """The same with some facets of its filter changed."""
        return replace(self, filter=replace(self.filter, **facets))  # type: ignore[arg-type]

    @property
    def asks_store(self) -> bool:
        """True when the pool in memory cannot answer it alone."""
        return self.filter.asks_store or self.order in (SortOrder.NAME, SortOrder.LAST_DECIDED)


@dataclass(frozen=True, slots=True)
class Question:
    """Everything an answer needs, as it was when it was asked: it may be worked on in another thread.

    `steered` are the examples, where they are asked for, and `rules` what speaks for a class. What these say, (n,), is
    left in `said` by whoever answers: it stays as long as the rules do.
    """

    folder: Path
    wanted: Wanted
    pool: PoolColumns
    asking: Indexes
    steered: Steered | None = None
    rules: Rules = ()
    said: list[Indexes] = field(default_factory=list)


def question(project: Project, wanted: Wanted, asking: Indexes) -> Question:
    """Ask about a project now; `asking` are the items of the plan in their order."""
    columns = PoolColumns.of(project.pool, project.labels, hidden=hidden_items(project))
    steered = _steered(project) if wanted.filter.steered else None
    rules = rules_now(project) if wanted.filter.asks_rules else ()
    return Question(project.folder, wanted, columns, asking, steered, rules)


def _steered(project: Project) -> Steered:
    examples = project.store.steering.examples()
    ignored = [index for index, weight in examples.items() if weight == IGNORED]
    matters = [index for index, weight in examples.items() if weight > USUAL]
    return Steered(np.asarray(matters, np.int64), np.asarray(ignored, np.int64))


def hidden_items(project: Project) -> Mask | None:
    """The items whose suggestion may have to wait for the reviewer's own answer; None for none."""
    choice, audited = suggesting_of(project.store), project.store.audits.open_items()
    if choice.mode is not SuggestionMode.FIRST:
        return np.ones(len(project.pool), bool)
    watching = watched(project)
    if not choice.blind_checks and not audited and watching is None:
        return None
    hidden = project.reserve.members.copy() if choice.blind_checks else np.zeros(len(project.pool), bool)
    hidden[np.fromiter(audited, np.int64, len(audited))] = True
    return hidden if watching is None else hidden | watching


class Finder(Looking):
    """Answers questions about which items fit."""

    def answer(self, asked: Question, progress: Callable[[float], None] = lambda _: None) -> Indexes:
        """The items wanted, in their order. Raises Cancelled when it was stopped, ProjectRefused, KnownError."""
        asked = replace(asked, pool=asked.pool.settled())
        if not asked.wanted.asks_store:
            return found(asked, None, SortKeys(asked.asking))
        with self.reading(asked.folder) as store:
            if asked.wanted.filter.asks_rules:
                asked.said[:] = [said_by(store.records, asked.rules, len(asked.pool), self.check)]
            mask = self._mask(store.search, asked, progress)
            return found(asked, mask, self._keys(store, asked))

    def first(self, folder: Path, items: int, text: str, limit: int) -> list[int]:
        """The first items of a project that hold the words, in pool order, at most `limit`; before them the one whose
        number, counted from 1, the words are. Raises Cancelled when it was stopped.
        """
        numbered = [int(text) - 1] if text.isascii() and text.isdigit() and 0 < int(text) <= items else []
        words = words_of(text)
        found: list[int] = []
        with self.reading(folder) as store:
            start, size = 0, _FIRST_PART
            while words and start < items and len(found) < limit:
                self.check()
                part = range(start, min(start + size, items))
                found += store.search.with_words(words, part).tolist()
                start, size = part.stop, min(2 * size, _LARGEST_PART)
        return list(dict.fromkeys([*numbered, *found]))[:limit]

    def _mask(self, search: ItemSearch, asked: Question, progress: Callable[[float], None]) -> Mask | None:
        """What the store lets through, part after part: small parts where texts are long."""
        if not asked.wanted.filter.asks_store:
            return None
        count = len(asked.pool)
        mask = np.zeros(count, bool)
        start, size = 0, _FIRST_PART
        while start < count:
            self.check()
            part = range(start, min(start + size, count))
            began = time.perf_counter()
            mask[store_matches(search, asked.wanted.filter, part)] = True
            took = time.perf_counter() - began
            size = min(2 * size, _LARGEST_PART) if took < _PART_SECONDS else max(size // 2, 50)
            start = part.stop
            progress(start / count)
        return mask

    def _keys(self, store: Store, asked: Question) -> SortKeys:
        order, count = asked.wanted.order, len(asked.pool)
        if order is SortOrder.NAME:
            self.check()
            by_name = _by_name(store, count)
            names = np.empty(count, np.int64)
            names[by_name] = np.arange(len(by_name))
            return SortKeys(asked.asking, names=names)
        if order is SortOrder.LAST_DECIDED:
            last = np.zeros(count, np.int64)
            for start in range(0, count, _LARGEST_PART):
                self.check()
                indexes, numbers = store.search.last_events(range(start, min(start + _LARGEST_PART, count)))
                last[indexes] = numbers
            return SortKeys(asked.asking, last_decisions=last)
        return SortKeys(asked.asking)


def _by_name(store: Store, count: int) -> Indexes:
    if count > NATURAL:
        return store.search.by_name()[:count]
    paths = store.items.paths()[:count]
    return np.asarray(sorted(range(len(paths)), key=lambda index: (natural_key(paths[index]), index)), np.int64)


def found(asked: Question, mask: Mask | None, keys: SortKeys) -> Indexes:
    """The answer from what the pool knows, and what the store lets through (None: everything)."""
    wanted = asked.wanted
    through = pool_mask(asked.pool, wanted.filter)
    if mask is not None:
        through &= mask
    if asked.steered is not None:
        through &= _steers(asked, asked.steered, asked.pool, np.arange(len(asked.pool)))
    if wanted.picked is None:
        return in_order(through, wanted.order, asked.pool, keys)
    picked = np.asarray([index for index in dict.fromkeys(wanted.picked) if index < len(through)], np.int64)
    if wanted.order is SortOrder.ASKING:
        return picked[through[picked]]
    only = np.zeros(len(through), bool)
    only[picked] = True
    return in_order(through & only, wanted.order, asked.pool, keys)


def still_wanted(project: Project, asked: Question, indexes: Sequence[int]) -> dict[int, bool]:
    """For a few items that have changed, whether they belong to the answer now."""
    where = np.asarray([index for index in indexes if index < len(project.pool)], np.int64)
    columns = PoolColumns.of(project.pool, project.labels, hidden=hidden_items(project), indexes=where)
    mask = pool_mask(columns, asked.wanted.filter)
    if asked.wanted.filter.asks_store:
        matching = store_matches(project.store.search, asked.wanted.filter, where.tolist())
        mask &= np.isin(where, matching)
    if asked.steered is not None:
        mask &= _steers(asked, _steered(project), columns, where)
    if asked.wanted.picked is not None:
        mask &= np.isin(where, np.asarray(asked.wanted.picked, np.int64))
    return {int(index): bool(is_in) for index, is_in in zip(where, mask, strict=True)}


def _steers(asked: Question, steered: Steered, pool: PoolColumns, items: Indexes) -> Mask:
    """Which rows of a pool, being `items`, are steered as is wanted; the rules as they were when it was asked."""
    with_rules = replace(steered, said=asked.said[0]) if asked.said else steered
    return steered_mask(pool, items, asked.wanted.filter.steered, with_rules)


def store_matches(search: ItemSearch, wanted: ItemFilter, part: Part) -> Indexes:
    """The items of a part that the store lets through."""
    results = []
    if wanted.reviewer:
        results.append(search.decided_by(wanted.reviewer, part))
    if wanted.has_note is not None:
        noted = search.with_note(part)
        results.append(noted if wanted.has_note else np.setdiff1d(_every(part), noted, assume_unique=True))
    words = words_of(wanted.words)
    if words:
        results.append(search.with_words(words, part))
    if not results:
        return _every(part)
    matching = results[0]
    for more in results[1:]:
        matching = np.intersect1d(matching, more)
    return matching


def _every(part: Part) -> Indexes:
    """A range number by number would hold the interpreter, and the window, for as long as its part is searched."""
    return np.arange(part.start, part.stop) if isinstance(part, range) else np.asarray(part, np.int64)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a search: parted by blanks, except in quotation marks."""
    words: list[str] = []
    for place, piece in enumerate(text.split(_QUOTE)):
        words += [piece] if place % 2 else piece.split()
    return tuple(dict.fromkeys(word for word in words if word.strip()))
