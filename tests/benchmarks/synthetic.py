"""Synthetic data, all from seeds: pictures, tables, and projects whose items exist only in the store."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from hitl_desktop.domain.items import FoundItem
from hitl_desktop.features import EXTRACTORS
from hitl_desktop.kinds import KINDS
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.scores import write_scores

SEED = 20_260_902
SIDE = 512
CLASSES = ("amber", "birch", "cedar", "dune")
_PER_TRANSACTION = 50_000
_NEVER = 1_000_000_000
_BASES = 200
_TILES = 16


def make_images(folder: Path, count: int, seed: int = SEED) -> Path:
    """`count` different 512² JPEGs: up to 200 base pictures (waves of colour), each varied by noise of its own."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    bases = [_waves(rng) for _ in range(min(_BASES, count))]
    tiles = [rng.normal(0, 6, (SIDE, SIDE, 1)).astype(np.int16) for _ in range(_TILES)]
    for number in range(count):
        noise = np.roll(tiles[number % _TILES], int(rng.integers(SIDE)), axis=number % 2)
        pixels = np.clip(bases[number % len(bases)] + noise, 0, 255).astype(np.uint8)
        pixels[:8, :8] = rng.integers(0, 256, (8, 8, 1), np.uint8)  # no two files alike, whatever the noise drew
        Image.fromarray(pixels, "RGB").save(folder / f"{number:05}.jpg", quality=88)
    return folder


def _waves(rng: np.random.Generator) -> npt.NDArray[np.int16]:
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    channels = []
    for _ in range(3):
        fx, fy, phase = rng.uniform(1, 24), rng.uniform(1, 24), rng.uniform(0, 6.3)
        channels.append(120 + 80 * np.sin(fx * 6.28 * x + phase) * np.cos(fy * 6.28 * y))
    return np.stack(channels, axis=-1).astype(np.int16)


def texts(count: int, seed: int = SEED) -> Iterator[tuple[str, int]]:
    """`count` texts of about 80 characters, and the class of each: words by Zipf's law, some that tell the class."""
    rng = np.random.default_rng(seed)
    words = np.array(["".join(rng.choice(list("abcdefghijklmnoprstuvw"), rng.integers(3, 9))) for _ in range(20_000)])
    shares = 1 / np.arange(10, len(words) + 10)
    shares /= shares.sum()
    telling = [words[rng.integers(200, 2_000, 40)] for _ in CLASSES]
    for start in range(0, count, 1_000):
        chosen = words[rng.choice(len(words), (1_000, 10), p=shares)]
        classes = rng.integers(0, len(CLASSES), 1_000)
        for row in range(min(1_000, count - start)):
            label = int(classes[row])
            yield f"{' '.join(chosen[row])} {' '.join(rng.choice(telling[label], 2))} {start + row}", label


def make_table(path: Path, rows: int, seed: int = SEED) -> Path:
    """A CSV of `rows` texts with the columns id, text and label."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("id", "text", "label"))
    writer.writerows((f"t{n:07}", text, CLASSES[label]) for n, (text, label) in enumerate(texts(rows, seed)))
    path.write_text(buffer.getvalue(), "utf-8")
    return path


def make_pool(
    folder: Path,
    count: int,
    kind: str,
    *,
    data: Path,
    path_of: Callable[[int], str],
    seed: int = SEED,
    fields_of: Callable[[int], Mapping[str, str]] = lambda _: {},
) -> Path:
    """A project of `count` items through the public API of the store, with scores drawn at random.

    Texts are stored with it; of pictures only the path is. It never trains by itself.
    """
    store = Store.create(folder)
    try:
        with store.transaction():
            store.add_labels(CLASSES)
            for key, value in _facts(folder, kind, data, seed).items():
                store.set_fact(key, value)
        for start in range(0, count, _PER_TRANSACTION):
            with store.transaction():
                store.items.add(
                    [
                        _item(n, kind, path_of(n), fields_of(n))
                        for n in range(start, min(start + _PER_TRANSACTION, count))
                    ],
                    {},
                )
        with store.transaction():
            store.models.add(ModelVersion(1, "trained", "", now_utc(), 0, 0))
            store.models.activate(1, now_utc(), "benchmark")
    finally:
        store.close()
    scores = np.random.default_rng([seed, count]).dirichlet([0.4] * len(CLASSES), count)
    write_scores(folder / "scores" / "v1.npy", scores.astype(np.float32))
    return folder


def _facts(folder: Path, kind: str, data: Path, seed: int) -> dict[str, object]:
    return {
        "name": folder.stem,
        "kind": kind,
        "data_root": str(data),
        "extractor": EXTRACTORS[KINDS[kind].extractor].key,
        "created_utc": now_utc(),
        "seed": seed,
        "threshold": 0.9,
        "retrain_every": _NEVER,
    }


def _item(number: int, kind: str, path: str, fields: Mapping[str, str]) -> FoundItem:
    # Items share files, so what they are known by is no digest of one: then nothing is compared with it.
    digest = hashlib.sha256(f"benchmark item {number}".encode()).hexdigest().upper()
    text = f"Message {number}: the parcel has not arrived, and nobody answers the telephone." if kind == "text" else ""
    return FoundItem(digest, path, None, text, fields)
