"""How strongly decisions may move a bundled model: measured by replaying reviews of the samples.

    python packaging/models/choose_strengths.py

For each strength, a simulated reviewer answers the closest calls of a sample in batches of 20; the model starts at
the bundled one and is measured on the items nobody was asked about. Printed: mean accuracy over the batches, with the
bundled model unchanged beside it. `ADAPTING` in hitl_desktop/learning/training.py holds the choice.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from hitl_desktop.domain.protocols import never_cancelled, no_progress  # noqa: E402
from hitl_desktop.learning import training  # noqa: E402
from hitl_desktop.learning.bundles import load_bundle  # noqa: E402
from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES, Query  # noqa: E402
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
    X = features_of(project.feature_request(), no_progress, never_cancelled).X
    bundle = load_bundle(project.folder / project.model.folder)
    truth = project.store.items.truth_ids()
    project.close()
    mapped = bundle.representation.transform(X)
    unchanged = np.asarray(bundle.head.class_ids)[bundle.head.logits(mapped).argmax(1)] == truth
    print(f"{sample.id}: the bundled model alone {unchanged.mean():.4f}")
    for strength in STRENGTHS:
        rng = np.random.default_rng(0)
        head, asked, gains = bundle.head, np.empty(0, np.int64), []
        for _ in range(BATCHES):
            utilities = QUERY_STRATEGIES["margin"].utilities(Query(head.probabilities(mapped)), rng)
            utilities[asked] = -np.inf
            asked = np.concatenate([asked, np.argsort(-utilities)[:BATCH]])
            head = training.adapted(bundle.head, mapped[asked], truth[asked], strength=strength)
            rest = np.setdiff1d(np.arange(len(truth)), asked)
            right = np.asarray(head.class_ids)[head.logits(mapped[rest]).argmax(1)] == truth[rest]
            gains.append((right.mean() - unchanged[rest].mean()) * 100)
        gained = " ".join(f"{g:+.1f}" for g in gains)
        print(f"  strength {strength:6} points gained on the rest after each batch: {gained}")


if __name__ == "__main__":
    print(f"in use: {training.ADAPTING}")
    with tempfile.TemporaryDirectory() as temporary:
        for sample in samples.catalogue():
            replay(sample, Path(temporary))
