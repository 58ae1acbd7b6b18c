"""`self-test`: does this installation work, with everything it brought along?"""

import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np

from hitl_desktop import __version__, paths
from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.features import EXTRACTORS
from hitl_desktop.learning.cards import bundled_models
from hitl_desktop.store.library import sqlite_version
from hitl_desktop.workflow import samples
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import Scored
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.worker import WorkerProcess

_ITEMS = 12


def run(hooks: Hooks) -> tuple[Any, str]:
    """Run every check and report each; raises KnownError naming those that failed."""
    checks: dict[str, Callable[[], str]] = {
        "resources": _resources,
        "worker, project and scores": _project,
        "meaning of texts": _meaning,
        "window": lambda: _window(hooks),
    }
    results: dict[str, str] = {}
    failed = []
    for name, check in checks.items():
        try:
            results[name] = check()
        except Exception as error:  # every failure belongs in the report
            results[name] = f"FAILED: {error}"
            failed.append(name)
    answer = {"version": __version__, "sqlite": sqlite_version(), "checks": results, "ok": not failed}
    words = "\n".join(f"{name}: {result}" for name, result in results.items())
    if failed:
        raise KnownError(f"The self-test failed: {', '.join(failed)}. {words}")
    return answer, f"{words}\nSQLite {sqlite_version()}. Everything works."


def _resources() -> str:
    models = bundled_models(paths.resources())
    icons = len(list((paths.resources() / "icons").glob("*.svg")))
    fonts = len(list((paths.resources() / "fonts").glob("*.?tf")))
    if not (models and icons and fonts and samples.catalogue()):
        raise KnownError("Some bundled resources are missing.")
    return f"{len(models)} models, {len(samples.catalogue())} samples, {fonts} fonts, {icons} icons"


def _project() -> str:
    """A few pictures of the sample: made into a project and scored by the worker, decided, read again."""
    with tempfile.TemporaryDirectory(prefix="hitl-self-test-") as temporary:
        folder = Path(temporary) / "test.hitl"
        sample = samples.sample_named("digits")
        data = _few_pictures(Path(temporary) / "data", sample)
        worker = WorkerProcess()
        try:
            worker.run("create_project", samples.new_project(sample, data, folder), no_progress, never_cancelled)
            project = Project.open(folder)
            scored = cast(Scored, worker.run("score", project.score_request(), no_progress, never_cancelled))
        finally:
            worker.close()
        project.take_scores(dict(scored.unreadable))
        project.set_threshold(1.0)  # so that an item waits, however sure the model is
        ReviewSession(project, "self-test").decide(Verdict.CONFIRMED)
        project.close()
        project = Project.open(folder)
        decided = project.pool.ledger().decided
        project.close()
    if scored.items != _ITEMS or decided != 1:
        raise KnownError(f"{scored.items} items were scored and {decided} decided, not {_ITEMS} and 1.")
    return f"{scored.items} items scored by a worker process, 1 decision written and read again"


def _meaning() -> str:
    """Two ways to say the same lie closer to each other than to something else."""
    texts = ["I want my money back", "Please refund the payment", "It will rain in the mountains tomorrow"]
    rows = np.asarray(EXTRACTORS["text-minilm"].extract(texts))
    same, other = float(rows[0] @ rows[1]), float(rows[0] @ rows[2])
    if not same > other + 0.2:
        raise KnownError(f"The sentence embedder does not tell texts apart: {same:.2f} and {other:.2f}.")
    return f"the same said twice {same:.2f}, something else {other:.2f}"


def _few_pictures(folder: Path, sample: samples.Sample) -> Path:
    with zipfile.ZipFile(paths.resources() / "samples" / sample.file) as archive:
        by_class: dict[str, str] = {}
        names = sorted(name for name in archive.namelist() if name.endswith(".png"))
        for name in names:
            by_class.setdefault(name.split("/")[1], name)
        chosen = [*by_class.values()]
        chosen += [name for name in names if name not in chosen][: _ITEMS - len(chosen)]
        archive.extractall(folder, chosen)
    return folder / sample.root


def _window(hooks: Hooks) -> str:
    hooks.check_window()
    return "opened and closed"
