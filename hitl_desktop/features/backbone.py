"""A user's own ONNX model as an extractor: checked before use, and run in a process that can be ended.

A model is data that decides what is computed: it may ask for all memory, never end, or bring the runtime down. So it
never runs in the program's own processes. `backbone_process` says what it may use.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import Step, no_step
from hitl_desktop.domain.sentences import say
from hitl_desktop.features.backbone_card import MODEL, BackboneCard, ImageInput, TextInput, read_card
from hitl_desktop.features.backbone_process import Limits, serve
from hitl_desktop.features.extractor import PICTURE_SIDE, Extractor, Part
from hitl_desktop.features.onnx_file import read_structure, refuse_unsafe
from hitl_desktop.kinds.piped_process import PipedProcess

OWN: Final = "own-"
_VERSION: Final = 1
_HEARTBEAT_SECONDS: Final = 0.2
_TEXTS_PER_ORDER: Final = 128
_CHARACTERS_PER_ORDER: Final = 16_384


def backbone_name(fingerprint: str) -> str:
    """The extractor's name: what it computes, in twelve hex digits."""
    return OWN + fingerprint[:12]


def check_backbone(folder: Path, limits: Limits | None = None, step: Step = no_step) -> str:
    """Check the model in `folder` (model.onnx, backbone.json, for texts tokenizer.json); returns its fingerprint.

    Raises KnownError with the reason: the description is wrong, a file is missing or changed, the model is too large,
    keeps numbers in other files, needs operators that are not onnxruntime's, has other inputs or outputs than
    described, gives numbers that are not finite or depend on the batch, or needs more memory or time than `limits`.
    `step` is called on the way, also while the model works within its limits of time; it may raise to stop.
    """
    card = read_card(folder)
    fingerprint = card.fingerprint(card.measured_digests(step))
    running = OwnBackbone(card, limits or Limits())
    try:
        running.check(step)
    finally:
        running.close()
    return fingerprint


def backbone_extractor(folder: Path, limits: Limits | None = None) -> Extractor:
    """The extractor of a model that was checked before. It starts with the first item; `close` ends its process.

    Where backbone.json gives the hashes of all files, they are compared when the model starts, else now. Raises
    KnownError when a file is missing or changed, and while extracting when a limit is passed.
    """
    card = read_card(folder)
    fingerprint = card.fingerprint(card.digests if set(card.files) <= set(card.digests) else card.measured_digests())
    running = OwnBackbone(card, limits or Limits())
    return Extractor(
        name=backbone_name(fingerprint),
        version=_VERSION,
        kind=card.kind,
        blocks=((backbone_name(fingerprint), card.output.dims),),
        sparse=False,
        extract=running.rows,
        fingerprint=fingerprint,
        side=max(card.input.height, card.input.width) if isinstance(card.input, ImageInput) else PICTURE_SIDE,
        in_parts=running.parts,
        close=running.close,
    )


class OwnBackbone:
    """One model in its own process, which starts when it is first needed and is ended when it breaks a limit."""

    def __init__(self, card: BackboneCard, limits: Limits) -> None:
        self._card = card
        self._limits = limits
        self._process = PipedProcess()

    def check(self, step: Step = no_step) -> None:
        """Let the model show that it does what its description says. Raises KnownError."""
        for _ in self._ask(None, self._limits.checking, step):
            step()

    def rows(self, items: Sequence[Any]) -> npt.NDArray[np.float32]:
        """One row per item: (n, dims) float32. Raises KnownError."""
        rows = np.empty((len(items), self._card.output.dims), np.float32)
        for places, part in self.parts(items):
            rows[list(places)] = part
        return rows

    def parts(self, items: Sequence[Any]) -> Iterator[Part]:
        """The rows, batch after batch. While the model works, empty parts come, so that a cancel is heard."""
        nothing: Part = [], np.zeros((0, self._card.output.dims), np.float32)
        for places in self._orders(items):
            for answer in self._ask([items[place] for place in places], self._limits.batch):
                if answer is None:
                    yield nothing
                elif not np.isfinite(answer).all():
                    raise KnownError(
                        say("The model gave numbers that are not finite (NaN or infinity)."),
                        say("Choose another model."),
                    )
                else:
                    yield places, answer

    def close(self) -> None:
        """End the process."""
        self._process.end()

    def _orders(self, items: Sequence[Any]) -> Iterator[range]:
        """Runs of items that are sent together."""
        form = self._card.input
        start = size = 0
        most = _TEXTS_PER_ORDER if isinstance(form, TextInput) else form.batch
        for place, item in enumerate(items):
            length = min(len(item), form.max_characters) if isinstance(form, TextInput) else 0
            if place > start and (place - start == most or size + length > _CHARACTERS_PER_ORDER):
                yield range(start, place)
                start, size = place, 0
            size += length
        if start < len(items):
            yield range(start, len(items))

    def _ask(
        self, order: list[Any] | None, seconds: float, step: Step = no_step
    ) -> Iterator[npt.NDArray[np.float32] | None]:
        """Send one order and wait: None for every moment of waiting, at the end the rows (or nothing for a check)."""
        is_done = False
        try:
            if not self._process.is_started:
                self._start(step)
                yield from self._wait(self._limits.opening)
            self._process.send(order)
            yield from self._wait(seconds)
            is_done = True
        except (EOFError, OSError) as error:
            raise KnownError(
                say("The model ended its process: it took too much memory, or it is damaged."),
                say("Choose another model."),
            ) from error
        finally:
            if not is_done:  # what it may still answer belongs to nobody
                self.close()

    def _wait(self, seconds: float) -> Iterator[npt.NDArray[np.float32] | None]:
        deadline = time.monotonic() + seconds
        while not self._process.poll(_HEARTBEAT_SECONDS):
            if time.monotonic() > deadline:
                raise KnownError(
                    say(
                        "The model did not answer within {seconds} seconds, so it was stopped.", seconds=f"{seconds:g}"
                    ),
                    say("Choose another model, or a smaller batch in backbone.json."),
                )
            yield None
        sort, *content = self._process.receive()
        if sort == "known":
            raise KnownError(content[0], content[1])
        if sort == "rows":
            yield content[0]

    def _start(self, step: Step) -> None:
        self._card.measured_digests(step)
        # A project's folder may come from somebody else, who did not have the model checked.
        refuse_unsafe(read_structure(self._card.folder / MODEL))
        self._process.start(serve, self._card.folder, self._limits)
