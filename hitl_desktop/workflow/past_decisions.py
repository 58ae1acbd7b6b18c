"""The history of a project: which events fit, in which order, and what each of them changed, in words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from hitl_desktop.domain.decisions import Decision, Standing, Verdict
from hitl_desktop.domain.history import Entry, HistoryFilter, HistoryOrder, entries_of
from hitl_desktop.domain.items import Item
from hitl_desktop.domain.steering import SteeredFacet
from hitl_desktop.store.item_search import Indexes
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.finding import words_of
from hitl_desktop.workflow.guessing import Rules, said_by
from hitl_desktop.workflow.looking import Looking
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.steering import rules_now

_PART: Final = 20_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events of a project, and in which order; `last` is the number of the newest one that counts."""

    folder: Path
    last: int
    filter: HistoryFilter = field(default_factory=HistoryFilter)
    order: HistoryOrder = HistoryOrder.TIME
    descending: bool = True
    rules: Rules = ()
    """What speaks for a class now, where that is asked."""

    @property
    def is_plain(self) -> bool:
        """True when the answer is all numbers there are."""
        return self.filter.is_empty and self.order is HistoryOrder.TIME


@dataclass(frozen=True, slots=True)
class PastDecision:
    """One event as people read it: the item, what it was before and after, whether it was taken back since.

    `before` and `after` are the decisions that held then; None where the item was to do. Where there was none before,
    what the model had suggested is in the event.
    """

    item: Item
    entry: Entry
    after: Decision | None

    @property
    def event(self) -> Decision:
        """The event itself."""
        return self.entry.event

    @property
    def before(self) -> Standing:
        """What held before it."""
        return self.entry.before


class HistoryFinder(Looking):
    """Answers a question about which events fit."""

    def answer(self, asked: Asked) -> Indexes:
        """The numbers of the events wanted, in their order. Raises Cancelled when it was stopped, ProjectRefused."""
        if asked.is_plain:
            return plain(asked)
        with self.reading(asked.folder) as store:
            return self._found(store, asked)

    def _found(self, store: Store, asked: Asked) -> Indexes:
        words = words_of(asked.filter.words)
        ruled = None if asked.filter.steered is not SteeredFacet.RULED_OTHERWISE else self._ruled(store, asked)
        if asked.order is not HistoryOrder.TIME:
            found = store.history.in_order(asked.filter, words, asked.order, descending=asked.descending)
            return found if ruled is None else found[np.isin(found, ruled)]
        parts = []
        for first in range(1, asked.last + 1, _PART):
            self.check()
            last = min(first + _PART - 1, asked.last)
            parts.append(store.history.matching(asked.filter, words, first, last))
        found = np.concatenate([*parts, np.empty(0, np.int64)])
        found = found if ruled is None else found[np.isin(found, ruled)]
        return found[::-1] if asked.descending else found

    def _ruled(self, store: Store, asked: Asked) -> Indexes:
        """The numbers of the events that say another class than the rules do."""
        said = said_by(store.records, asked.rules, store.items.count(), self.check)
        parts = [np.empty(0, np.int64)]
        for first in range(1, asked.last + 1, _PART):
            self.check()
            numbers, items, labels = store.history.classes(first, min(first + _PART - 1, asked.last))
            parts.append(numbers[(said[items] >= 0) & (said[items] != labels)])
        return np.concatenate(parts)


def rules_asked(project: Project, wanted: HistoryFilter) -> Rules:
    """What speaks for a class now, where the filter asks for it."""
    return rules_now(project) if wanted.steered is SteeredFacet.RULED_OTHERWISE else ()


def plain(asked: Asked) -> Indexes:
    """All numbers, newest or oldest first."""
    numbers = np.arange(1, asked.last + 1, dtype=np.int64)
    return numbers[::-1] if asked.descending else numbers


def past_decisions(project: Project, numbers: Sequence[int]) -> dict[int, PastDecision]:
    """The events with these numbers, each beside what it changed."""
    events = project.store.decisions.numbered(numbers)
    indexes = sorted({event.item_index for event in events})
    entries = entries_of(project.store.decisions.of_items(indexes))
    items = {item.index: item for item in project.store.items.many(indexes)}
    return {event.number: _past(items[event.item_index], entries[event.number]) for event in events}


def of_item(project: Project, index: int) -> list[PastDecision]:
    """Everything that was decided on one item, newest first."""
    entries = entries_of(project.store.decisions.of_item(index))
    item = project.store.items.get(index)
    return [_past(item, entry) for _, entry in sorted(entries.items(), reverse=True)]


def _past(item: Item, entry: Entry) -> PastDecision:
    event = entry.event
    return PastDecision(item, entry, entry.after.decision if event.verdict is Verdict.RETRACTED else event)


def said(project: Project, decision: Decision | None) -> str:
    """The class or the findings of a decision; empty for one that names none."""
    return "" if decision is None else project.answer_words(decision.label_id, decision.findings)


def suggested(project: Project, decision: Decision) -> str:
    """What the model had suggested then; empty where there was none, and while an audit of the item is under way."""
    if decision.item_index in project.store.audits.open_items():
        return ""
    return project.answer_words(decision.predicted_id, decision.predicted_findings)
