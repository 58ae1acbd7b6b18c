"""Making a project: read the data set once, compute its features on the way, keep what was left out and why.

Everything is built in a hidden folder beside the target and renamed at the end: a project is there whole or not at all.
"""

import glob
import os
import shutil
import sys
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from hitl_desktop import paths
from hitl_desktop.domain.decisions import Decision, Slot, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import FoundItem
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.protocols import CancelCheck, Progress, Step, no_step, stop_if
from hitl_desktop.domain.routing import DEFAULT_THRESHOLD
from hitl_desktop.domain.sentences import Sentence, listed, say
from hitl_desktop.exchange.label_cells import notes_on_spelling
from hitl_desktop.exchange.record_rows import AMOUNT
from hitl_desktop.exchange.row_kinds import ROW_KINDS, Layout, kinds_of
from hitl_desktop.exchange.table import read_table, sniff
from hitl_desktop.exchange.table_records import TableColumns
from hitl_desktop.features import EXTRACTORS
from hitl_desktop.kinds import KINDS
from hitl_desktop.learning.bundles import load_bundle, save_bundle
from hitl_desktop.learning.cards import bundled_models, matching_model
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.backing_up import first_backup
from hitl_desktop.workflow.class_list import check_findings, class_list
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.half_done import part_of
from hitl_desktop.workflow.image_folder import Findings, read_image_folder
from hitl_desktop.workflow.import_record import IMPORT_REVIEWER, in_parts
from hitl_desktop.workflow.known_items import note_known
from hitl_desktop.workflow.put_in_place import put_in_place
from hitl_desktop.workflow.requests import (
    LISTED,
    NO_MODEL,
    FeatureRequest,
    ImportReport,
    LabelUse,
    NewProject,
    ScoreRequest,
)
from hitl_desktop.workflow.scoring import score_pool
from hitl_desktop.workflow.stakes import begin_with

KEY = "key"
"""The role of a column whose equal values belong together."""


def guess_kind(data: Path, text_column: str | None = None, step: Step = no_step) -> str:
    """A folder holds images; a file is a table of what its columns look like, of texts where the
    column to read is named. Raises KnownError when nothing is there,
    or the file is no table.
    """
    if data.is_dir():
        return "image"
    if data.exists():
        return "text" if text_column else kinds_of(sniff(data, step))[0]
    raise KnownError(say("There is nothing at {path}.", path=str(data)), say("Check the path."))


def create_project(request: NewProject, progress: Progress, cancelled: CancelCheck) -> ImportReport:
    """Make the project `request.folder` from a data set.

    Raises KnownError (with nothing left behind) when the data cannot be read or the place not be written to,
    Cancelled when the user stopped it.
    """
    step = stop_if(cancelled)
    kind = request.kind or guess_kind(request.data, request.text_column, step)
    if request.folder.exists() and (not request.folder.is_dir() or any(request.folder.iterdir())):
        raise KnownError(
            say("{name} already exists.", name=request.folder.name), say("Choose another name for the project.")
        )
    staging = _staging(request.folder)
    try:
        store = Store.create(staging)
        try:
            found = _read(request, kind, staging, progress, cancelled)
            report = _fill(store, request, found, step)
            _score(store, request, found, progress, cancelled)
        finally:
            store.close()
        first_backup(staging, cancelled)
        put_in_place(staging, request.folder)
    except OSError as error:
        raise KnownError(
            say(
                "The project cannot be written to {folder}: {why}.",
                folder=str(request.folder.parent),
                why=str(error.strerror),
            ),
            say("Choose a place where you may write."),
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return report


def _staging(folder: Path) -> Path:
    """The hidden folder a project is built in; what a process that was killed left of the same project goes first."""
    for left in folder.parent.glob(f".{glob.escape(folder.name)}.*.part"):
        maker = left.name.removesuffix(".part").rpartition(".")[2]
        if maker.isdigit() and not _is_running(int(maker)):
            shutil.rmtree(left, ignore_errors=True)
    return part_of(folder)


def _is_running(pid: int) -> bool:
    if sys.platform == "win32":  # there, signal 0 would end the process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _score(store: Store, request: NewProject, found: Findings, progress: Progress, cancelled: CancelCheck) -> None:
    """Score the new items with the model that was adopted, so that the first item shown has its suggestion."""
    model = store.models.active()
    if model is None:
        return
    root = None if KINDS[found.kind].from_rows else request.data
    features = FeatureRequest(store.folder, found.kind, store.fact("extractor"), len(found.items), root)
    out = store.folder / "scores" / f"v{model.version}.npy"
    label_ids = tuple(label.id for label in store.labels())
    score_pool(ScoreRequest(features, store.folder / model.folder, label_ids, out), progress, cancelled)


def _read(request: NewProject, kind: str, staging: Path, progress: Progress, cancelled: CancelCheck) -> Findings:
    if kind == "image":
        return read_image_folder(request.data, staging / "features", progress, cancelled)
    if kind in KINDS:
        return read_text_table(request, progress, cancelled, kind)
    raise KnownError(
        say("There is no kind of item named {name}.", name=kind), say("Use one of: {names}.", names=listed(KINDS))
    )


def read_text_table(request: NewProject, progress: Progress, cancelled: CancelCheck, kind: str = "text") -> Findings:
    """Read a table whose rows are items of `kind`; columns that were not named are guessed."""
    guess = sniff(request.data, stop_if(cancelled))
    row_kind = ROW_KINDS.get(kind)
    layout = Layout(request.roles, request.options) if request.roles or row_kind is None else row_kind.guess(guess)
    label_column = request.labels_from
    names_classes = row_kind is not None and layout is not None and bool(row_kind.classes(layout))
    if names_classes:  # the class of a row follows from the columns that have a role
        label_column = None
    elif label_column is None and (not request.labels or request.use_labels is not LabelUse.NO):
        label_column = row_kind.label_of(guess) if row_kind else guess.label_column
    columns = TableColumns(
        (request.id_column if request.id_column is not None else guess.id_column) or None,
        None if row_kind else request.text_column if request.text_column is not None else guess.text_column,
        label_column,
    )
    contents = read_table(
        request.data,
        id_column=columns.identity,
        text_column=columns.text,
        label_column=columns.label,
        several=request.several,
        progress=progress,
        cancelled=cancelled,
        guess=guess,
        kind=kind,
        layout=layout,
    )
    notes = contents.notes
    if not request.several and any(c.several for c in guess.columns if c.name == label_column):
        several = say(
            "The cells of “{column}” seem to hold several labels each. "
            "If so, make the project with several findings per item.",
            column=str(label_column),
        )
        notes = (*notes, several)
    classes = row_kind.classes(layout) if row_kind is not None and layout is not None and names_classes else ()
    return Findings(
        kind,
        contents.items,
        contents.duplicates,
        contents.unreadable,
        contents.others,
        classes or contents.class_names,
        notes,
        columns=columns,
        layout=layout if row_kind is not None else None,
    )


def _fill(store: Store, request: NewProject, found: Findings, step: Step) -> ImportReport:
    request.suggesting.check()
    request.holdout.check(len(found.items))
    classes = class_list(request, found.classes)
    if request.several:
        check_findings(request, found.kind, classes)
    counts = Counter(name for item in found.items for name in _names_of(item))
    notes = _notes(request, found, classes, counts)
    known = set(classes)
    says_none = not any(item.findings is not None or item.label in known for item in found.items)
    if request.use_labels is not LabelUse.NO and says_none:
        raise KnownError(
            say("The data holds no label that could be used."), say("Name the column of labels, or use none.")
        )
    stake = _at_stake(found, classes, counts)
    if stake is not None:
        notes = (*notes, _stake_note(stake, found))
    with store.transaction():
        labels = store.add_labels(classes)
        _set_facts(store, request, found, notes)
        if stake is not None:
            begin_with(store, next(label.id for label in labels if label.name == stake))
    ids = {label.name: label.id for label in labels}
    truth = ids if request.use_labels is LabelUse.TRUTH else {}
    for part in in_parts(found.items):
        step()
        with store.transaction():
            store.item_files.add(part, store.items.add(part, truth))
    with store.transaction():
        store.items.add_notes([*found.duplicates, *found.unreadable, *found.others])
    decisions = decisions_aside = 0
    if request.use_labels is LabelUse.DECISIONS:
        with store.transaction():
            decisions = store.decisions.append_imported(_imported(found.items, ids, request, step))
        decisions_aside = len(store.decisions.imported_checks())
    model = _adopt_model(store, request, found.kind, classes, ids)
    return ImportReport(
        folder=str(request.folder),
        kind=found.kind,
        items=len(found.items),
        duplicates=len(found.duplicates),
        unreadable=len(found.unreadable),
        others=len(found.others),
        stacked=found.stacked,
        disagreements=sum(d.disagrees for d in found.duplicates),
        classes=tuple(classes),
        class_counts={name: counts.get(name, 0) for name in classes},
        model=model,
        decisions=decisions,
        set_aside=decisions_aside + request.holdout.count(len(found.items) - decisions, len(found.items)),
        decisions_aside=decisions_aside,
        notes=notes,
        listed_duplicates=tuple(sorted(found.duplicates, key=lambda d: not d.disagrees)[:LISTED]),
        listed_unreadable=tuple(found.unreadable[:LISTED]),
        listed_others=tuple(found.others[:LISTED]),
    )


def _stake_note(stake: str, found: Findings) -> Sentence:
    return say(
        "What is at stake: a missed “{label}” loses the “{column}”. It is said in the settings, under Learning.",
        label=stake,
        column=str(found.layout.first(AMOUNT) if found.layout else ""),
    )


def _at_stake(found: Findings, classes: Sequence[str], counts: Counter[str]) -> str | None:
    """The class that loses the amount of a record when it is missed: the rarest one, where the labels tell which it is.

    It is told, and can be changed.
    """
    if found.layout is None or found.layout.first(AMOUNT) is None or found.kind != "record":
        return None
    counted = sorted((counts[name], name) for name in classes if counts[name])
    return counted[0][1] if len(counted) > 1 and counted[0][0] < counted[1][0] else None


def _names_of(item: FoundItem) -> tuple[str, ...]:
    """The class that the data gives an item, or its findings."""
    if item.findings is not None:
        return item.findings
    return () if item.label is None else (item.label,)


def _notes(request: NewProject, found: Findings, classes: Sequence[str], counts: Counter[str]) -> tuple[Sentence, ...]:
    """What has to be told of the import. The names in a table were looked at while it was read."""
    told_before = KINDS[found.kind].from_rows and not request.labels
    spelling = [] if told_before else notes_on_spelling({name: counts[name] for name in classes})
    return (*found.notes, *(note for note in spelling if note not in found.notes))


def _set_facts(store: Store, request: NewProject, found: Findings, notes: tuple[Sentence, ...]) -> None:
    name = request.name or request.folder.name.removesuffix(".hitl")
    facts = {
        "name": name,
        "uuid": str(uuid.uuid4()),
        "kind": found.kind,
        "data_root": str(request.data.resolve()),
        "extractor": EXTRACTORS[KINDS[found.kind].extractor].key,
        "created_utc": now_utc(),
        "seed": request.seed,
        "holdout": request.holdout.text,
        "suggesting": request.suggesting.plain(),
        "threshold": DEFAULT_THRESHOLD,
        "use_labels": request.use_labels.value,
        "import_notes": [note.plain() for note in notes],
        "columns": None if found.columns is None else found.columns.plain() | (found.layout or Layout()).plain(),
        "task": (Task.SEVERAL if request.several else Task.ONE).value,
    }
    for key, value in facts.items():
        store.set_fact(key, value)
    together = found.layout.first(KEY) if found.layout is not None else None
    if together is not None:  # rows of one customer stay on one side of every split
        store.set_fact("group_column", together)


def _imported(items: Sequence[FoundItem], ids: dict[str, int], request: NewProject, step: Step) -> Iterable[Decision]:
    """Labels of the data set as decisions; the holdout's share of them, drawn by chance, measures, the rest trains."""
    rng = np.random.default_rng([request.seed, 0x696D7074])
    at = now_utc()
    named = [i for i, item in enumerate(items) if item.findings is not None or item.label in ids]
    count = request.holdout.count(len(named), len(items))
    checks = set(rng.permutation(len(named))[:count].tolist())
    for place, index in enumerate(named):
        step()
        check, item = place in checks, items[index]
        yield Decision(
            number=0,
            event_id=str(uuid.UUID(bytes=rng.bytes(16), version=4)),
            item_index=index,
            verdict=Verdict.CORRECTED,
            label_id=None if item.label is None else ids[item.label],
            findings=None if item.findings is None else tuple(sorted(ids[n] for n in item.findings if n in ids)),
            reviewer=IMPORT_REVIEWER,
            at_utc=at,
            slot=Slot.IMPORTED_CHECK if check else Slot.IMPORTED,
            probability=count / len(named) if check else None,
            response=item.response,
        )


def _adopt_model(
    store: Store, request: NewProject, kind: str, classes: Sequence[str], ids: dict[str, int]
) -> str | None:
    """Copy the model that was asked for, or the one that fits, into the project and put it to use."""
    available = bundled_models(paths.resources())
    if request.several:
        if request.model not in (None, NO_MODEL):
            raise KnownError(say("The models in the box know one class per item."), say("Start without a model."))
        return None
    name = request.model or matching_model(available, kind, list(classes))
    if name is None or name == NO_MODEL:
        return None
    if name not in available:
        raise KnownError(
            say("There is no model named {name} in the box.", name=name),
            say("Use one of: {names}.", names=listed(sorted(available))),
        )
    if available[name]["kind"] != kind:
        raise KnownError(
            say("The model {name} is for another kind of data.", name=name), say("Choose another model, or none.")
        )
    bundle = load_bundle(paths.resources() / "models" / name).with_class_ids(ids)
    version = store.models.next_version()
    model = ModelVersion(version, "bundled", name, now_utc(), 0, 0, dict(bundle.card.get("metrics", {})))
    save_bundle(bundle, store.folder / model.folder)
    note_known(store.folder / model.folder, bundle, store.items.digests())
    with store.transaction():
        store.models.add(model)
        store.models.activate(version, now_utc(), IMPORT_REVIEWER)
    return name
