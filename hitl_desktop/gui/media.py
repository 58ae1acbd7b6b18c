"""Pictures for the window: decoded beside it, kept for a while, and handed over by the digest of their item."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from PySide6.QtCore import QCoreApplication, QObject, QThreadPool, Signal
from PySide6.QtGui import QImage, QPixmap

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.gui.listeners import forget
from hitl_desktop.language import tr

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from hitl_desktop.gui.viewers.projection import Projection
    from hitl_desktop.kinds.image import Pixels

THREADS: Final = 2
KEPT_PICTURES: Final = 6
KEPT_BYTES: Final = 768 * 1024**2
"""Very large pictures leave earlier than after six; the last one shown always stays."""
KEPT_THUMBNAILS: Final = 2000
THUMBNAIL_SIDE: Final = 96
_WAITING_URGENT: Final = 4
_WAITING_THUMBNAILS: Final = 256
_SMALLEST_LEVEL: Final = 512

Purpose = Literal["urgent", "ahead", "thumbnail"]


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """What a pane shows of a picture at one projection: `image` in device pixels, its corner at `at` in the pane."""

    projection: Projection
    at: tuple[int, int]
    image: QImage


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A picture ready to paint, or the reason why there is none.

    `pixels` are the stored values (see `kinds.image.Picture`), `bits` is 8 or 16, `size` is (width, height).
    `levels[0]` is the picture in 8 bits, 16-bit grey through `window` (low, high), which is None for 8 bits; the
    others are the same at a half, a quarter, … of its size, so that the window has few pixels to scale. Each is
    (h, w) grey or (h, w, 3) RGB. With an `error` there are no pixels and no levels.
    `sampled` is what the viewer's pane will show first, made beside the window; None where nobody asked for it.
    """

    pixels: Pixels | None = None
    levels: tuple[npt.NDArray[np.uint8], ...] = ()
    window: tuple[float, float] | None = None
    size: tuple[int, int] = (0, 0)
    bits: int = 8
    error: str | None = None
    sampled: Sampled | None = None

    @property
    def is_grey(self) -> bool:
        """True for one value per pixel."""
        return self.pixels is not None and self.pixels.ndim == 2

    @property
    def memory(self) -> int:
        """Bytes held. Of an 8-bit picture the first level is the same array as `pixels`."""
        own = self.pixels.nbytes if self.pixels is not None and self.window is not None else 0
        ahead = self.sampled.image.sizeInBytes() if self.sampled is not None else 0
        return own + ahead + sum(level.nbytes for level in self.levels)


@dataclass(frozen=True, slots=True)
class _Job:
    digest: str
    path: Path
    purpose: Purpose


class Media(QObject):
    """Decodes pictures and thumbnails on two threads of its own. To be used from the window's thread only.

    `ready` and `thumbnail_ready` carry the digest of the item. What cannot be decoded is ready too: as an error.
    `close` must be called before the program ends; it is also called when the application quits.
    """

    ready = Signal(str)
    thumbnail_ready = Signal(str)
    _finished = Signal(object, object)

    def __init__(
        self,
        parent: QObject | None = None,
        thumbnail_side: int = THUMBNAIL_SIDE,
        kept_thumbnails: int = KEPT_THUMBNAILS,
    ) -> None:
        super().__init__(parent)
        self._kept_thumbnails = kept_thumbnails
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(THREADS)
        self._side = thumbnail_side
        self._pictures: OrderedDict[str, Decoded] = OrderedDict()
        self._thumbnails: OrderedDict[str, QPixmap | None] = OrderedDict()
        self._waiting: dict[Purpose, OrderedDict[str, Path]] = {
            "urgent": OrderedDict(),
            "ahead": OrderedDict(),
            "thumbnail": OrderedDict(),
        }
        self._running: set[_Job] = set()
        self._finish: Callable[[Decoded], Decoded] | None = None
        self._closed = False
        self._finished.connect(self._keep)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close)

    def decoded(self, digest: str) -> Decoded | None:
        """The picture if it is decoded already, else None. Starts nothing."""
        found = self._pictures.get(digest)
        if found is not None:
            self._pictures.move_to_end(digest)
        return found

    def request(self, digest: str, path: Path, urgent: bool = True) -> None:
        """Decode a picture unless it is there; `ready` follows only if it was not. Urgent ones go first, newest first.

        Only the last few urgent ones are kept waiting: a person who leafs fast does not wait for what went by.
        """
        if digest in self._pictures or self._is_running(digest, ("urgent", "ahead")):
            return
        self._waiting["ahead"].pop(digest, None)
        _put_last(self._waiting["urgent" if urgent else "ahead"], digest, path, _WAITING_URGENT if urgent else None)
        self._start()

    def finish_with(self, finish: Callable[[Decoded], Decoded] | None) -> None:
        """Have this done to every picture that is decoded from now on, on the thread that decoded it."""
        self._finish = finish

    def prefetch(self, items: Sequence[tuple[str, Path]]) -> None:
        """Decode these next, in this order, when nothing urgent waits. Replaces what was to be prefetched before."""
        self._waiting["ahead"].clear()
        for digest, path in items:
            if digest not in self._waiting["urgent"]:
                self.request(digest, path, urgent=False)

    def thumbnail(self, digest: str, path: Path) -> QPixmap | None:
        """The thumbnail if it is there; else it is decoded and `thumbnail_ready` follows. None for unreadable ones.

        Those asked for last come first, and those asked for long ago are dropped: their rows are out of sight.
        """
        if digest in self._thumbnails:
            self._thumbnails.move_to_end(digest)
            return self._thumbnails[digest]
        if not self._is_running(digest, ("thumbnail",)):
            _put_last(self._waiting["thumbnail"], digest, path, _WAITING_THUMBNAILS)
            self._start()
        return None

    def has_thumbnail(self, digest: str) -> bool:
        """True once it is known what the thumbnail is, or that there is none."""
        return digest in self._thumbnails

    def wait_only_for(self, digests: Collection[str]) -> None:
        """Of the thumbnails that wait, keep these: the others were scrolled past."""
        waiting = self._waiting["thumbnail"]
        for digest in [digest for digest in waiting if digest not in digests]:
            del waiting[digest]

    def pause(self) -> None:
        """Drop everything decoded and waiting, and wait for what runs. It can be used again afterwards."""
        self.forget()
        self._pool.clear()
        self._pool.waitForDone()

    def forget(self) -> None:
        """Drop everything decoded and waiting: another project, or the files have moved."""
        for waiting in self._waiting.values():
            waiting.clear()
        # What runs now belongs to the old files; `_keep` sees that it is no longer known.
        self._running.clear()
        self._pictures.clear()
        self._thumbnails.clear()

    def forget_listeners(self) -> None:
        """The window has gone: nobody listens any more."""
        forget(self, self.ready, self.thumbnail_ready)

    @property
    def is_idle(self) -> bool:
        """True when nothing waits to be decoded."""
        return not self._running and not any(self._waiting.values())

    def close(self) -> None:
        """Stop: nothing new starts, and what runs is waited for. Twice does no harm."""
        self._closed = True
        self.forget()
        self._pool.clear()
        self._pool.waitForDone()

    def _is_running(self, digest: str, purposes: tuple[Purpose, ...]) -> bool:
        return any(job.digest == digest and job.purpose in purposes for job in self._running)

    def _start(self) -> None:
        while not self._closed and len(self._running) < THREADS and (job := self._next()) is not None:
            self._running.add(job)
            self._pool.start(self._task(job))

    def _next(self) -> _Job | None:
        """What to do now: urgent pictures, then one prefetch at a time so that a thread stays free, then thumbnails."""
        if self._waiting["urgent"]:
            return _Job(*self._waiting["urgent"].popitem(last=True), "urgent")
        if self._waiting["ahead"] and not any(job.purpose == "ahead" for job in self._running):
            return _Job(*self._waiting["ahead"].popitem(last=False), "ahead")
        if self._waiting["thumbnail"]:
            return _Job(*self._waiting["thumbnail"].popitem(last=True), "thumbnail")
        return None

    def _task(self, job: _Job) -> Callable[[], None]:
        finished, side, finish = self._finished, self._side, self._finish

        def run() -> None:
            result: Decoded | QImage
            try:
                result = _decode_small(job.path, side) if job.purpose == "thumbnail" else _decode(job.path)
                if finish is not None and isinstance(result, Decoded) and result.error is None:
                    result = finish(result)
            # Without a result the item would say "Loading…" for ever: whatever happens, it is said on the item.
            except Exception as error:
                reason = _not_decoded(error)
                result = QImage() if job.purpose == "thumbnail" else Decoded(error=reason)
            finished.emit(job, result)

        return run

    def _keep(self, job: _Job, result: Decoded | QImage) -> None:
        """Back on the window's thread: keep the result, say so, go on."""
        if self._closed or job not in self._running:
            self._start()
            return
        self._running.discard(job)
        if isinstance(result, QImage):
            self._thumbnails[job.digest] = None if result.isNull() else QPixmap.fromImage(result)
            if len(self._thumbnails) > self._kept_thumbnails:
                self._thumbnails.popitem(last=False)
            self.thumbnail_ready.emit(job.digest)
        else:
            self._pictures[job.digest] = result
            self._let_go()
            self.ready.emit(job.digest)
        self._start()

    def _let_go(self) -> None:
        held = sum(picture.memory for picture in self._pictures.values())
        while len(self._pictures) > 1 and (len(self._pictures) > KEPT_PICTURES or held > KEPT_BYTES):
            held -= self._pictures.popitem(last=False)[1].memory


def _put_last(waiting: OrderedDict[str, Path], digest: str, path: Path, limit: int | None) -> None:
    waiting[digest] = path
    waiting.move_to_end(digest)
    if limit is not None and len(waiting) > limit:
        waiting.popitem(last=False)


def _not_decoded(error: Exception) -> str:
    what = f"{type(error).__name__}: {error}"
    return tr("This picture could not be decoded ({error}).", error=what)


def _decode(path: Path) -> Decoded:
    """Decode a file at full size. Runs on a thread of the pool; numpy and Pillow are loaded here, not at the start."""
    from hitl_desktop.kinds.image import read_picture, robust_window

    try:
        picture = read_picture(path)
        window = robust_window(picture.pixels) if picture.bits == 16 else None
        levels = _levels(_display(picture.pixels, window))
        return Decoded(picture.pixels, levels, window, picture.original_size, picture.bits)
    except UnreadableItem as error:
        return Decoded(error=error.message)
    except MemoryError:
        return Decoded(error=tr("There is not enough memory to open this picture."))
    except OSError as error:
        return Decoded(error=tr("The file could not be read: {error}.", error=error))


def _decode_small(path: Path, side: int) -> QImage:
    """A thumbnail, or a null image where the file cannot be read."""
    from hitl_desktop.kinds.image import read_bytes, read_small, to_display

    try:
        return as_image(to_display(read_small(read_bytes(path), path.name, side)))
    except (UnreadableItem, OSError, MemoryError):
        return QImage()


def _display(pixels: Pixels, window: tuple[float, float] | None) -> npt.NDArray[np.uint8]:
    """8-bit pixels. 16-bit values are looked up in a table of all of them, which is faster than computing each."""
    import numpy as np

    from hitl_desktop.kinds.image import to_display

    if window is None:
        return to_display(pixels)
    table = to_display(np.arange(65536, dtype=np.uint16), *window)
    levels: npt.NDArray[np.uint8] = table[pixels]
    return levels


def _levels(shown: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], ...]:
    """The picture, then halved again and again by averaging 2 × 2 pixels, while it is larger than any window needs."""
    import numpy as np
    from PIL import Image

    levels = [shown]
    level = Image.fromarray(shown)
    while min(level.size) >= 2 * _SMALLEST_LEVEL:
        level = level.reduce(2)
        levels.append(np.asarray(level))
    return tuple(levels)


def as_image(levels: npt.NDArray[np.uint8]) -> QImage:
    """A copy of 8-bit pixels, (h, w) grey or (h, w, 3) RGB, as Qt's image."""
    height, width = levels.shape[:2]
    is_grey = levels.ndim == 2
    kind = QImage.Format.Format_Grayscale8 if is_grey else QImage.Format.Format_RGB888
    buffer: Any = levels.data
    return QImage(buffer, width, height, width * (1 if is_grey else 3), kind).copy()
