"""Why a model scores an item as it does: parts that add up to the score, and the nearest decided items."""

from hitl_desktop.learning.explanations.column_amounts import ColumnAmounts, column_amounts, tree_paths
from hitl_desktop.learning.explanations.contributions import Contrast, Decomposition, decompose, score_of, straight_line
from hitl_desktop.learning.explanations.feature_shares import FeatureShares, feature_shares
from hitl_desktop.learning.explanations.nearest import nearest
from hitl_desktop.learning.explanations.picture_places import patch_places
from hitl_desktop.learning.explanations.word_shares import Piece, piece_amounts, pieces_of, shared_among_characters

__all__ = [
    "ColumnAmounts",
    "Contrast",
    "Decomposition",
    "FeatureShares",
    "Piece",
    "column_amounts",
    "decompose",
    "feature_shares",
    "nearest",
    "patch_places",
    "piece_amounts",
    "pieces_of",
    "score_of",
    "shared_among_characters",
    "straight_line",
    "tree_paths",
]
