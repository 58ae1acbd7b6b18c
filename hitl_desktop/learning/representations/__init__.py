"""From extracted features to what a head can learn from: one literal table of the representations there are."""

from typing import Final

import scipy.sparse as sp

from hitl_desktop.learning.representations.answers import MEANING, WORDS, AnswerPlaces
from hitl_desktop.learning.representations.mixed import COUNTS, Mixed
from hitl_desktop.learning.representations.record_columns import RECORD_BLOCKS, RecordColumnsMap
from hitl_desktop.learning.representations.representation import Arrays, Blocks, Matrix, Representation
from hitl_desktop.learning.representations.scaled_blocks import ScaledBlocks
from hitl_desktop.learning.representations.unit import Unit
from hitl_desktop.learning.representations.weighted_counts import WeightedCounts

__all__ = ["REPRESENTATIONS", "Arrays", "Blocks", "Matrix", "Representation", "representation_for"]

REPRESENTATIONS: Final[
    dict[
        str,
        type[ScaledBlocks]
        | type[WeightedCounts]
        | type[Mixed]
        | type[Unit]
        | type[RecordColumnsMap]
        | type[AnswerPlaces],
    ]
] = {
    "scaled-blocks": ScaledBlocks,
    "weighted-counts": WeightedCounts,
    "mixed": Mixed,
    "unit": Unit,
    "answers": AnswerPlaces,
    "record-columns": RecordColumnsMap,
}


def representation_for(X: Matrix, blocks: Blocks = ()) -> str:
    """The name of the representation that suits features X (n, columns) made of `blocks`.

    Comparisons keep a place for each answer.
    Counts alone are weighted; counts beside an embedding are mixed with it; a single embedding keeps its directions;
    several dense blocks are scaled to one another. What was hashed from records becomes columns again.
    """
    names = {name for name, _ in blocks}
    if names & {WORDS, MEANING}:
        return "answers"
    if names >= set(RECORD_BLOCKS):
        return "record-columns"
    if sp.issparse(X):
        return "mixed" if names & set(COUNTS) and names - set(COUNTS) else "weighted-counts"
    return "unit" if len(blocks) == 1 else "scaled-blocks"
