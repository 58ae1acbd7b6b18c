"""Pictures through an ONNX backbone."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from hitl_desktop.features.backbone_card import BackboneCard, ImageInput
from hitl_desktop.features.extractor import Part
from hitl_desktop.kinds.image import to_display

Floats = npt.NDArray[np.float32]


def prepared(pictures: Sequence[npt.NDArray[Any]], form: ImageInput) -> Floats:
    """Small pictures, (h, w) uint8 or uint16 or (h, w, 3) uint8 → what the model takes, (n, …) float32.

    Each picture is squeezed to the model's height and width, whatever its shape. 16-bit grey goes through its robust
    window first.
    """
    mode = "L" if form.colour == "grey" else "RGB"
    batch = np.empty((len(pictures), form.height, form.width, form.channels), np.float32)
    for row, picture in enumerate(pictures):
        image = Image.fromarray(to_display(picture)).convert(mode)
        image = image.resize((form.width, form.height), Image.Resampling.BILINEAR)
        batch[row] = np.asarray(image, np.float32).reshape(form.height, form.width, form.channels)
    if form.colour == "BGR":
        batch = batch[..., ::-1]
    mean, spread = np.array(form.mean, np.float32), np.array(form.std, np.float32)
    scaled: Floats = (batch / np.float32(form.scale) - mean) / spread
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2) if form.layout == "NCHW" else scaled)


class PictureEncoder:
    """A model in onnxruntime and its description."""

    def __init__(self, card: BackboneCard, session: Any) -> None:
        assert isinstance(card.input, ImageInput)  # noqa: S101 - an invariant, not input
        self._input = card.input
        self._output = card.output
        self._session = session

    def parts(self, pictures: Sequence[npt.NDArray[Any]]) -> Iterator[Part]:
        """The rows of `pictures`, batch after batch: (n, dims) float32."""
        for start in range(0, len(pictures), self._input.batch):
            batch = pictures[start : start + self._input.batch]
            inputs = {self._input.name: prepared(batch, self._input)}
            rows = self._session.run([self._output.name], inputs)[0]
            yield range(start, start + len(batch)), self._output.finished(rows)
