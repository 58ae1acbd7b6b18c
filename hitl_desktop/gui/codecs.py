"""The decoders of compressed DICOM frames, made when the first such frame is met."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hitl_desktop.kinds.codec_process import CodecPool
    from hitl_desktop.kinds.codecs import CodedFrame, Values


class Codecs:
    """A `CodecPool` that is loaded with its first frame: numpy is not loaded before the window has painted."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = Lock()
        self._pool: CodecPool | None = None
        self._closed = False

    def decode(self, frame: CodedFrame) -> tuple[Values, str]:
        """See `CodecProcess.decode`."""
        from hitl_desktop.kinds.codec_process import CodecPool

        with self._lock:
            if self._pool is None:
                self._pool = CodecPool(self._size)
                if self._closed:
                    self._pool.close()
            pool = self._pool
        return pool.decode(frame)

    def close(self) -> None:
        """End the processes, if there are any."""
        with self._lock:
            self._closed = True
            pool = self._pool
        if pool is not None:
            pool.close()
