"""From extracted features to what a head can learn from: one literal table of the representations there are."""

from typing import Final

import scipy.sparse as sp

from hitl_desktop.learning.representations.representation import Arrays, Blocks, Matrix, Representation
from hitl_desktop.learning.representations.scaled_blocks import ScaledBlocks
from hitl_desktop.learning.representations.weighted_counts import WeightedCounts

__all__ = ["REPRESENTATIONS", "Arrays", "Blocks", "Matrix", "Representation", "representation_for"]

REPRESENTATIONS: Final[dict[str, type[ScaledBlocks] | type[WeightedCounts]]] = {
    "scaled-blocks": ScaledBlocks,
    "weighted-counts": WeightedCounts,
}


def representation_for(X: Matrix, blocks: Blocks = ()) -> str:  # noqa: ARG001 - the seam
    """The name of the representation that suits these features: by whether they are sparse."""
    return "weighted-counts" if sp.issparse(X) else "scaled-blocks"
