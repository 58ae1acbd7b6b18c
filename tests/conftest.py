"""What every test stands on: a home of its own, small data sets, and watchers for stray logs and threads."""

from tests import one_thread  # noqa: F401  before numpy

# isort: split
import logging
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import NO_MODEL, ImportReport, LabelUse, NewProject, Trained, TrainRequest
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.worker import InlineRunner
from hitl_desktop.workflow.workplaces import trust
from tests import kept_workers
from tests.kept_trainings import KeptTrainings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

settings.register_profile("house", deadline=None, derandomize=True, database=None)
settings.load_profile("house")

IMAGE_CLASSES = ("dots", "lines", "plain")
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
THREAD_GRACE_SECONDS = 2.0

MakeImages = Callable[..., Path]
MakeTable = Callable[..., Path]
MakeProject = Callable[..., ImportReport]
Retrain = Callable[[Project], ModelVersion]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their argument: made from a clock or a hash, their content would name a test anew in each process,
    and tests that run side by side have to agree on the names."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture
def qtbot(qtbot: "QtBot") -> "QtBot":
    """Keep the windows of a test until it closes them. `addWidget` holds weak references only, and once the test has
    returned, a window that nothing else holds may be collected while it is being painted: a crash.
    """
    add = qtbot.addWidget
    kept: dict[int, QWidget] = {}

    def add_and_keep(widget: "QWidget", **given: object) -> None:
        key = id(widget)
        kept[key] = widget
        widget.destroyed.connect(lambda: kept.pop(key, None))  # some go by themselves
        add(widget, **given)

    qtbot.addWidget = add_and_keep
    return qtbot


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder for this test alone, so that nothing touches the user's own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HITL_DESKTOP_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def trusted_folders(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Projects that other tests have made, in homes of their own, are opened as if this one had made them. Tests of
    what becomes of others' projects are marked `strict`.
    """
    if request.node.get_closest_marker("strict") is None:
        monkeypatch.setattr("hitl_desktop.workflow.workplaces._needs_no_look", lambda *_, **__: True)


class _Collector(logging.Handler):
    """Keeps every record of a warning or worse, and what a test said it would, or may, cause."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self.expected: list[re.Pattern[str]] = []
        self.allowed: list[re.Pattern[str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("PIL."):  # what the decoder thinks of broken pictures is not ours to say
            self.records.append(record)

    def complaints(self) -> list[str]:
        said = [f"{r.levelname} {r.name}: {r.getMessage()}" for r in self.records]
        stray = [line for line in said if not any(p.search(line) for p in [*self.expected, *self.allowed])]
        silent = [p.pattern for p in self.expected if not any(p.search(line) for line in said)]
        return [f"unexpected: {line}" for line in stray] + [f"expected, and never logged: {p}" for p in silent]


@pytest.fixture(autouse=True)
def watched_log() -> Iterator[_Collector]:
    """Fail a test that logs a warning or worse, unless it asked for it with `expected_log`."""
    collector = _Collector()
    logging.getLogger().addHandler(collector)
    yield collector
    logging.getLogger().removeHandler(collector)
    complaints = collector.complaints()
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)


@pytest.fixture
def expected_log(watched_log: _Collector) -> Callable[[str], None]:
    """Announce a log line (a pattern over "LEVEL logger: message") that the test must cause."""
    return lambda pattern: watched_log.expected.append(re.compile(pattern))


@pytest.fixture
def allowed_log(watched_log: _Collector) -> Callable[[str], None]:
    """Announce a log line that the test may or may not cause.

    `logging.disable` is no way to keep a log quiet: what loggers cached meanwhile outlives it where it is not set back
    through the same function, and later tests wait for warnings that never come.
    """
    return lambda pattern: watched_log.allowed.append(re.compile(pattern))


@pytest.fixture
def own_log() -> Iterator[None]:
    """Undo what a test does to the handlers and the level of the root logger."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@pytest.fixture(autouse=True)
def no_thread_leaks() -> Iterator[None]:
    """Fail a test that leaves a thread running."""
    before = set(threading.enumerate())
    yield

    def made_here() -> list[threading.Thread]:  # Python's stand-ins for threads of Qt cannot be waited for
        return [t for t in set(threading.enumerate()) - before if not isinstance(t, threading._DummyThread)]

    for thread in made_here():
        thread.join(THREAD_GRACE_SECONDS)
    left = [t.name for t in made_here() if t.is_alive()]
    if left:
        pytest.fail(f"threads left running: {', '.join(left)}", pytrace=False)


@pytest.fixture(scope="session")
def _worker_store() -> Iterator[None]:
    yield
    kept_workers.end_all()


@pytest.fixture
def lent_workers(_worker_store: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows of this test use worker processes that earlier tests have started."""
    monkeypatch.setattr("hitl_desktop.gui.bridge.WorkerProcess", kept_workers.LentWorker)
    monkeypatch.setattr("hitl_desktop.gui.explainer.WorkerProcess", kept_workers.LentWorker)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The shared data sets beside the project; skips, loudly, where they are absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"SHARED DATA ABSENT: there is nothing at {SHARED_DATA}, so this test proves nothing here")
    return SHARED_DATA


def picture(name: str, rng: np.random.Generator) -> Image.Image:
    """A noisy 32 × 32 picture whose texture tells its class."""
    grey = rng.normal(110, 14, (32, 32))
    if name == "lines":
        grey[:: int(rng.integers(3, 5))] += 90
    if name == "dots":
        grey[rng.integers(0, 32, 60), rng.integers(0, 32, 60)] += 120
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8), "L")


def _make_images(root: Path, *, each: int = 20, classes: tuple[str, ...] = IMAGE_CLASSES, seed: int = 7) -> Path:
    rng = np.random.default_rng(seed)
    for name in classes:
        (root / name).mkdir(parents=True)
        for number in range(each):
            picture(name, rng).save(root / name / f"{name}_{number:02}.png")
    return root


def _make_table(path: Path, *, rows: int = 40, seed: int = 7) -> Path:
    rng = np.random.default_rng(seed)
    words = {"bill": "invoice payment refund card charged twice", "login": "password account reset locked sign code"}
    lines = ["id,text,label"]
    for number in range(rows):
        label = ("bill", "login")[number % 2]
        lines.append(f"m{number:02},{' '.join(rng.permutation(words[label].split())[:4])} {number},{label}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


FINDING_WORDS = {
    "bill": "invoice payment refund card charged twice",
    "login": "password account reset locked sign code",
    "ship": "parcel delivery courier box tracking late",
}


def _make_findings_table(path: Path, *, rows: int = 60, seed: int = 7) -> Path:
    rng = np.random.default_rng(seed)
    lines = ["id,text,tags"]
    for number in range(rows):
        there = [name for name in FINDING_WORDS if rng.random() < 0.4]
        words = [word for name in there for word in rng.permutation(FINDING_WORDS[name].split())[:3]]
        lines.append(f"m{number:02},{' '.join(words)} hello {number},{'; '.join(there) if there else '[]'}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _make_project(folder: Path, data: Path, **changes: object) -> ImportReport:
    request = NewProject(**{"folder": folder, "data": data, "model": NO_MODEL, **changes})  # type: ignore[arg-type]
    report = InlineRunner().run("create_project", request, no_progress, never_cancelled)
    assert isinstance(report, ImportReport)
    return report


@pytest.fixture(scope="session")
def make_images() -> MakeImages:
    """`make_images(root, each=20, classes=…, seed=7)`: class folders of small PNGs that can be told apart."""
    return _make_images


@pytest.fixture(scope="session")
def make_table() -> MakeTable:
    """`make_table(path, rows=40, seed=7)`: a CSV of short messages of two classes."""
    return _make_table


@pytest.fixture(scope="session")
def make_project() -> MakeProject:
    """`make_project(folder, data, **fields of NewProject)`: through the same task as the window, with no model."""
    return _make_project


@pytest.fixture(scope="session")
def image_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 pictures in three class folders. Not to be changed: all tests share it."""
    return _make_images(tmp_path_factory.mktemp("pictures") / "data")


@pytest.fixture(scope="session")
def text_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 messages of two classes. Not to be changed: all tests share it."""
    return _make_table(tmp_path_factory.mktemp("messages") / "messages.csv")


@pytest.fixture(scope="session")
def _image_original(image_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original") / "Pictures.hitl"
    _make_project(folder, image_folder, use_labels=LabelUse.TRUTH)
    return folder


@pytest.fixture(scope="session")
def _text_original(text_table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original") / "Messages.hitl"
    _make_project(folder, text_table, use_labels=LabelUse.TRUTH)
    return folder


@pytest.fixture(scope="session")
def findings_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 messages that have any of three findings, or none. Not to be changed: all tests share it."""
    return _make_findings_table(tmp_path_factory.mktemp("findings") / "letters.csv")


@pytest.fixture(scope="session")
def _findings_original(findings_table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original") / "Letters.hitl"
    _make_project(folder, findings_table, use_labels=LabelUse.TRUTH, several=True)
    return folder


@pytest.fixture
def findings_project_folder(_findings_original: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A project of 60 messages with several findings per item, hidden truth and no model, closed; a copy."""
    return _own_copy(_findings_original, tmp_path / "Letters.hitl", request)


@pytest.fixture
def findings_project(findings_project_folder: Path) -> Iterator[Project]:
    """The same, open."""
    project = Project.open(findings_project_folder)
    yield project
    project.close()


def _own_copy(original: Path, folder: Path, request: pytest.FixtureRequest) -> Path:
    """A copy that programs started by the test open, too: it was made in another home, and is trusted in this one."""
    shutil.copytree(original, folder)
    if request.node.get_closest_marker("strict") is None:
        trust(folder)
    return folder


@pytest.fixture
def image_project_folder(_image_original: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A project of 60 pictures with hidden truth and no model, closed; a copy for this test."""
    return _own_copy(_image_original, tmp_path / "Pictures.hitl", request)


@pytest.fixture
def text_project_folder(_text_original: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A project of 40 messages with hidden truth and no model, closed; a copy for this test."""
    return _own_copy(_text_original, tmp_path / "Messages.hitl", request)


@pytest.fixture
def image_project(image_project_folder: Path) -> Iterator[Project]:
    """The same, open."""
    project = Project.open(image_project_folder)
    yield project
    project.close()


@pytest.fixture
def text_project(text_project_folder: Path) -> Iterator[Project]:
    """The same, open."""
    project = Project.open(text_project_folder)
    yield project
    project.close()


def _train(request: TrainRequest) -> Trained:
    trained = InlineRunner().run("train", request, no_progress, never_cancelled)
    assert isinstance(trained, Trained)
    return trained


@pytest.fixture(scope="session")
def retrain(tmp_path_factory: pytest.TempPathFactory) -> Retrain:
    """`retrain(project)`: train on the decisions so far, in this process, and put the model to use."""
    training = KeptTrainings(tmp_path_factory.mktemp("trainings"), _train)

    def train(project: Project) -> ModelVersion:
        retraining = Retraining(project)
        snapshot = retraining.snapshot()
        return retraining.commit(snapshot, training(retraining.request(snapshot)))[1]

    return train
