import numpy as np
import pytest

from hitl_desktop.features.image_statistics import COLOUR_DIMS, SIDE, TEXTURE_DIMS, located, texture
from hitl_desktop.features.image_statistics import colour as colours


def lbp(picture: np.ndarray) -> np.ndarray:
    return texture(picture[None])[0]


def colour(picture: np.ndarray) -> np.ndarray:
    if picture.ndim == 2:
        return colours(picture[None], {})[0]
    return colours(picture[None, ..., 0], {0: picture})[0]


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)


def test_lbp_shares_add_up_to_one_per_circle() -> None:
    shares = lbp(noise(96, 96)) ** 2
    np.testing.assert_allclose([shares[:59].sum(), shares[59:73].sum(), shares[73:].sum()], 1, atol=1e-5)


def test_lbp_does_not_change_with_brightness() -> None:
    dim = noise(96, 96) // 2
    np.testing.assert_array_equal(lbp(dim), lbp(dim + 100))


def test_lbp_of_more_than_eight_points_does_not_change_with_a_quarter_turn() -> None:
    picture = noise(96, 96)
    turned = np.ascontiguousarray(np.rot90(picture))
    np.testing.assert_allclose(lbp(picture)[59:], lbp(turned)[59:], atol=1e-6)


def test_colour_statistics_of_one_colour_are_that_colour() -> None:
    values = colour(np.full((SIDE, SIDE, 3), (255, 0, 51), np.uint8))
    channels, hues = values[:-12].reshape(7, 36), values[-12:]
    means = channels[:, 9]
    np.testing.assert_allclose(means[:5], [1, 0, 0.2, 1, 1], atol=0.01)
    np.testing.assert_allclose(channels[:, 10:12], 0, atol=1e-5)
    np.testing.assert_allclose(channels[0, :9], 1)
    np.testing.assert_allclose(channels[0, -16:], 1)
    assert hues.argmax() == 11
    np.testing.assert_allclose(hues.sum(), 1, atol=0.01)


def test_percentiles_are_those_of_numpy() -> None:
    picture = noise(96, 96)
    expected = np.percentile(picture, (1, 5, 10, 25, 50, 75, 90, 95, 99), method="inverted_cdf") / 255
    np.testing.assert_allclose(colour(picture)[:9], expected, atol=1e-6)


def test_grey_pictures_are_what_they_would_be_in_colour() -> None:
    grey = noise(SIDE, SIDE)
    np.testing.assert_allclose(colour(grey), colour(np.repeat(grey[..., None], 3, axis=2)), atol=1e-5)
    np.testing.assert_array_equal(colour(grey)[-12:], 0)


def test_grey_and_coloured_pictures_stay_in_their_rows() -> None:
    pictures = [noise(SIDE, SIDE, 3), noise(SIDE, SIDE), noise(SIDE, SIDE, 3) // 2]
    grey = np.stack([p if p.ndim == 2 else p[..., 0] for p in pictures])
    rows = colours(grey, {0: pictures[0], 2: pictures[2]})
    assert rows.shape == (3, COLOUR_DIMS)
    for together, picture in zip(rows, pictures, strict=True):
        np.testing.assert_allclose(together, colour(picture), atol=1e-5)
    shares = texture(grey)
    assert shares.shape == (3, TEXTURE_DIMS)
    np.testing.assert_allclose(shares[1], lbp(grey[1]), atol=1e-6)


def test_the_averages_of_cells_have_a_place() -> None:
    grey = np.full((SIDE, SIDE), 10, np.uint8)
    bright = grey.copy()
    bright[: SIDE // 4, -SIDE // 4 :] = 200
    change = colour(bright) - colour(grey)
    cells, elsewhere = located(change)
    assert cells.argmax() == 3
    assert cells.sum() + elsewhere == pytest.approx(float(change.sum()), abs=1e-4)
