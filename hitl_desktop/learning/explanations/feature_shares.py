"""From what the columns of a representation add to a score, to what the features do that they were made of."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.representations import Matrix, Representation
from hitl_desktop.learning.representations.representation import parts
from hitl_desktop.learning.representations.scaled_blocks import PICTURE, ScaledBlocks

Amounts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FeatureShares:
    """What every feature of one item adds to its score.

    `amounts` has one array per block. Where a block was standardised, `slopes` has what one unit of each feature
    counts, and `usual` the features of an average item: amount = slope · (feature − usual). For the block of pictures
    the features are those of the patch dictionary, whose values for this item are `patches`.
    """

    amounts: Mapping[str, Amounts]
    slopes: Mapping[str, Amounts]
    usual: Mapping[str, FloatArray]
    patches: FloatArray | None = None


def feature_shares(representation: Representation, features: Matrix, row: Matrix, gradient: Amounts) -> FeatureShares:
    """What the features (1, n) of an item add, given its transformed `row` (1, d) and the gradient (d,) on it.

    All amounts together are gradient · row. The maps that keep the columns (TF-IDF, unit length) share column by
    column; blocks that were reduced share through their directions.
    """
    if isinstance(representation, ScaledBlocks):
        return _of_scaled(representation, np.asarray(features, np.float32).reshape(1, -1), gradient)
    values = np.asarray(row.toarray() if hasattr(row, "toarray") else row, np.float64).ravel() * gradient
    blocks = representation.blocks  # type: ignore[attr-defined]  # all that are not scaled have them
    found = {name: values[part] for (name, _), part in zip(blocks, parts(blocks), strict=True)}
    return FeatureShares(found, {}, {})


def _of_scaled(representation: ScaledBlocks, features: FloatArray, gradient: Amounts) -> FeatureShares:
    amounts, slopes, usual = {}, {}, {}
    patches = None
    at = 0
    for (name, _), part, scaled in zip(
        representation.blocks, parts(representation.blocks), representation.scaled, strict=True
    ):
        block = features[:, part]
        if name == PICTURE and representation.dictionary is not None:
            block = patches = representation.dictionary.transform(block)
        width = scaled.components.shape[1]
        away = (block - scaled.mean)[0].astype(np.float64)
        values = (scaled.components.astype(np.float64) @ gradient[at : at + width]) * scaled.clipped(block)[0]
        at += width
        amounts[name] = values
        slopes[name] = np.divide(values, away, out=np.zeros_like(away), where=away != 0)
        usual[name] = scaled.mean
    return FeatureShares(amounts, slopes, usual, patches)
