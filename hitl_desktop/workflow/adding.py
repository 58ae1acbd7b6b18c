"""Adding items to a project: what was gathered is taken over in one step, as a new batch. Light: no learning here."""

import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from hitl_desktop.domain.batches import Batch
from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.sentences import say
from hitl_desktop.language import tr, trn
from hitl_desktop.learning.reserve import Reserve
from hitl_desktop.store.store import DATABASE
from hitl_desktop.workflow import record_facts, routing
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.known_items import note_more_known, read_known
from hitl_desktop.workflow.many_at_once import Made, Making, at_once, settled
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.record_facts import Found
from hitl_desktop.workflow.requests import AddRequest, Gathered
from hitl_desktop.workflow.reserving import reserve_of

_STAGED = ".adding-"


def add_request(project: Project, sources: Sequence[Path]) -> AddRequest:
    """Look for new items in these folders, files or tables; () where the project's data lies."""
    return AddRequest(project.folder, tuple(sources), project.folder / f"{_STAGED}{uuid.uuid4().hex}")


def clear_staged(folder: Path) -> None:
    """Remove what addings that were killed have laid down in a project: when it is opened, as none is under way."""
    for path in folder.glob(f"{_STAGED}*"):
        shutil.rmtree(path, ignore_errors=True)


def take(project: Project, gathered: Gathered, by: str) -> tuple[Changes, Batch | None]:
    """Take over what was gathered as a new batch: items, labels and what was left out, in one transaction.

    No item there was changes its index or its state. Scores, features and the order of asking of the new ones are
    missing until they are computed. No batch and nothing but words when nothing new was found. Raises KnownError, with
    the project as it was, when the disk refuses or something else was added meanwhile.
    """
    batches: list[Batch] = []
    changes = at_once(taking(project, gathered, by, batches.append))
    return changes, batches[0] if batches else None


def taking(project: Project, gathered: Gathered, by: str, taken: Callable[[Batch], object]) -> Making:
    """The same in parts, for the window; `taken` is told the batch once it is there. It is still one transaction, so it
    is there whole or not at all.
    """
    try:
        if gathered.is_empty:
            return Made(Changes(told=told(gathered)))
        if gathered.first != len(project.pool):
            raise KnownError(say("Something else was added to the project meanwhile."), say("Add these items again."))
        store = project.store
        counts = gathered.counts
        number = len(store.batches.all()) + 1
        batch = Batch(number, gathered.first, gathered.items, now_utc(), by, gathered.source, counts, gathered.notes)
        _note_known(project, gathered)
        with store.batches.fresh(gathered.staging / DATABASE), store.in_parts(), store.transaction():
            store.batches.add(batch)
            for done in store.batches.take(batch):
                with store.paused():
                    yield done, 0
            reserve = reserve_of(store, project.holdout, project.seed, gathered.first + batch.items)
            with store.paused():
                yield batch.items, 0
        yield batch.items, 0
        for _ in _growing(project, batch, reserve):
            yield batch.items, 0
        yield batch.items, 0
        for _ in settled(store):
            yield batch.items, 0
        yield batch.items, 0
    finally:
        shutil.rmtree(gathered.staging, ignore_errors=True)
    taken(batch)
    return Made(Changes(pool=True, order=True, routing=True, told=told(gathered)))


def _note_known(project: Project, gathered: Gathered) -> None:
    """Note which of the new items a version knows from elsewhere, before they come: none must ever measure it. What is
    noted of items that then do not come is passed over, and replaced by the next adding.
    """
    for version, rows in gathered.known.items():
        folder = project.folder / "models" / f"v{version}"
        before = read_known(folder)
        if before is not None:
            note_more_known(project.store, version, np.union1d(before[before < gathered.first], rows))


def _growing(project: Project, batch: Batch, reserve: Reserve) -> Iterator[None]:
    """Follow in memory: the arrays over the pool are longer, the order of asking is made anew. All items are routed
    once, in a part of its own.

    What the model says stays, but for which items are unlike anything decided: that is found out anew. Its numbers are
    copied, as their file is soon written anew, which some systems refuse while it is mapped.
    """
    kept = None if project.pool.probabilities is None else np.array(project.pool.probabilities)
    states, label_ids = project.store.items.standings(batch.first)
    if project.task is Task.SEVERAL:
        for index, findings in project.store.items.findings(batch.first):
            label_ids[index - batch.first] = project.code(findings)
    yield
    project.pool.novel = None
    project.pool.grow(states, label_ids, lambda: routing.facts_of(project, project.policy), kept)
    project.reserve, project.quick, project.calibrated = reserve, None, {}
    project.forget_utilities()
    if kept is None:
        project.load_scores()
    yield
    record_facts.keep(project.folder, Found(project.pool.facts.masks, project.pool.facts.amounts))
    routing.remember(project)


def told(gathered: Gathered) -> str:
    """What an adding came to, in words."""
    counts = gathered.counts
    parts = [trn("{n} item was added.", "{n} items were added.", gathered.items)]
    if not gathered.items:
        parts = [tr("Nothing new was found.")]
    if counts.duplicates:
        parts.append(trn("{n} is the same as another.", "{n} are the same as others.", counts.duplicates))
    if counts.unreadable:
        parts.append(trn("{n} cannot be read.", "{n} cannot be read.", counts.unreadable))
    return " ".join([*parts, *(str(note) for note in gathered.notes)])
