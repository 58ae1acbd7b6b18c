"""What both ingest benchmarks do: import, open, score with a model from the box."""

from dataclasses import dataclass
from pathlib import Path

from hitl_desktop import paths
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.kinds import reading_process
from hitl_desktop.learning.cards import load_card
from hitl_desktop.workflow.ingest import create_project
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import NewProject
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.scoring import score_pool
from tests.benchmarks.figures import Figure, Spent, number, ratio, spending


@dataclass(frozen=True, slots=True)
class Ingested:
    """What each step took. The first item can be reviewed when `imported` and `opened` have passed."""

    items: int
    imported: Spent
    opened: Spent
    scored: Spent

    @property
    def cpu(self) -> float:
        """CPU seconds of all steps."""
        return self.imported.cpu + self.opened.cpu + self.scored.cpu

    @property
    def wall(self) -> float:
        """Seconds of all steps."""
        return self.imported.wall + self.opened.wall + self.scored.wall


def ingest(folder: Path, data: Path, kind: str, model: str) -> Ingested:
    """Make a project of `data`, open it at its first item, score it. Raises RuntimeError when items are missing."""
    classes = tuple(load_card(paths.resources() / "models" / model)["classes"])
    named = {} if kind == "image" else {"id_column": "id", "text_column": "text"}
    request = NewProject(folder / "ingested.hitl", data, kind=kind, labels=classes, model=model, **named)
    with spending() as imported:
        report = create_project(request, no_progress, never_cancelled)
        reading_process._IDLE.end()  # what they took is known once they have ended
    with spending() as opened:
        project = Project.open(request.folder)
        first = ReviewSession(project, "benchmark").item
    try:
        with spending() as scored:
            done = score_pool(project.score_request(), no_progress, never_cancelled)
            project.take_scores(dict(done.unreadable))
        if first is None or not project.is_scored or done.unreadable:
            raise RuntimeError("Not every item was scored: this measures nothing.")
    finally:
        project.close()
    return Ingested(report.items, imported, opened, scored)


def figures_of(what: str, done: Ingested, base: str, base_cpu: float, base_wall: float, model: str) -> list[Figure]:
    """The table's lines, with the ratio to the bare work on the same data."""
    return [
        Figure(f"import and score {done.items:,} {what}, CPU", done.cpu, None, "s", f"model {model} from the box"),
        Figure("– wall", done.wall, None, "s", f"{number(done.items / done.wall)} a second"),
        Figure("– import with features, CPU", done.imported.cpu, None, "s"),
        Figure("– scoring, CPU", done.scored.cpu, None, "s"),
        Figure("first item reviewable after", done.imported.wall + done.opened.wall, None, "s", "not scored yet"),
        Figure(f"{base}, CPU", base_cpu, None, "s", "the same data, before"),
        Figure(f"{base}, wall", base_wall, None, "s"),
        ratio(f"CPU, import and score / {base}", done.cpu, base_cpu, "one run"),
    ]
