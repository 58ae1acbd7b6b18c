"""Where in a picture the amounts of its patch features come from."""

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.explanations.feature_shares import FeatureShares
from hitl_desktop.learning.representations.patches import HALF, PATCH, PLACES, SIDE, PatchDictionary
from hitl_desktop.learning.representations.scaled_blocks import PICTURE

Amounts = npt.NDArray[np.float64]


def patch_places(dictionary: PatchDictionary, picture: FloatArray, shares: FeatureShares) -> Amounts:
    """The amounts of a picture's patch features, put where they come from: (32, 32) with the same sum.

    `picture` (3072,) is the small picture. A feature is the square root of a sum over the patches of a quarter; each
    patch is credited with its part of the feature, and debited with what an average patch has. So the parts are exact:
    they add up to what the model reckons with, feature by feature.
    """
    near = dictionary.activations(picture.reshape(1, -1))[0].astype(np.float64)
    k = near.shape[-1]
    quarters = (4, k)
    slope = shares.slopes[PICTURE].reshape(quarters)
    usual = shares.usual[PICTURE].astype(np.float64).reshape(quarters)
    assert shares.patches is not None  # noqa: S101 - there is a picture
    value = shares.patches[0].astype(np.float64).reshape(quarters)
    found = np.zeros((PLACES, PLACES))
    for quarter in range(4):
        down, right = (slice(0, HALF) if half == 0 else slice(HALF, None) for half in divmod(quarter, 2))
        part = near[down, right]
        total = part.sum(axis=(0, 1))
        credit = np.divide(slope[quarter] * value[quarter], total, out=np.zeros(k), where=total > 0)
        found[down, right] = part @ credit - float(slope[quarter] @ usual[quarter]) / part[..., 0].size
    return _over_pixels(found)


def _over_pixels(places: Amounts) -> Amounts:
    """Each patch's amount spread evenly over its pixels: (27, 27) → (32, 32)."""
    ground = np.zeros((SIDE, SIDE))
    for down in range(PATCH):
        for right in range(PATCH):
            ground[down : down + PLACES, right : right + PLACES] += places
    return ground / PATCH**2
