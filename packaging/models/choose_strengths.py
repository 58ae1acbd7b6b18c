"""How strongly decisions may move a bundled model: measured by replaying reviews of the samples.

    python packaging/models/choose_strengths.py

For each strength, a simulated reviewer answers the closest calls of a sample in batches of 20; the model starts at
the bundled one and is measured on the items nobody was asked about. That is done twice: on data like those the model
was made for, where decisions can teach it little and may do harm, and for a reviewer who calls two of the classes the
other way round, where it has to learn. Printed: points of accuracy gained after each batch, against the bundled model
unchanged; "as chosen" is the program's own rule. `ADAPTING` in hitl_desktop/learning/training.py holds the usual one.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from hitl_desktop.domain.protocols import never_cancelled, no_progress  # noqa: E402
from hitl_desktop.learning import training  # noqa: E402
from hitl_desktop.learning.adapting import adapted  # noqa: E402
from hitl_desktop.learning.bundles import ModelBundle, load_bundle  # noqa: E402
from hitl_desktop.learning.choosing import ENOUGH  # noqa: E402
from hitl_desktop.learning.cross_validation import folds_for  # noqa: E402
from hitl_desktop.learning.estimators import Lesson  # noqa: E402
from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES, Query  # noqa: E402
from hitl_desktop.learning.representations import Matrix  # noqa: E402
from hitl_desktop.learning.starting import adapting, best_strength  # noqa: E402
from hitl_desktop.workflow import samples  # noqa: E402
from hitl_desktop.workflow.extraction import features_of  # noqa: E402
from hitl_desktop.workflow.project import Project  # noqa: E402
from hitl_desktop.workflow.worker import InlineRunner  # noqa: E402

STRENGTHS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
BATCH, BATCHES = 20, 5


def replay(sample: samples.Sample, folder: Path) -> None:
    data = samples.unpack(sample, folder)
    target = folder / f"{sample.id}.hitl"
    InlineRunner().run("create_project", samples.new_project(sample, data, target), no_progress, never_cancelled)
    project = Project.open(target)
    InlineRunner().run("score", project.score_request(), no_progress, never_cancelled)
    bundle = load_bundle(project.folder / project.model.folder)
    request = replace(project.feature_request(), extractor=bundle.extractor)
    X = features_of(request, no_progress, never_cancelled).X
    truth = project.store.items.truth_ids()
    project.close()
    mapped = bundle.representation.transform(X)
    said = np.asarray(bundle.head.class_ids)[bundle.head.logits(mapped).argmax(1)]
    for case, meant in (("as made for", truth), ("two classes exchanged", exchanged(truth))):
        unchanged = said == meant
        print(f"{sample.id}, {case}: the bundled model alone {unchanged.mean():.4f}")
        for strength in (*STRENGTHS, None):
            gains = gained(bundle, mapped, meant, unchanged, strength)
            each = " ".join(f"{gain:+.1f}" for gain in gains)
            name = "as chosen" if strength is None else f"strength {strength:6}"
            print(f"  {name:15}: {each}  mean {np.mean(gains):+.2f}", flush=True)


def chosen(start: ModelBundle, rows: Matrix, labels: np.ndarray) -> float:
    """The strength that the program takes: the usual one, from 60 decisions on by cross-validation."""
    candidate = adapting(start, start.extractor, Lesson(rows, labels))
    if len(labels) < ENOUGH:
        return candidate.settings["strength"]
    folds = folds_for(labels, None, seed=0)
    return best_strength(candidate, np.arange(len(labels)), folds).candidate.settings["strength"]


def exchanged(truth: np.ndarray) -> np.ndarray:
    """The truth of somebody who calls the first two classes the other way round."""
    first, second = np.unique(truth)[:2]
    return np.where(truth == first, second, np.where(truth == second, first, truth))


def gained(
    bundle: ModelBundle, mapped: Matrix, truth: np.ndarray, unchanged: np.ndarray, strength: float | None
) -> list[float]:
    """Points of accuracy gained on the items nobody was asked about, after each batch."""
    rng = np.random.default_rng(0)
    head, asked, gains = bundle.head, np.empty(0, np.int64), []
    for _ in range(BATCHES):
        utilities = QUERY_STRATEGIES["margin"].utilities(Query(head.probabilities(mapped)), rng)
        utilities[asked] = -np.inf
        asked = np.concatenate([asked, np.argsort(-utilities)[:BATCH]])
        strong = chosen(bundle, mapped[asked], truth[asked]) if strength is None else strength
        head = adapted(bundle.head, mapped[asked], truth[asked], strength=strong)
        rest = np.setdiff1d(np.arange(len(truth)), asked)
        right = np.asarray(head.class_ids)[head.logits(mapped[rest]).argmax(1)] == truth[rest]
        gains.append((right.mean() - unchanged[rest].mean()) * 100)
    return gains


if __name__ == "__main__":
    print(f"in use: {training.ADAPTING}")
    with tempfile.TemporaryDirectory() as temporary:
        for sample in samples.catalogue():
            replay(sample, Path(temporary))
