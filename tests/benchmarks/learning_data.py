"""The data of the learning benchmark: features from the program's own extractors, kept between runs."""

import csv
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.datasets import load_digits

from hitl_desktop.features import EXTRACTORS, Extractor
from hitl_desktop.kinds.image import read_bytes, read_small

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
CACHE = Path(tempfile.gettempdir()) / "hitl-benchmark-features"
USED = {"text": ("text-minilm", "text-ngrams"), "image": ("image-fused",)}
"""The extractors whose columns stand side by side, as in the program: meaning and words, or pictures."""

RUN_OF_PHOTOS = 25
"""Photos in a row that may show one object: they stay on one side of a split."""

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Data:
    """Features (n, columns) made of `blocks`, class ids (n,), and which rows belong together, or None."""

    X: Any
    y: Ids
    blocks: tuple[tuple[str, int], ...]
    groups: Ids | None
    made_by: str


def digits() -> Data:
    """The 1,797 pictures of 8 × 8 that come with scikit-learn, as pixels."""
    X, y = load_digits(return_X_y=True)
    return Data(X.astype(np.float32), y.astype(np.int64), (("pixels", 64),), None, "pixels")


def texts(folder: str) -> Callable[[], Data]:
    """A table of texts of the shared data."""

    def load() -> Data:
        with (SHARED / "text" / folder / "data.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return _data("text", folder, [row["text"] for row in rows], _numbered([row["label"] for row in rows]), None)

    return load


def images(folder: str, grouped: bool) -> Callable[[], Data]:
    """A folder of images of the shared data; `grouped` by runs of photos where names end in a running number."""

    def load() -> Data:
        root = SHARED / "images" / folder
        with (root / "labels.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        y = _numbered([row["label"] for row in rows])
        groups = _runs(y, [row["file"] for row in rows]) if grouped else None
        return _data("image", folder, [root / row["file"] for row in rows], y, groups)

    return load


def _data(kind: str, name: str, items: list[Any], y: Ids, groups: Ids | None) -> Data:
    extractors = [EXTRACTORS[key] for key in USED[kind]]
    parts = [_extracted(extractor, name, items) for extractor in extractors]
    X = parts[0] if len(parts) == 1 else sp.hstack(parts, format="csr", dtype=np.float32)
    blocks = tuple(block for extractor in extractors for block in extractor.blocks)
    return Data(X, y, blocks, groups, " + ".join(USED[kind]))


def _numbered(labels: list[str]) -> Ids:
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _runs(y: Ids, names: list[str]) -> Ids:
    numbers = np.array([int(re.findall(r"\d+", name)[-1]) for name in names])
    runs: Ids = np.unique(y * (numbers.max() + 1) + numbers // RUN_OF_PHOTOS, return_inverse=True)[1]
    return runs


def _extracted(extractor: Extractor, name: str, items: list[Any]) -> Any:
    """Rows of texts or image files: from an earlier run where there was one."""
    kept = CACHE / f"{name}-{extractor.cache_name}.npz"
    if not kept.is_file():
        print(f"Extracting {extractor.name} of {len(items):,} items of {name}.", flush=True)
        if extractor.kind == "image":
            items = [read_small(read_bytes(path), path.name, extractor.side) for path in items]
        rows = extractor.extract(items)
        CACHE.mkdir(parents=True, exist_ok=True)
        if sp.issparse(rows):
            sp.save_npz(kept, rows)
        else:
            np.savez(kept, rows=np.asarray(rows, extractor.storage))
    return sp.load_npz(kept) if extractor.sparse else np.load(kept)["rows"].astype(np.float32)
