"""A process of its own for the decoders of compressed DICOM frames, ended when it breaks a limit.

A file made to harm, or damaged by chance, may crash a decoder or keep it busy for ever. That must cost one item, not
the window or the import.
"""

import logging
import os
import queue
import tempfile
import threading
import warnings
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final

import numpy as np

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.domain.sentences import say
from hitl_desktop.kinds.codecs import CodedFrame, Values
from hitl_desktop.kinds.piped_process import PipedProcess, guard

DAMAGED: Final = say("The file is damaged: the picture in it cannot be read.")

_COMPLAINT: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What decoding may use: memory of the process in bytes; seconds to start it and to decode a frame.

    A large frame gets `per_megapixel` seconds more for each million pixels.
    """

    memory: int = 3 * 1024**3
    starting: float = 60.0
    frame: float = 5.0
    per_megapixel: float = 0.5


class CodecProcess:
    """Decodes frames in one child process, started when first needed and replaced when it had to be ended.

    May be called from several threads; one frame is decoded at a time.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._process = PipedProcess()
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The process id, while it lives: for tests that end it."""
        return self._process.pid

    def decode(self, frame: CodedFrame) -> tuple[Values, str]:
        """The values (rows, columns) or (rows, columns, samples) and their photometric interpretation.

        Raises `UnreadableItem` when the data is damaged, takes too long, or ends the decoder.
        """
        seconds = self._limits.frame + self._limits.per_megapixel * frame.rows * frame.columns / 1e6
        with self._lock:
            if self._closed:
                raise UnreadableItem(DAMAGED)
            try:
                return self._ask(frame, seconds)
            except TimeoutError as error:
                self._process.end()
                raise UnreadableItem(say("The picture was not decoded in time, so it was given up.")) from error
            except (EOFError, OSError) as error:
                self._process.end()
                raise UnreadableItem(say("The file is damaged: it made the decoder stop.")) from error

    def close(self) -> None:
        """End the process. Twice does no harm; what is being decoded ends as unreadable."""
        self._closed = True
        self._process.kill()
        with self._lock:
            self._process.end()

    def _ask(self, frame: CodedFrame, seconds: float) -> tuple[Values, str]:
        if not self._process.is_started:
            self._process.start(serve, self._limits)
            self._answer(self._limits.starting)
        self._process.send(frame)
        sort, *content = self._answer(seconds)
        if sort == "failed":
            raise UnreadableItem(DAMAGED)
        shape, kind, photometric = content
        values = np.frombuffer(self._process.receive_bytes(), np.dtype(kind)).reshape(shape)
        return values, photometric

    def _answer(self, seconds: float) -> Any:
        if not self._process.poll(seconds):
            raise TimeoutError
        return self._process.receive()


def serve(limits: Limits, orders: Connection, answers: Connection) -> None:
    """Decode frames until the other side hangs up."""
    guard(limits.memory)
    logging.disable()
    warnings.simplefilter("ignore")
    from hitl_desktop.kinds.codecs import decode, is_complaint

    with tempfile.TemporaryFile() as said:
        # The libraries speak of damage on the error stream only.
        os.dup2(said.fileno(), 2)
        answers.send(("ready",))
        while True:
            try:
                frame = orders.recv()
            except EOFError:
                return
            said.truncate(0)
            said.seek(0)
            try:
                values, photometric = decode(frame)
                said.seek(0)
                complaint = is_complaint(said.read(_COMPLAINT))
            except Exception:  # the libraries raise errors of many types; each concerns this frame only
                complaint = True
            if complaint:
                answers.send(("failed",))
                continue
            values = np.ascontiguousarray(values)
            answers.send(("values", values.shape, values.dtype.str, photometric))
            answers.send_bytes(values.data.cast("B"))


class CodecPool:
    """Some decoder processes, started as needed: as many frames are decoded at once. For threads."""

    def __init__(self, size: int, limits: Limits | None = None) -> None:
        self._all = [CodecProcess(limits) for _ in range(size)]
        self._free: queue.LifoQueue[CodecProcess] = queue.LifoQueue()
        for process in reversed(self._all):
            self._free.put(process)

    def decode(self, frame: CodedFrame) -> tuple[Values, str]:
        """See `CodecProcess.decode`."""
        process = self._free.get()
        try:
            return process.decode(frame)
        finally:
            self._free.put(process)

    def close(self) -> None:
        """End all processes."""
        for process in self._all:
            process.close()
