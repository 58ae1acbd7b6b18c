from functools import cache

import numpy as np
import pytest

from hitl_desktop.features.image_scattering import DIMS, SCALES, SIDE, located, morlet, scattering

L = 8
PADDED = 48


def noise(n: int) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (n, SIDE, SIDE), dtype=np.uint8)


@cache
def kernel(level: int, scale: int, direction: int) -> np.ndarray:
    """The spectrum of the wavelet with every 2**level-th sample kept."""
    step = 2**level
    return np.fft.fft2(np.fft.ifft2(morlet(scale, direction))[::step, ::step] * step**2)


def naive(picture: np.ndarray) -> np.ndarray:
    """Scattering by the book: whole convolutions one by one, in double precision, every n-th sample kept after."""
    x = np.pad(picture / 255.0, 8, mode="reflect")

    def convolved(values: np.ndarray, level: int, scale: int, direction: int) -> np.ndarray:
        wave = np.fft.ifft2(np.fft.fft2(values) * kernel(level, scale, direction))
        keep = 2 ** (scale - level)
        return np.abs(wave)[::keep, ::keep]

    def averaged(values: np.ndarray) -> np.ndarray:
        step = PADDED // len(values)
        places = np.arange(0, PADDED, step)
        out = np.empty((2, 2))
        for i in range(2):
            for j in range(2):
                down, right = (abs(places - (15.5 + 16 * k)) for k in (i, j))
                down, right = np.minimum(down, PADDED - down), np.minimum(right, PADDED - right)
                weights = np.exp(-(down[:, None] ** 2 + right[None, :] ** 2) / (2 * 6.4**2))
                out[i, j] = (weights * values).sum() / weights.sum()
        return out

    paths = [averaged(x)]
    first = {(j, t): convolved(x, 0, j, t) for j in range(SCALES) for t in range(L)}
    paths += [averaged(first[j, t]) for j in range(SCALES) for t in range(L)]
    for fine in range(SCALES):
        for coarse in range(fine + 1, SCALES):
            for t in range(L):
                paths += [averaged(convolved(first[fine, t], fine, coarse, u)) for u in range(L)]
    return np.log(np.array(paths).ravel() + 1e-3)


def test_it_agrees_with_scattering_by_the_book() -> None:
    pictures = noise(2)
    pictures[1] = np.clip(np.add.outer(np.arange(SIDE), 3 * np.arange(SIDE)), 0, 255)
    for picture, row in zip(pictures, scattering(pictures), strict=True):
        np.testing.assert_allclose(row, naive(picture), atol=2e-3)


def test_a_picture_of_one_level_has_only_an_average() -> None:
    row = scattering(np.full((1, SIDE, SIDE), 51, np.uint8))[0]
    np.testing.assert_allclose(np.exp(row[:4]) - 1e-3, 0.2, atol=1e-4)
    np.testing.assert_allclose(row[4:], np.log(1e-3), atol=1e-2)


def test_small_shifts_change_it_far_less_than_they_change_the_pixels() -> None:
    wide = np.random.default_rng(4).normal(size=(SIDE + 1, SIDE + 1))
    smooth = sum(np.roll(wide, (i, j), (0, 1)) for i in range(3) for j in range(3))
    levels = np.clip(128 + 20 * smooth, 0, 255).astype(np.uint8)
    here, shifted = levels[:-1, :-1], levels[:-1, 1:]
    rows = np.exp(scattering(np.stack([here, shifted])))
    moved = np.linalg.norm(rows[1] - rows[0]) / np.linalg.norm(rows[0])
    pixels = np.linalg.norm(here.astype(float) - shifted) / np.linalg.norm(here.astype(float) - here.mean())
    assert moved < 0.2 * pixels


def test_first_order_sees_direction_and_scale() -> None:
    wave = np.sin(np.arange(SIDE) * 3 / 4 * np.pi / 2)  # the frequency of scale 1
    lying = np.tile((127 + 120 * wave).astype(np.uint8)[:, None], (1, SIDE))
    first = (
        np.exp(scattering(np.stack([lying, lying.T]))[:, 4 : 4 * (1 + SCALES * L)]).reshape(2, SCALES, L, 4).sum(axis=3)
    )
    strongest = [np.unravel_index(energy.argmax(), energy.shape) for energy in first]
    assert [scale for scale, _ in strongest] == [1, 1]
    assert abs(int(strongest[0][1]) - int(strongest[1][1])) == L // 2


def test_brighter_contrast_gives_more_of_every_path() -> None:
    faint = noise(1) // 4 + 90
    strong = noise(1)
    assert (scattering(strong) > scattering(faint))[:, 4:].all()


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 20])
def test_batches_are_joined_in_order(count: int) -> None:
    pictures = noise(20)
    rows = scattering(pictures[:count])
    assert rows.shape == (count, DIMS)
    assert rows.dtype == np.float32
    if count:
        np.testing.assert_allclose(rows[-1], scattering(pictures[count - 1 : count])[0], atol=1e-5)


def test_amounts_are_put_where_the_picture_has_what_they_are_of() -> None:
    rng = np.random.default_rng(1)
    grey = np.full((32, 32), 90, np.uint8)
    grey[20:26, 4:10] = rng.integers(0, 255, (6, 6))
    amounts = np.zeros(DIMS, np.float32)
    amounts[4:].reshape(-1, 4)[:, 2] = rng.random(DIMS // 4 - 1)  # what changes, in the lower left quarter
    ground = located(grey, amounts)
    assert ground.sum() == pytest.approx(float(amounts.sum()), rel=1e-5)
    spot = ground[16:30, 0:14].sum()
    assert spot > 0.6 * ground.sum()  # a fifth of the picture


def test_amounts_of_a_flat_picture_are_not_lost() -> None:
    amounts = np.ones(DIMS, np.float32)
    ground = located(np.zeros((32, 32), np.uint8), amounts)
    assert ground.sum() == pytest.approx(DIMS, rel=1e-5)
