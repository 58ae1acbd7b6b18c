"""A model on disk: arrays and a JSON card. Loading one cannot run code."""

import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.cards import CARD, FORMAT, load_card
from hitl_desktop.learning.heads import LinearHead
from hitl_desktop.learning.representations import REPRESENTATIONS, Arrays, Matrix, Representation

_ARRAYS = "arrays.npz"
_DAMAGE = (
    OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, RuntimeError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What numpy and zipfile raise on files that are not what they say."""


@dataclass(frozen=True, slots=True)
class ModelBundle:
    """A representation, a head and the card that says what they are.

    `extractor` is the key of the features it reads (name and version); `classes` are the class names in the
    order of the head's `class_ids`; `card` holds what people should know (data, licence, metrics, limits).
    """

    kind: str
    extractor: str
    blocks: tuple[tuple[str, int], ...]
    representation_name: str
    representation: Representation
    head: LinearHead
    classes: tuple[str, ...]
    card: Mapping[str, Any] = field(default_factory=dict)

    def probabilities(self, features: Matrix) -> FloatArray:
        """Feature rows (n, features) → class probabilities (n, k) in the order of `classes`."""
        return self.head.probabilities(self.representation.transform(features))

    def with_class_ids(self, ids: Mapping[str, int]) -> "ModelBundle":
        """The same model speaking a project's class ids. Raises KnownError when a class is not in the project."""
        missing = [name for name in self.classes if name not in ids]
        if missing:
            raise KnownError(
                f"The model knows classes that this project does not have: {', '.join(missing)}.",
                "Choose another model, or add the classes.",
            )
        head = LinearHead(tuple(ids[n] for n in self.classes), self.head.weights, self.head.bias, self.head.columns)
        return self.replaced(head, self.classes, self.card)

    def replaced(self, head: LinearHead, classes: Sequence[str], card: Mapping[str, Any]) -> "ModelBundle":
        """The same representation under another head."""
        return ModelBundle(
            self.kind,
            self.extractor,
            self.blocks,
            self.representation_name,
            self.representation,
            head,
            tuple(classes),
            card,
        )


def save_bundle(bundle: ModelBundle, folder: Path) -> str:
    """Write `arrays.npz` and `card.json`; returns the SHA-256 of the arrays. The folder must not exist."""
    folder.mkdir(parents=True)
    arrays: Arrays = {f"representation.{k}": v for k, v in bundle.representation.arrays().items()}
    arrays["head.weights"] = _compact(bundle.head.weights)
    arrays["head.bias"] = bundle.head.bias
    arrays["head.class_ids"] = np.asarray(bundle.head.class_ids, np.int64)
    if bundle.head.columns is not None:
        arrays["head.columns"] = bundle.head.columns.astype(np.int32)
    with (folder / _ARRAYS).open("wb") as file:
        _write_npz(file, arrays)
    digest = hashlib.sha256((folder / _ARRAYS).read_bytes()).hexdigest()
    facts = {
        "format": FORMAT,
        "kind": bundle.kind,
        "extractor": bundle.extractor,
        "blocks": [list(b) for b in bundle.blocks],
        "representation": bundle.representation_name,
        "classes": list(bundle.classes),
        "arrays_sha256": digest,
        "card": dict(bundle.card),
    }
    (folder / CARD).write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return digest


def load_bundle(folder: Path) -> ModelBundle:
    """Read a bundle; arrays of numbers only. Raises KnownError when it is missing, damaged or not plain numbers."""
    facts = load_card(folder)
    path = folder / _ARRAYS
    refusal = KnownError(f"The model {folder.name} is damaged.", "Restore an earlier one, or train again.")
    try:
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != facts["arrays_sha256"]:
            raise refusal
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        blocks = tuple((str(n), int(w)) for n, w in facts["blocks"])
        kind_of = REPRESENTATIONS[facts["representation"]]
        inner = {k.removeprefix("representation."): v for k, v in arrays.items() if k.startswith("representation.")}
        columns = arrays.get("head.columns")
        head = LinearHead(
            tuple(int(i) for i in arrays["head.class_ids"]),
            arrays["head.weights"].astype(np.float32),
            arrays["head.bias"].astype(np.float32),
            None if columns is None else columns.astype(np.int64),
        )
        bundle = ModelBundle(
            facts["kind"],
            facts["extractor"],
            blocks,
            facts["representation"],
            kind_of.from_arrays(inner, blocks),
            head,
            tuple(facts["classes"]),
            facts["card"],
        )
        if not _fits_together(bundle):
            raise refusal
        return bundle
    except _DAMAGE as error:
        raise refusal from error


def _fits_together(bundle: ModelBundle) -> bool:
    """True when the arrays answer one row of features with one finite probability per class.

    Arrays whose shapes do not belong together raise one of `_DAMAGE` instead.
    """
    width = sum(columns for _, columns in bundle.blocks)
    answer = bundle.probabilities(np.ones((1, width), np.float32))
    k = len(bundle.classes)
    one_column_each = bundle.head.weights.shape[1] == len(bundle.head.bias) == len(set(bundle.head.class_ids)) == k
    return one_column_each and answer.shape == (1, k) and bool(np.isfinite(answer).all())


def _compact(weights: FloatArray) -> npt.NDArray[np.generic]:
    """Half precision where the head is large: its rounding is far below what the data can tell."""
    return weights.astype(np.float16) if weights.size > 50_000 and np.abs(weights).max() < 1e4 else weights


def _write_npz(file: Any, arrays: Arrays) -> None:
    """A compressed .npz without time stamps, so that the same model gives the same bytes."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, np.ascontiguousarray(arrays[name]), allow_pickle=False)
    file.flush()
    os.fsync(file.fileno())
