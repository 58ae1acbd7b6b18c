"""Training: a pure function from features and decisions to a model bundle."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.learning.bundles import ModelBundle
from hitl_desktop.learning.heads import adapt_head, fit_head, needs_second_class
from hitl_desktop.learning.representations import REPRESENTATIONS, Blocks, Matrix, representation_for

# Chosen by `packaging/models/choose_strengths.py`: dense block features and TF-IDF rows have length about 1.
FROM_SCRATCH = {"scaled-blocks": 30.0, "weighted-counts": 30.0}
ADAPTING = {"scaled-blocks": 3.0, "weighted-counts": 3.0}


@dataclass(frozen=True, slots=True)
class FeatureSource:
    """What the rows of a feature matrix are: the kind of item, the extractor's key and its blocks."""

    kind: str
    extractor: str
    blocks: Blocks


def fit_representation(X: Matrix, source: FeatureSource, seed: int) -> tuple[str, Any]:
    """Fit the representation that suits features (n, dims) on unlabelled rows; returns (its name, itself)."""
    name = representation_for(X)
    return name, REPRESENTATIONS[name].fit(X, source.blocks, np.random.default_rng(seed))


def train_from_scratch(
    X_pool: Matrix,
    rows: npt.NDArray[np.int64],
    labels: npt.NDArray[np.int64],
    names: Mapping[int, str],
    source: FeatureSource,
    *,
    seed: int,
    card: Mapping[str, Any],
) -> ModelBundle:
    """Fit representation on the pool (n, dims) and head on its decided `rows` (m,) with class ids (m,).

    Raises KnownError for fewer than two classes.
    """
    refusal = needs_second_class(labels, names.get(int(labels[0]), "one class") if len(labels) else "")
    if refusal:
        raise refusal
    name, representation = fit_representation(X_pool, source, seed)
    head = fit_head(representation.transform(X_pool[rows]), labels, strength=FROM_SCRATCH[name], seed=seed)
    return ModelBundle(
        source.kind,
        source.extractor,
        tuple(source.blocks),
        name,
        representation,
        head,
        tuple(names[i] for i in head.class_ids),
        card,
    )


def train_from(
    start: ModelBundle,
    X: Matrix,
    labels: npt.NDArray[np.int64],
    names: Mapping[int, str],
    *,
    card: Mapping[str, Any],
) -> ModelBundle:
    """Adapt a model to decisions: feature rows (m, dims) and class ids (m,). Raises KnownError without any."""
    if not len(labels):
        raise KnownError("There are no decisions to learn from yet.", "Decide some items first.")
    head = adapt_head(
        start.head, start.representation.transform(X), labels, strength=ADAPTING[start.representation_name]
    )
    return start.replaced(head, [names[i] for i in head.class_ids], card)
