import numpy as np
import pytest

from hitl_desktop.features.image_texture import IMAGE_TEXTURE, extract
from hitl_desktop.kinds.image import to_display

NAMES = [name for name, _ in IMAGE_TEXTURE.blocks]


def block(picture: np.ndarray, name: str) -> np.ndarray:
    widths = [width for _, width in IMAGE_TEXTURE.blocks]
    start = sum(widths[: NAMES.index(name)])
    return extract([picture])[0, start : start + widths[NAMES.index(name)]]


def stripes(turned: bool = False) -> np.ndarray:
    row = np.where(np.arange(96) // 6 % 2, 200, 40).astype(np.uint8)
    lines = np.tile(row, (96, 1))
    return np.ascontiguousarray(lines.T) if turned else lines


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)


def test_hog_sees_the_direction_of_edges() -> None:
    upright = block(stripes(), "hog").reshape(-1, 9).sum(axis=0)
    lying = block(stripes(turned=True), "hog").reshape(-1, 9).sum(axis=0)
    # Direction 0 is a change from left to right; bins 4 and 5 share the change from top to bottom.
    assert upright.argmax() == 0
    assert lying.argmax() in (4, 5)


def test_hog_blocks_have_length_one_where_there_is_content() -> None:
    lengths = np.linalg.norm(block(noise(96, 96), "hog").reshape(49, 36), axis=1)
    np.testing.assert_allclose(lengths, 1, atol=0.02)
    np.testing.assert_array_equal(block(np.full((96, 96), 90, np.uint8), "hog"), 0)


def test_lbp_shares_add_up_to_one_per_circle() -> None:
    shares = block(noise(96, 96), "lbp") ** 2
    np.testing.assert_allclose([shares[:59].sum(), shares[59:73].sum(), shares[73:].sum()], 1, atol=1e-5)


def test_lbp_does_not_change_with_brightness() -> None:
    dim = noise(96, 96) // 2
    np.testing.assert_array_equal(block(dim, "lbp"), block(dim + 100, "lbp"))


def test_lbp_of_more_than_eight_points_does_not_change_with_a_quarter_turn() -> None:
    picture = noise(96, 96)
    turned = np.ascontiguousarray(np.rot90(picture))
    np.testing.assert_allclose(block(picture, "lbp")[59:], block(turned, "lbp")[59:], atol=1e-6)


def test_colour_statistics_of_one_colour_are_that_colour() -> None:
    values = block(np.full((20, 20, 3), (255, 0, 51), np.uint8), "colour")
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
    np.testing.assert_allclose(block(picture, "colour")[:9], expected, atol=1e-6)


def test_grey_pictures_have_no_colour() -> None:
    grey = noise(96, 96)
    channels = block(grey, "colour")[:-12].reshape(7, 36)
    for same in (1, 2, 4):
        np.testing.assert_array_equal(channels[0], channels[same])
    for none in (3, 5, 6):
        np.testing.assert_array_equal(channels[none], 0)
    np.testing.assert_array_equal(block(grey, "colour")[-12:], 0)


def test_16_bit_pictures_are_seen_through_their_window() -> None:
    faint = noise(96, 96).astype(np.uint16) * 16
    np.testing.assert_array_equal(extract([faint]), extract([to_display(faint)]))


@pytest.mark.parametrize("count", [1, 63, 64, 65, 130])
def test_batches_are_joined_in_order(count: int) -> None:
    levels = np.arange(count) % 250
    rows = extract([np.full((2, 2), level, np.uint8) for level in levels])
    start = IMAGE_TEXTURE.blocks[0][1] + IMAGE_TEXTURE.blocks[1][1]
    np.testing.assert_allclose(rows[:, start] * 255, levels, atol=1e-3)
