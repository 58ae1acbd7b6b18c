"""A model on disk: arrays and a JSON card. Loading one cannot run code."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.sentences import listed, say
from hitl_desktop.learning.arrays_file import DAMAGE, read_arrays, write_arrays
from hitl_desktop.learning.calibration import CALIBRATIONS, Calibration
from hitl_desktop.learning.cards import CARD, FORMAT, load_card
from hitl_desktop.learning.heads import HEADS, Head
from hitl_desktop.learning.learned_items import Marks, checked, joined
from hitl_desktop.learning.representations import REPRESENTATIONS, Arrays, Matrix, Representation
from hitl_desktop.paths import open_plain

ARRAYS: Final = "arrays.npz"
_WIDEST = 10_000_000
_LEARNED: Final = "learned.items"


@dataclass(frozen=True, slots=True)
class ModelBundle:
    """A representation, a head, perhaps a calibration, and the card that says what they are.

    `extractor` is the key of the features it reads (name and version; several joined by "+"); `classes` are the class
    names in the order of the head's `class_ids`; `card` holds what people should know (data, licence, metrics,
    limits). `calibration` None: the head's own probabilities. `learned` are the marks of the items it learned from
    (`learned_items`), None when it does not say.
    """

    kind: str
    extractor: str
    blocks: tuple[tuple[str, int], ...]
    representation_name: str
    representation: Representation
    head: Head
    classes: tuple[str, ...]
    card: Mapping[str, Any] = field(default_factory=dict)
    calibration: Calibration | None = None
    learned: Marks | None = None

    def embed(self, features: Matrix) -> Matrix:
        """Feature rows (n, features) → transformed rows (n, d): what the head and the query strategies look at."""
        return self.representation.transform(features)

    def probabilities_of(self, rows: Matrix) -> FloatArray:
        """Transformed rows (n, d) → class probabilities (n, k) in the order of `classes`, calibrated if it is.

        Raises KnownError when the model answers something that is no number.
        """
        head, calibration = self.head, self.calibration
        found = head.probabilities(rows) if calibration is None else calibration.apply(head.logits(rows))
        if not np.isfinite(found).all():
            raise KnownError(
                say("The model gives no number for some items."), say("Choose another model, or train again.")
            )
        return found

    def probabilities(self, features: Matrix) -> FloatArray:
        """Feature rows (n, features) → class probabilities (n, k) in the order of `classes`."""
        return self.probabilities_of(self.embed(features))

    def with_class_ids(self, ids: Mapping[str, int]) -> "ModelBundle":
        """The same model speaking a project's class ids. Raises KnownError when a class is not in the project."""
        missing = [name for name in self.classes if name not in ids]
        if missing:
            raise KnownError(
                say("The model knows classes that this project does not have: {names}.", names=listed(missing)),
                say("Choose another model, or add the classes."),
            )
        return replace(self, head=self.head.with_class_ids(tuple(ids[name] for name in self.classes)))

    def having_learned(self, marks: Marks) -> "ModelBundle":
        """The same model, saying that it learned from these items too. What does not say the rest stays silent."""
        return self if self.learned is None else replace(self, learned=joined(self.learned, marks))

    def replaced(self, head: Head, classes: Sequence[str], card: Mapping[str, Any]) -> "ModelBundle":
        """The same representation under another head, which is not calibrated yet."""
        return replace(self, head=head, classes=tuple(classes), card=card, calibration=None)


def save_bundle(bundle: ModelBundle, folder: Path) -> str:
    """Write `arrays.npz` and `card.json`; returns the SHA-256 of the arrays. The folder must not exist."""
    folder.mkdir(parents=True)
    arrays: Arrays = {f"representation.{k}": v for k, v in bundle.representation.arrays().items()}
    arrays |= {f"head.{k}": v for k, v in bundle.head.arrays().items()}
    calibration = bundle.calibration
    if calibration is not None:
        arrays |= {f"calibration.{k}": v for k, v in calibration.arrays().items()}
    if bundle.learned is not None:
        arrays[_LEARNED] = bundle.learned
    digest = write_arrays(folder / ARRAYS, arrays)
    facts = {
        "format": FORMAT,
        "kind": bundle.kind,
        "extractor": bundle.extractor,
        "blocks": [list(b) for b in bundle.blocks],
        "representation": bundle.representation_name,
        "head": bundle.head.kind,
        "calibration": None if calibration is None else calibration.kind,
        "classes": list(bundle.classes),
        "arrays_sha256": digest,
        "card": dict(bundle.card),
    }
    (folder / CARD).write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return digest


def damaged(folder: Path) -> KnownError:
    """What is said of a bundle whose files are gone or are not what they were."""
    return KnownError(
        say("The model {name} is damaged.", name=folder.name), say("Restore an earlier one, or train again.")
    )


def load_bundle(folder: Path) -> ModelBundle:
    """Read a bundle; arrays of numbers only. Raises KnownError when it is missing, damaged or not plain numbers."""
    facts = load_card(folder)
    refusal = damaged(folder)
    try:
        with open_plain(folder / ARRAYS) as file:
            data = file.read()
        if hashlib.sha256(data).hexdigest() != facts["arrays_sha256"]:
            raise refusal
        bundle = _bundle(facts, read_arrays(data))
        if not _fits_together(bundle):
            raise refusal
    except DAMAGE as error:
        raise refusal from error
    return bundle


def _bundle(facts: Mapping[str, Any], arrays: Mapping[str, Any]) -> ModelBundle:
    """A bundle from its card and its arrays; raises one of `DAMAGE` when they do not say the same."""
    blocks = tuple((str(n), int(w)) for n, w in facts["blocks"])
    if not 0 < sum(w for _, w in blocks) <= _WIDEST or min(w for _, w in blocks) < 1:
        raise ValueError("the blocks have no width")
    calibration = facts["calibration"]
    return ModelBundle(
        str(facts["kind"]),
        str(facts["extractor"]),
        blocks,
        facts["representation"],
        REPRESENTATIONS[facts["representation"]].from_arrays(_part(arrays, "representation."), blocks),
        HEADS[facts["head"]].from_arrays(_part(arrays, "head.")),
        tuple(str(name) for name in facts["classes"]),
        dict(facts["card"]),
        None if calibration is None else CALIBRATIONS[calibration].from_arrays(_part(arrays, "calibration.")),
        checked(arrays[_LEARNED]) if _LEARNED in arrays else None,
    )


def _part(arrays: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): values for name, values in arrays.items() if name.startswith(prefix)}


def _fits_together(bundle: ModelBundle) -> bool:
    """True when the arrays answer rows of features with one finite probability per class, adding to 1.

    Arrays whose shapes do not belong together raise one of `DAMAGE` instead.
    """
    width = sum(columns for _, columns in bundle.blocks)
    with np.errstate(all="ignore"):  # what overflows is found below
        answer = bundle.head.logits(bundle.embed(np.ones((2, width), np.float32)))
    k = len(bundle.classes)
    if answer.shape != (2, k) or len(set(bundle.classes)) != k or len(bundle.head.class_ids) != k:
        return False
    if not np.isfinite(answer).all() or not all(np.isfinite(a).all() for a in bundle.head.arrays().values()):
        return False
    found = answer if bundle.calibration is None else bundle.calibration.apply(answer)
    return bool(np.isfinite(found).all())
