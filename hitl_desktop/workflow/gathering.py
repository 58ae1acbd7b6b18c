"""The task behind adding: look for items a project does not have yet, and lay them down beside it.

Nothing of the project is touched but its cache of features: what was found lies in a database of its own, which the
project takes over in one step (`workflow/adding.py`), or which is thrown away.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.batches import BatchCounts, first_import
from hitl_desktop.domain.decisions import Decision, Slot, Verdict
from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.holdout import USUAL, Holdout
from hitl_desktop.domain.items import FoundItem
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.protocols import CancelCheck, Progress, Step, stop_if
from hitl_desktop.domain.sentences import Sentence, listed, say_n
from hitl_desktop.exchange.ordering import shown
from hitl_desktop.exchange.row_kinds import is_whole
from hitl_desktop.kinds import KINDS
from hitl_desktop.learning.bundles import load_bundle
from hitl_desktop.learning.learned_items import places_of
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.image_folder import Findings
from hitl_desktop.workflow.import_record import IMPORT_REVIEWER, in_parts
from hitl_desktop.workflow.new_images import find_new_images
from hitl_desktop.workflow.new_rows import find_new_rows
from hitl_desktop.workflow.project_facts import ProjectFacts
from hitl_desktop.workflow.requests import LISTED, AddRequest, Gathered, LabelUse

_LABEL_CHECKS: Final = 0x6C626C73
_NAMED: Final = 5


def gather(request: AddRequest, progress: Progress, cancelled: CancelCheck) -> Gathered:
    """Find what the project does not have yet. Raises KnownError when a source cannot be read, Cancelled; then nothing
    is left but features in the cache, which may be of use another time.
    """
    reader = Store.reader(request.folder)
    try:
        facts = _facts_of(reader)
        batches = reader.batches.all()
    finally:
        reader.close()
    find = find_new_rows if KINDS[facts.kind].from_rows else find_new_images
    found, known = find(facts, request.sources, request.folder / "features", progress, cancelled)
    if cancelled():
        raise Cancelled
    unknown = _without_unknown_classes(found, facts)
    _without_old_notes(found, facts)
    first = len(facts.there)
    labelled = sum(bool(_names_of(item)) for item in found.items)
    counts = BatchCounts(
        known=known,
        stacked=found.stacked,
        duplicates=len(found.duplicates),
        unreadable=len(found.unreadable),
        others=len(found.others),
        labelled=labelled if facts.use_labels is not LabelUse.NO else 0,
        unknown_labels=unknown.total(),
    )
    before = sum(batch.counts.labelled for batch in batches)
    share = Holdout.parse(facts.holdout).share_of(first_import(batches, first))
    _lay_down(request.staging, facts, found, share, before, len(batches) + 1, stop_if(cancelled))
    digests = [item.digest for item in found.items]
    return Gathered(
        staging=request.staging,
        first=first,
        items=len(found.items),
        source=_source(request.sources) or facts.root.name,
        counts=counts,
        notes=(*found.notes, *_on_unknown(unknown)),
        known=_known_to_models(request.folder, digests, first),
        listed_duplicates=tuple(found.duplicates[:LISTED]),
        listed_unreadable=tuple(found.unreadable[:LISTED]),
        listed_others=tuple(found.others[:LISTED]),
    )


def _source(sources: Sequence[Path]) -> str:
    """Where a batch came from, as it is listed: the first names, and that there are more."""
    names = ", ".join(source.name for source in sources[:_NAMED])
    return f"{names}, …" if len(sources) > _NAMED else names


def _facts_of(store: Store) -> ProjectFacts:
    paths = store.items.paths()
    series = store.item_files.paths()
    first = store.items.many([0])
    is_needed = is_whole(str(store.fact("kind")))
    texts = zip(store.items.texts(), store.items.digests(), strict=True) if is_needed else ()
    return ProjectFacts(
        kind=str(store.fact("kind")),
        root=Path(store.fact("data_root", "")),
        task=Task(store.fact("task", Task.ONE.value)),
        use_labels=LabelUse(store.fact("use_labels", LabelUse.NO.value)),
        labels=tuple(store.labels()),
        there=dict(zip(store.items.digests(), paths, strict=True)),
        paths=frozenset(paths) | frozenset(series),
        columns=store.fact("columns"),
        field_names=frozenset(first[0].fields if first else ()),
        seen=frozenset(store.batches.notes_seen()),
        series=tuple(store.item_files.paths(first=True)),
        texts=tuple(texts),
        seed=int(store.fact("seed", 0)),
        holdout=str(store.fact("holdout", USUAL.text)),
    )


def _without_unknown_classes(found: Findings, facts: ProjectFacts) -> Counter[str]:
    """Take the labels away that are no class of the project; returns how many items had each. A class is never added
    by itself: what it is to be called, and whether it is one, is for a person to say.
    """
    ids, unknown = facts.ids, Counter[str]()
    kept = []
    for item in found.items:
        strange = [name for name in _names_of(item) if name not in ids]
        unknown.update(strange)
        # What is left of a set of findings is another set, so it says nothing.
        kept.append(replace(item, label=None, findings=None) if strange else item)
    found.items = kept
    return unknown


def _on_unknown(unknown: Counter[str]) -> list[Sentence]:
    if not unknown:
        return []
    named = listed(shown(name) for name, _ in unknown.most_common(_NAMED))
    return [
        say_n(
            "{n} new item has a label that is no class of this project, and came without it: {names}.",
            "{n} new items have labels that are no classes of this project, and came without them: {names}.",
            unknown.total(),
            names=named,
        )
    ]


def _without_old_notes(found: Findings, facts: ProjectFacts) -> None:
    """Leave out what was told of the same file before: a folder that is looked at again tells only what is new."""
    found.duplicates = [n for n in found.duplicates if ("duplicate", n.file, n.same_as) not in facts.seen]
    found.unreadable = [n for n in found.unreadable if ("unreadable", n.file, n.why.text()) not in facts.seen]
    found.others = [n for n in found.others if ("other", n.file, n.why.text()) not in facts.seen]


def _names_of(item: FoundItem) -> tuple[str, ...]:
    if item.findings is not None:
        return item.findings
    return () if item.label is None else (item.label,)


def _lay_down(
    folder: Path, facts: ProjectFacts, found: Findings, share: float, before: int, number: int, step: Step
) -> None:
    """Write the new items, what was left out, and labels that count as decisions into a database of their own."""
    staged = Store.create(folder)
    try:
        with staged.transaction():
            staged.add_labels([label.name for label in sorted(facts.labels, key=lambda label: label.id)])
        if [label.id for label in staged.labels()] != sorted(label.id for label in facts.labels):
            raise ValueError("the classes have got other ids")
        truth = facts.ids if facts.use_labels is LabelUse.TRUTH else {}
        for part in in_parts(found.items):
            step()
            with staged.transaction():
                staged.item_files.add(part, staged.items.add(part, truth))
        with staged.transaction():
            staged.items.add_notes([*found.duplicates, *found.unreadable, *found.others])
        if facts.use_labels is LabelUse.DECISIONS:
            with staged.transaction():
                staged.decisions.append_imported(_imported(found.items, facts, share, before, number, step))
    finally:
        staged.close()


def _imported(
    items: Sequence[FoundItem], facts: ProjectFacts, share: float, before: int, number: int, step: Step
) -> Iterable[Decision]:
    """Labels of the data as decisions. The same share of them as in the first import measures, drawn by chance.

    `before` labels came with batches before, and this is batch `number`: over all of them, the checks are the whole
    steps that the share takes from a random start, so that each label has the same chance however small its batch.
    """
    named = [place for place, item in enumerate(items) if _names_of(item) or item.findings is not None]
    start = float(np.random.default_rng([facts.seed, _LABEL_CHECKS]).random())
    count = int(share * (before + len(named)) + start) - int(share * before + start)
    rng = np.random.default_rng([facts.seed, _LABEL_CHECKS, number])
    checks = set(rng.permutation(len(named))[:count].tolist())
    at, ids = now_utc(), facts.ids
    for place, index in enumerate(named):
        step()
        item, is_check = items[index], place in checks
        yield Decision(
            number=0,
            event_id=str(uuid.UUID(bytes=rng.bytes(16), version=4)),
            item_index=index,
            verdict=Verdict.CORRECTED,
            label_id=None if item.label is None else ids[item.label],
            findings=None if item.findings is None else tuple(sorted(ids[name] for name in item.findings)),
            reviewer=IMPORT_REVIEWER,
            at_utc=at,
            slot=Slot.IMPORTED_CHECK if is_check else Slot.IMPORTED,
            probability=share if is_check else None,
        )


def _known_to_models(folder: Path, digests: Sequence[str], first: int) -> dict[int, npt.NDArray[np.int64]]:
    """By version, indexes of the new items that it had learned from elsewhere: they must not measure it."""
    known: dict[int, npt.NDArray[np.int64]] = {}
    for path in (folder / "models").glob("v*") if digests else ():
        try:
            learned = load_bundle(path).learned
        except KnownError:
            continue
        if learned is not None and path.name[1:].isdigit():
            known[int(path.name[1:])] = places_of(digests, learned) + first
    return known
