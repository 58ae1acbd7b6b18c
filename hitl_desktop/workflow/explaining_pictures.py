"""Which places of a picture add what to its score."""

from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from hitl_desktop.domain.explanations import Grid, Part, PartKind
from hitl_desktop.features import image_scattering, image_statistics
from hitl_desktop.learning.bundles import ModelBundle
from hitl_desktop.learning.explanations import FeatureShares, patch_places
from hitl_desktop.learning.representations import Matrix
from hitl_desktop.learning.representations.patches import SIDE
from hitl_desktop.learning.representations.scaled_blocks import PICTURE, ScaledBlocks

CELLS: Final = 8
"""Rows and columns of the grid over the picture."""


def picture_parts(bundle: ModelBundle, shares: FeatureShares, features: Matrix) -> tuple[list[Part], Grid]:
    """What the places of the picture add together, and what has no place; the grid of the places.

    Small parts and shapes know where they are, brightness knows it roughly. How often a texture or a colour occurs is
    a number of the whole picture: it stands beside the grid.
    """
    ground = np.zeros((SIDE, SIDE))
    parts = []
    picture = _block(bundle, features, PICTURE)
    if picture is not None and isinstance(bundle.representation, ScaledBlocks) and bundle.representation.dictionary:
        ground += patch_places(bundle.representation.dictionary, picture, shares)
        if "scattering" in shares.amounts:
            grey = np.asarray(Image.fromarray(picture.reshape(SIDE, SIDE, 3).astype(np.uint8)).convert("L"))
            ground += image_scattering.located(grey, shares.amounts["scattering"].astype(np.float32))
    if "colour" in shares.amounts:
        cells, elsewhere = image_statistics.located(shares.amounts["colour"])
        step = SIDE // len(cells)
        ground += np.repeat(np.repeat(cells, step, axis=0), step, axis=1) / step**2
        parts.append(Part(PartKind.COLOUR, elsewhere))
    if "texture" in shares.amounts:
        parts.append(Part(PartKind.TEXTURE, float(shares.amounts["texture"].sum())))
    step = SIDE // CELLS
    grid = ground.reshape(CELLS, step, CELLS, step).sum(axis=(1, 3))
    places = Part(PartKind.PLACES, float(grid.sum()))
    return [places, *parts], tuple(tuple(float(v) for v in row) for row in grid)


def _block(bundle: ModelBundle, features: Matrix, name: str) -> npt.NDArray[np.float32] | None:
    at = 0
    for block, width in bundle.blocks:
        if block == name:
            return np.asarray(features, np.float32).ravel()[at : at + width]
        at += width
    return None
