"""The heads of models: one file each, in one literal table by kind."""

from typing import Final

from hitl_desktop.learning.heads.head import Head, Ids, needs_second_class, softmax_rows
from hitl_desktop.learning.heads.kernel import KernelHead, adapt_kernel_head, fit_kernel_head
from hitl_desktop.learning.heads.linear import TOLERANCE, LinearHead, adapt_head, fit_head
from hitl_desktop.learning.heads.mlp import MlpHead
from hitl_desktop.learning.heads.mlp_adapting import adapt_mlp_head
from hitl_desktop.learning.heads.ranking import RankingHead
from hitl_desktop.learning.heads.several import SeveralHead
from hitl_desktop.learning.heads.trees import TreesHead
from hitl_desktop.learning.heads.trees_adapting import adapt_trees_head

__all__ = [
    "HEADS",
    "TOLERANCE",
    "Head",
    "Ids",
    "KernelHead",
    "LinearHead",
    "MlpHead",
    "RankingHead",
    "SeveralHead",
    "TreesHead",
    "adapt_head",
    "adapt_kernel_head",
    "adapt_mlp_head",
    "adapt_trees_head",
    "fit_head",
    "fit_kernel_head",
    "needs_second_class",
    "softmax_rows",
]

HEADS: Final[
    dict[
        str,
        type[LinearHead] | type[KernelHead] | type[MlpHead] | type[TreesHead] | type[SeveralHead] | type[RankingHead],
    ]
] = {
    "linear": LinearHead,
    "kernel": KernelHead,
    "mlp": MlpHead,
    "trees": TreesHead,
    "several": SeveralHead,
    "ranking": RankingHead,
}
