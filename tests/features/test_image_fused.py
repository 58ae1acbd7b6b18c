import numpy as np
import pytest

from hitl_desktop.features.image_fused import IMAGE_FUSED, extract
from hitl_desktop.kinds.image import to_display

NAMES = [name for name, _ in IMAGE_FUSED.blocks]


def block(picture: np.ndarray, name: str) -> np.ndarray:
    widths = [width for _, width in IMAGE_FUSED.blocks]
    start = sum(widths[: NAMES.index(name)])
    return extract([picture])[0, start : start + widths[NAMES.index(name)]]


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)


def test_the_picture_is_the_image_in_small() -> None:
    large = np.zeros((128, 256, 3), np.uint8)
    large[:64, :, 0] = 200
    small = block(large, "picture").reshape(32, 32, 3)
    np.testing.assert_array_equal(small[:15, :, 0], 200)
    np.testing.assert_array_equal(small[17:], 0)
    np.testing.assert_array_equal(small[..., 1:], 0)


def test_grey_pictures_are_the_same_in_all_three_colours() -> None:
    small = block(noise(28, 28), "picture").reshape(32, 32, 3)
    assert small.std() > 10
    np.testing.assert_array_equal(small[..., 0], small[..., 1])
    np.testing.assert_array_equal(small[..., 0], small[..., 2])


def test_a_grey_picture_stored_in_colour_is_the_same_picture() -> None:
    grey = noise(100, 100)
    coloured = np.repeat(grey[..., None], 3, axis=2)
    for name in NAMES:
        np.testing.assert_allclose(block(coloured, name), block(grey, name), atol=1e-4, err_msg=name)


def test_16_bit_pictures_are_seen_through_their_window() -> None:
    faint = noise(96, 96).astype(np.uint16) * 16
    np.testing.assert_array_equal(extract([faint]), extract([to_display(faint)]))


@pytest.mark.parametrize(
    "shape",
    [(28, 28), (1, 1), (1, 700, 3), (128, 512, 3), (700, 1), (2000, 1500, 3)],
    ids=lambda s: "x".join(map(str, s)),
)
def test_every_size_and_shape_fits_into_half_precision(shape: tuple[int, ...]) -> None:
    rows = extract([noise(*shape)])
    assert np.isfinite(rows.astype(np.float16)).all()
    np.testing.assert_allclose(rows.astype(np.float16).astype(np.float32), rows, rtol=1e-3, atol=1e-5)


def test_the_size_a_picture_was_stored_at_matters_little() -> None:
    coarse = np.kron(noise(8, 8), np.ones((16, 16), np.uint8))
    larger = np.kron(coarse, np.ones((4, 4), np.uint8))
    rows = extract([coarse, larger, noise(128, 128)])[:, : IMAGE_FUSED.blocks[0][1]]
    near, far = rows[1] - rows[0], rows[2] - rows[0]
    assert np.linalg.norm(near) < 0.1 * np.linalg.norm(far)


@pytest.mark.parametrize("count", [1, 63, 64, 65, 130])
def test_batches_are_joined_in_order(count: int) -> None:
    levels = np.arange(count) % 250
    rows = extract([np.full((2, 2), level, np.uint8) for level in levels])
    np.testing.assert_array_equal(rows[:, -1], levels)
