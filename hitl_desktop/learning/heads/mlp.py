"""The head of a small neural network: one hidden layer of rectified units."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.heads.head import compact, read_class_ids, softmax_rows
from hitl_desktop.learning.representations import Arrays, Matrix


@dataclass(frozen=True, slots=True)
class MlpHead:
    """logits = scale · (relu(x[columns] · hidden + hidden_bias) · out + out_bias).

    `hidden` (m, h), `hidden_bias` (h,), `out` (h, k), `out_bias` (k,) float32; `columns` (m,) or None for all.
    """

    kind: ClassVar[str] = "mlp"

    class_ids: tuple[int, ...]
    hidden: FloatArray
    hidden_bias: FloatArray
    out: FloatArray
    out_bias: FloatArray
    scale: float = 1.0
    columns: npt.NDArray[np.int64] | None = None

    def logits(self, X: Matrix) -> FloatArray:
        """Rows (n, d) → logits (n, k)."""
        return np.asarray((self.inner(X) @ self.out + self.out_bias) * self.scale, np.float32)

    def inner(self, X: Matrix) -> FloatArray:
        """What the hidden units say: rows (n, d) → (n, h), none below zero."""
        used = X if self.columns is None else X[:, self.columns]
        return np.asarray(np.maximum(used @ self.hidden + self.hidden_bias, 0.0), np.float32)

    def probabilities(self, X: Matrix) -> FloatArray:
        """Rows (n, d) → class probabilities (n, k), each row adding to 1."""
        return softmax_rows(self.logits(X))

    def with_class_ids(self, ids: tuple[int, ...]) -> "MlpHead":
        """The same head with other names for its columns."""
        return replace(self, class_ids=ids)

    def arrays(self) -> Arrays:
        """Both layers (half precision where they are large) and the class ids."""
        named: Arrays = {
            "hidden": compact(self.hidden),
            "hidden_bias": self.hidden_bias,
            "out": self.out,
            "out_bias": self.out_bias,
            "scale": np.array([self.scale]),
            "class_ids": np.asarray(self.class_ids, np.int64),
        }
        return named if self.columns is None else named | {"columns": self.columns.astype(np.int32)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "MlpHead":
        """The inverse of `arrays`."""
        hidden, hidden_bias, out, out_bias = (
            arrays[name].astype(np.float32) for name in ("hidden", "hidden_bias", "out", "out_bias")
        )
        units, classes = len(hidden_bias), len(out_bias)
        columns = arrays["columns"].astype(np.int64) if "columns" in arrays else None
        fits = hidden.ndim == 2 and hidden.shape[1] == units and out.shape == (units, classes)
        if not fits or (columns is not None and (columns.shape != (len(hidden),) or columns.min() < 0)):
            raise ValueError("the layers do not belong together")
        return cls(
            read_class_ids(arrays, classes), hidden, hidden_bias, out, out_bias, float(arrays["scale"][0]), columns
        )
