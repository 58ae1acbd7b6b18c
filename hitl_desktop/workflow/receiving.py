"""A project from somebody else is never opened live: its rows are copied into a fresh project of ours.

All of it happens in a hidden folder beside the target, which is renamed at the end: the project is there whole or not
at all. What cannot be checked (caches, models of a format of their own) is left behind; it can be made again.

A folder also has its second record and its anchors: they come along, are compared with the rows, and what only the
second record has is taken from it, as when a project of ours is opened. An archive is a snapshot: it needs none.
"""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from hitl_desktop.domain.errors import Cancelled, KnownError, ProjectRefused
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.protocols import CancelCheck, Progress, Step
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.domain.sentences import Sentence, listed, say, say_n
from hitl_desktop.exchange.project_archive import DATA, MODEL_FILES, unpack_archive
from hitl_desktop.language import tr
from hitl_desktop.learning.bundles import load_bundle
from hitl_desktop.paths import is_plain
from hitl_desktop.store.received_rows import Copied, copy_rows, refused
from hitl_desktop.store.record_anchors import ANCHORS
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.replaying import Replayed
from hitl_desktop.store.second_record import SECOND_RECORD
from hitl_desktop.store.store import DATABASE, Store
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.copying import copy_file
from hitl_desktop.workflow.half_done import part_of
from hitl_desktop.workflow.item_files import TAKEN_OVER
from hitl_desktop.workflow.opening import CAME_BROKEN
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.put_in_place import put_in_place

_LOGS = ("-wal",)
_SUBFOLDERS = ("models", "features", "scores", "backups")
_MOST_MODEL_FILE = 600 * 2**20
_STEPS = 4
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class ReceiveRequest:
    """Take the project in `source`, an archive or a folder, over into the new folder `folder`."""

    source: Path
    folder: Path


@dataclass(frozen=True, slots=True)
class Received:
    """A project that was taken over, and what was left behind, each with its reason."""

    folder: Path
    name: str
    items: int
    decisions: int
    models: int
    has_data: bool
    left_behind: tuple[Sentence, ...] = ()


def receive(request: ReceiveRequest, progress: Progress, cancelled: CancelCheck) -> Received:
    """Take a project over. Raises ProjectRefused with the reason, KnownError, or Cancelled; then nothing is left."""
    folder = request.folder.absolute()
    if folder.exists():
        raise KnownError(say("{name} already exists.", name=folder.name), say("Choose another name for the project."))
    staging = part_of(folder)
    given, fresh = staging / "given", staging / "fresh"

    def step(done: int, what: str) -> None:
        progress(done, _STEPS, what)
        if cancelled():
            raise Cancelled

    try:
        given.mkdir(parents=True)
        fresh.mkdir()
        step(0, tr("Unpacking"))
        _take(request.source, given, fresh, lambda: step(0, tr("Unpacking")))
        step(1, tr("Copying its rows"))
        copied = copy_rows(given / DATABASE, fresh / DATABASE, lambda: step(1, tr("Copying its rows")))
        step(2, tr("Checking its models"))
        answer = _finish(given, fresh, folder, copied, lambda: step(2, tr("Checking its models")))
        step(3, tr("Checking its models"))
        put_in_place(fresh, folder)
    except OSError as error:
        raise KnownError(
            say("The project cannot be taken over: {why}.", why=str(error.strerror)), say("Check the free space.")
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    progress(_STEPS, _STEPS, "")
    return answer


def _take(source: Path, into: Path, fresh: Path, step: Step) -> None:
    """Bring what was given into the staging folder: plain files of a project, and no links. What stands in lines beside
    a database goes to `fresh`.
    """
    if source.is_file():
        unpack_archive(source, into, lambda _done, _of: step())
        return
    if not source.is_dir():
        raise KnownError(say("There is nothing at {path}.", path=str(source)), say("Check the path."))
    if not is_plain(source / DATABASE):
        raise refused(say("there is no database in its folder"))
    _check_room(source, into)
    _copy_all(source, into, (DATABASE, *(f"{DATABASE}{end}" for end in _LOGS)), step)
    _copy_all(source, fresh, (*SECOND_RECORD, ANCHORS), step)
    for model in _models_in(source / "models"):
        (into / "models" / model.name).mkdir(parents=True)
        _copy_all(model, into / "models" / model.name, MODEL_FILES, step)


def _check_room(source: Path, into: Path) -> None:
    """Before anything is copied: a file may say that it is larger than the disk, and hold nothing.

    Raises KnownError.
    """
    models = [model / name for model in _models_in(source / "models") for name in MODEL_FILES]
    files = [source / name for name in (DATABASE, *(f"{DATABASE}{end}" for end in _LOGS), *SECOND_RECORD, ANCHORS)]
    needed = sum(file.lstat().st_size for file in (*files, *models) if is_plain(file))
    if needed > shutil.disk_usage(into).free:
        raise KnownError(
            say("There is no room to take {name} over.", name=source.name), say("Free some space, then try again.")
        )


def _copy_all(source: Path, into: Path, names: Iterable[str], step: Step) -> None:
    for name in names:
        if is_plain(source / name):
            copy_file(source / name, into / name, step, follows_links=False)


def _models_in(folder: Path) -> Iterator[Path]:
    if folder.is_dir() and not folder.is_symlink():
        for model in sorted(folder.iterdir()):
            if model.is_dir() and not model.is_symlink() and model.name[:1] == "v" and model.name[1:].isdecimal():
                yield model


def _finish(given: Path, fresh: Path, folder: Path, copied: Copied, step: Step) -> Received:
    """Bring the fresh project up to date, open it once, and give it what could be checked."""
    for name in _SUBFOLDERS:
        (fresh / name).mkdir(exist_ok=True)
    has_data = (given / DATA).is_dir()
    has_lines = any((fresh / name).is_file() for name in SECOND_RECORD)
    try:
        with closing(Store.open(fresh)) as store, store.transaction():
            replayed = store.replayed
            store.set_fact("data_root", str(folder / "data") if has_data else "")
            store.set_fact("received_utc", now_utc())
            store.set_fact("prepared", None)
            store.set_fact(TAKEN_OVER, store.items.count())
            store.note(Happening.RECEIVED, upto=store.chain.found)
        step()
        checked = tuple(_record_of(fresh, has_lines=has_lines))
        step()
        if checked:
            with closing(Store.open(fresh)) as store:
                store.set_fact(CAME_BROKEN, True)
        with closing(Project.open(fresh)) as project:
            _check_states(project, step)
            _check_log(project, step)
            taken, left = _take_models(project, given, fresh, step)
            answer = Received(
                folder,
                project.name,
                len(project.pool),
                project.store.decisions.count(),
                taken,
                has_data,
                (*_left_words(copied), *_second_words(fresh, replayed), *left, *checked),
            )
    except (ProjectRefused, OSError):
        raise
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError) as error:
        raise refused(say("its rows are not those that this program writes")) from error
    if has_data:
        (given / DATA).rename(fresh / "data")
    shutil.rmtree(fresh / "backups", ignore_errors=True)
    (fresh / "backups").mkdir(exist_ok=True)
    return answer


def _check_states(project: Project, step: Step) -> None:
    """The state of every item is what its decisions say."""
    told = project.store.decisions.states_from_events()
    for first in range(0, len(project.pool), _AT_ONCE):
        step()
        for item in project.store.items.many(range(first, min(first + _AT_ONCE, len(project.pool)))):
            if (item.state, item.label_id) != told.get(item.index, (ItemState.TO_DO, None)):
                raise refused(say("its items are not in the state that its decisions say"))
            _check_sets(project, item.findings, item.truth_findings)


def _check_log(project: Project, step: Step) -> None:
    """Every decision, and everything else that is read only later, can be read and names what is there."""
    store = project.store
    for first in range(1, store.decisions.count() + 1, _AT_ONCE):
        step()
        for event in store.decisions.between(first, first + _AT_ONCE - 1):
            _check_sets(project, event.findings, event.predicted_findings)
    for read in (
        *(store.classes.operations, store.audits.all, store.automation.events, store.items.notes),
        *(store.steering.all, store.masks.all, store.signatures.all),
    ):
        step()
        read()


def _check_sets(project: Project, *sets: tuple[int, ...] | None) -> None:
    ids = {label.id for label in project.labels}
    if any(found is not None and not ids.issuperset(found) for found in sets):
        raise refused(say("its rows refer to others that are missing"))


def _record_of(fresh: Path, *, has_lines: bool) -> Iterator[Sentence]:
    """What is wrong with its record: it is taken over all the same, and told."""
    with closing(Store.reader(fresh)) as store:
        check = check_record(store, with_second_record=has_lines)
    for fault in check.faults[:1]:
        yield say("Its record is not intact: {what}", what=fault.what)


def _second_words(fresh: Path, replayed: Replayed) -> Iterator[Sentence]:
    """What the second record told beyond the rows, and what of it told of something else."""
    if replayed.decisions:
        yield say_n(
            "{n} decision that the database did not have was taken from the second record.",
            "{n} decisions that the database did not have were taken from the second record.",
            replayed.decisions,
        )
    aside = sorted(path.name.partition("-set-aside-")[0] for path in fresh.glob("*-set-aside-*.jsonl"))
    if aside:
        yield say("What does not fit its database was set aside: {names}.", names=listed(aside))


def _left_words(copied: Copied) -> Iterator[Sentence]:
    if copied.left:
        yield say("What is no part of a project was left behind: {names}.", names=listed(copied.left[:10]))


def _take_models(project: Project, given: Path, fresh: Path, step: Step) -> tuple[int, list[Sentence]]:
    """The bundles that load; without the pickles, programs and links that may lie beside them."""
    taken, left = 0, []
    for model in project.store.models.all():
        step()
        source, target = given / model.folder, fresh / model.folder
        files = [source / name for name in MODEL_FILES if is_plain(source / name)]
        try:
            if any(file.stat().st_size > _MOST_MODEL_FILE for file in files):
                raise KnownError(say("It is too large."))
            load_bundle(source)
        except KnownError:
            left.append(say("Model v{version} was left behind: it is damaged or missing.", version=str(model.version)))
            continue
        target.mkdir(parents=True)
        for file in files:
            copy_file(file, target / file.name, step)
        taken += 1
    return taken, left
