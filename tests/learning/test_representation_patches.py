import numpy as np
import pytest

from hitl_desktop.learning.representations import REPRESENTATIONS
from hitl_desktop.learning.representations.patches import WIDTH, PatchDictionary

BLOCKS = (("shape", 10), ("picture", WIDTH))


def stripes(n: int, direction: int, seed: int) -> np.ndarray:
    """Pictures of stripes along one axis, at random places and of random strength, as rows of 32 × 32 × 3 levels."""
    rng = np.random.default_rng([seed, direction])
    phase, strength = rng.uniform(0, 6.3, (n, 1, 1)), rng.uniform(60, 100, (n, 1, 1))
    place = np.arange(32)[:, None] if direction else np.arange(32)[None, :]
    levels = 128 + strength * np.sin(place * 1.3 + phase) + rng.normal(0, 2, (n, 32, 32))
    return np.clip(np.repeat(levels[..., None], 3, axis=3), 0, 255).reshape(n, WIDTH).astype(np.float32)


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    return np.concatenate([stripes(20, 0, 1), stripes(20, 1, 1)])


@pytest.fixture(scope="module")
def dictionary(pictures: np.ndarray) -> PatchDictionary:
    return PatchDictionary.fit(pictures[::4], np.random.default_rng(0))


def naive(dictionary: PatchDictionary, picture: np.ndarray) -> np.ndarray:
    image = picture.reshape(32, 32, 3).astype(np.float64)
    out = np.zeros((2, 2, len(dictionary.centres)))
    for top in range(27):
        for left in range(27):
            patch = image[top : top + 6, left : left + 6].ravel()
            patch = (patch - patch.mean()) / np.sqrt(patch.var() + 10)
            white = (patch - dictionary.mean) @ dictionary.whiten
            away = np.sqrt(((white - dictionary.centres) ** 2).sum(axis=1))
            out[int(top >= 14), int(left >= 14)] += np.maximum(0, away.mean() - away)
    return np.sqrt(out.ravel())


def test_it_agrees_with_the_paper_done_patch_by_patch(dictionary: PatchDictionary, pictures: np.ndarray) -> None:
    found = dictionary.transform(pictures[3:9])
    assert found.shape == (6, 4 * 400)
    np.testing.assert_allclose(found[2], naive(dictionary, pictures[5]), rtol=1e-3, atol=0.02)


def test_what_was_learned_without_labels_tells_directions_apart(
    dictionary: PatchDictionary, pictures: np.ndarray
) -> None:
    known = dictionary.transform(pictures)
    new = dictionary.transform(np.concatenate([stripes(10, 0, 2), stripes(10, 1, 2)]))
    middles = np.stack([known[:20].mean(axis=0), known[20:].mean(axis=0)])
    nearest = ((new[:, None] - middles) ** 2).sum(axis=2).argmin(axis=1)
    np.testing.assert_array_equal(nearest, [0] * 10 + [1] * 10)


def test_whitened_patches_are_spread_evenly_where_they_vary() -> None:
    rng = np.random.default_rng(5)
    colourful = rng.integers(0, 256, (10, WIDTH)).astype(np.float32)
    whiten = PatchDictionary.fit(colourful, rng).whiten
    np.testing.assert_allclose(whiten, whiten.T, atol=1e-4)
    # Noise of unit variance is already white: all directions but the taken mean shrink alike.
    strengths = np.linalg.eigvalsh(whiten)[:-1]
    assert strengths.min() > 0.8
    assert strengths.max() < 1.15


def test_brightness_and_contrast_of_a_picture_hardly_matter(dictionary: PatchDictionary) -> None:
    strong = stripes(1, 0, 3)
    same = dictionary.transform(np.concatenate([strong, strong * 0.6 + 40, stripes(1, 1, 3)]))
    assert np.linalg.norm(same[1] - same[0]) < 0.2 * np.linalg.norm(same[2] - same[0])


def test_the_same_seed_learns_the_same_and_another_does_not(pictures: np.ndarray) -> None:
    first, again, other = (PatchDictionary.fit(pictures[:4], np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.centres, again.centres)
    assert np.abs(first.centres - other.centres).max() > 0.1


@pytest.mark.parametrize("flat", [np.zeros((3, WIDTH), np.float32), np.full((1, WIDTH), 255, np.float32)])
def test_pictures_of_one_level_do_no_harm(flat: np.ndarray) -> None:
    rows = PatchDictionary.fit(flat, np.random.default_rng(0)).transform(flat)
    assert np.isfinite(rows).all()
    assert rows.shape == (len(flat), 4 * 400)


def test_a_representation_with_pictures_learns_a_dictionary_and_keeps_it(pictures: np.ndarray) -> None:
    shape = np.random.default_rng(2).normal(size=(10, 10)).astype(np.float32)
    X = np.hstack([shape, pictures[::4]])
    kind = REPRESENTATIONS["scaled-blocks"]
    fitted = kind.fit(X, BLOCKS, np.random.default_rng(0))
    rows = fitted.transform(X)
    assert rows.shape == (10, 20)
    assert (rows[:, 10:] ** 2).sum(axis=1).mean() == pytest.approx(0.5, abs=1e-3)
    again = kind.from_arrays(fitted.arrays(), BLOCKS)
    np.testing.assert_allclose(again.transform(X), rows, atol=5e-3)
    assert kind.from_arrays(again.arrays(), BLOCKS).digest() == again.digest() == fitted.digest()
    assert sum(a.nbytes for a in fitted.arrays().values()) < 400_000
