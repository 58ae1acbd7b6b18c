"""Pictures for the window: decoded beside it, kept for a while, and handed over by the digest of their item."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final, Literal

from PySide6.QtCore import QCoreApplication, QObject, QThreadPool, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.gui.cover import NO_COVER, Cover, covered
from hitl_desktop.gui.decoded import Decoded, Shots, Source, decode, decode_small, files_of
from hitl_desktop.gui.listeners import forget
from hitl_desktop.gui.waiting_thumbnails import WaitingThumbnails
from hitl_desktop.kinds.contents import Contents
from hitl_desktop.kinds.reading_process import CLOSING, Readers
from hitl_desktop.language import tr

THREADS: Final = 2
KEPT_PICTURES: Final = 6
KEPT_BYTES: Final = 768 * 1024**2
"""Very large pictures leave earlier than after six; the last one shown always stays."""
KEPT_THUMBNAILS: Final = 2000
THUMBNAIL_SIDE: Final = 96
_WAITING_URGENT: Final = 4
_WAITING_THUMBNAILS: Final = 256
_PATIENCE_MS: Final = 200
"""What is nearly read is not worth a new process."""

Purpose = Literal["urgent", "frames", "ahead", "thumbnail"]
_Large = Literal["urgent", "frames", "ahead"]


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """Each is its own: what was asked for before everything was forgotten is no answer to the same question now."""

    digest: str
    source: Source
    purpose: Purpose


class _Means:
    """What a `Media` reads with: threads, the processes they wait for, and what is known of the files."""

    def __init__(self, pool: QThreadPool) -> None:
        self.pool, self.readers, self.contents = pool, Readers(), Contents()
        self._stopped = Event()

    def stop(self, patience_ms: int = 0) -> None:
        """End what is read now, but for what is through in so many milliseconds, and let go of what waits.

        However long a file would take, and whatever it does to its process: this is called by the window's thread.
        """
        self.pool.clear()
        if not self.pool.waitForDone(patience_ms):
            self._stopped.set()
            self.readers.close()
            self.pool.waitForDone()
            self.readers, self._stopped = Readers(), Event()

    def checker(self) -> Callable[[str, Sequence[Path]], None]:
        """See `Contents.check`; what it does now is given up once this is stopped: it may be large, on a slow drive."""
        stopped = self._stopped

        def step() -> None:
            if stopped.is_set():
                raise UnreadableItem(CLOSING)

        return lambda digest, files: self.contents.check(digest, files, step)


class Media(QObject):
    """Has pictures and thumbnails decoded, two at a time, in processes that a file may harm. For the window's thread.

    An item is one file, or the files of a series in their order. `ready` and `thumbnail_ready` carry the digest of the
    item; `frame_ready` the digest, and the number of the frame. What cannot be decoded is ready too: as an error.
    It is closed when the application quits, and what it reads is ended when its parent goes.
    """

    ready = Signal(str)
    thumbnail_ready = Signal(str)
    frame_ready = Signal(str, int)
    _finished = Signal(object, object)

    def __init__(
        self,
        parent: QObject | None = None,
        thumbnail_side: int = THUMBNAIL_SIDE,
        kept_thumbnails: int = KEPT_THUMBNAILS,
    ) -> None:
        super().__init__(parent)
        self._kept_thumbnails = kept_thumbnails
        pool = QThreadPool(self)
        pool.setMaxThreadCount(THREADS)
        self._means = means = _Means(pool)
        self.destroyed.connect(lambda: means.stop())
        self._side = thumbnail_side
        self._pictures: OrderedDict[str, Decoded] = OrderedDict()
        self._thumbnails: OrderedDict[str, QPixmap | None] = OrderedDict()
        self._waiting: dict[_Large, OrderedDict[str, Source]] = {
            "urgent": OrderedDict(),
            "frames": OrderedDict(),
            "ahead": OrderedDict(),
        }
        self._small = WaitingThumbnails(_WAITING_THUMBNAILS)
        self._painted = QTimer(self)  # what is painted together is asked for in one turn of the event loop
        self._painted.setSingleShot(True)
        self._painted.timeout.connect(self._small.end_round)
        self._running: set[_Job] = set()
        self._finish: Callable[[Decoded], Decoded] | None = None
        self._loading: str | None = None
        self._closed = False
        self._cover = NO_COVER
        self._finished.connect(self._keep)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close)

    def launch(self) -> None:
        """Pictures will be asked for soon: have the process that reads them start."""
        if not self._closed:
            self._means.readers.launch()

    def decoded(self, digest: str) -> Decoded | None:
        """The picture if it is decoded already, else None. Starts nothing."""
        found = self._pictures.get(digest)
        if found is not None:
            self._pictures.move_to_end(digest)
        return found

    def request(self, digest: str, source: Source, urgent: bool = True) -> None:
        """Decode a picture unless it is there; `ready` follows only if it was not. Urgent ones go first, newest first.

        Only the last few urgent ones are kept waiting: a person who leafs fast does not wait for what went by.
        """
        found = self._pictures.get(digest)
        if (found is not None and not found.is_passing) or self._is_running(digest, ("urgent", "ahead")):
            return
        self._waiting["ahead"].pop(digest, None)
        _put_last(self._waiting["urgent" if urgent else "ahead"], digest, source, _WAITING_URGENT if urgent else None)
        self._start()

    def finish_with(self, finish: Callable[[Decoded], Decoded] | None) -> None:
        """Have this done to every picture that is decoded from now on, on the thread that decoded it."""
        self._finish = finish

    def prefetch(self, items: Sequence[tuple[str, Source]]) -> None:
        """Decode these next, in this order, when nothing urgent waits. Replaces what was to be prefetched before."""
        self._waiting["ahead"].clear()
        for digest, source in items:
            if digest not in self._waiting["urgent"]:
                self.request(digest, source, urgent=False)

    def load_frames(self, digest: str | None, index: int = 0) -> None:
        """Decode the other frames of a picture that is there, those nearest to `index` first; None: of no other.

        `frame_ready` follows for each. Only the frames of one item are loaded at a time: that on screen.
        """
        waiting = self._waiting["frames"]
        waiting.clear()
        self._loading = digest
        shots = self._shots(digest)
        if digest is not None and shots is not None:
            shots.want(index)
            if shots.missing() is not None:
                waiting[digest] = ()
                self._start()

    def thumbnail(self, digest: str, source: Source) -> QPixmap | None:
        """The thumbnail if it is there; else it is decoded and `thumbnail_ready` follows. None for unreadable ones.

        Those painted last come first, from the top on; those asked for long ago are dropped, as they are out of sight.
        """
        if digest in self._thumbnails:
            self._thumbnails.move_to_end(digest)
            return self._thumbnails[digest]
        if not self._is_running(digest, ("thumbnail",)):
            self._small.ask(digest, source)
            if not self._painted.isActive():
                self._painted.start(0)
            self._start()
        return None

    def has_thumbnail(self, digest: str) -> bool:
        """True once it is known what the thumbnail is, or that there is none."""
        return digest in self._thumbnails

    @property
    def unreadable(self) -> frozenset[str]:
        """The digests of which it is known that they have no thumbnail."""
        return frozenset(digest for digest, picture in self._thumbnails.items() if picture is None)

    def wait_only_for(self, digests: Collection[str]) -> None:
        """Of the thumbnails that wait, keep these: the others were scrolled past."""
        self._small.keep_only(digests)

    def pause(self) -> None:
        """Drop everything decoded and waiting, and end what runs. It can be used again afterwards."""
        self.forget()
        self._means.stop(_PATIENCE_MS)

    def set_cover(self, cover: Cover) -> None:
        """Cover thumbnails from now on; those that are there are made anew."""
        if cover != self._cover:
            self._cover = cover
            self._thumbnails.clear()

    def forget(self) -> None:
        """Drop everything decoded and waiting: another project, or the files have moved."""
        for waiting in self._waiting.values():
            waiting.clear()
        self._small.clear()
        # What runs now belongs to the old files; `_keep` sees that it is no longer known.
        self._running.clear()
        self._pictures.clear()
        self._thumbnails.clear()

    def forget_listeners(self) -> None:
        """The window has gone: nobody listens any more."""
        forget(self, self.ready, self.thumbnail_ready, self.frame_ready)

    @property
    def is_idle(self) -> bool:
        """True when nothing waits to be decoded."""
        return not self._running and not self._small and not any(self._waiting.values())

    def close(self) -> None:
        """Stop: nothing new starts, and what runs is ended. Twice does no harm."""
        self._closed = True
        self.forget()
        self._means.stop()
        self._means.readers.close()

    def _is_running(self, digest: str, purposes: tuple[Purpose, ...]) -> bool:
        return any(job.digest == digest and job.purpose in purposes for job in self._running)

    def _start(self) -> None:
        while not self._closed and len(self._running) < THREADS and (job := self._next()) is not None:
            self._running.add(job)
            self._means.pool.start(self._task(job))

    def _next(self) -> _Job | None:
        """What to do now: urgent pictures, the frames of that on screen and one prefetch, each one at a time so that a
        thread stays free, then thumbnails.
        """
        if self._waiting["urgent"]:
            return _Job(*self._waiting["urgent"].popitem(last=True), "urgent")
        if self._waiting["frames"] and not any(job.purpose == "frames" for job in self._running):
            return _Job(*self._waiting["frames"].popitem(last=False), "frames")
        if self._waiting["ahead"] and not any(job.purpose == "ahead" for job in self._running):
            return _Job(*self._waiting["ahead"].popitem(last=False), "ahead")
        small = self._small.next()
        return None if small is None else _Job(*small, "thumbnail")

    def _task(self, job: _Job) -> Callable[[], None]:
        finished, work = self._finished, self._work(job)

        def run() -> None:
            result: Decoded | QImage | int | None
            try:
                result = work()
            # Without a result the item would say "Loading…" for ever: whatever happens, it is said on the item.
            except Exception as error:
                reason = tr("This picture could not be decoded ({error}).", error=f"{type(error).__name__}: {error}")
                result = {"thumbnail": QImage(), "frames": None}.get(job.purpose, Decoded(error=reason))
            with suppress(RuntimeError):  # the window that asked has gone meanwhile
                finished.emit(job, result)

        return run

    def _work(self, job: _Job) -> Callable[[], Decoded | QImage | int | None]:
        """What a thread has to do for a job. For "frames" it answers with the number of the frame it decoded; None
        where nothing can be said of the file.
        """
        files, side, finish, readers = files_of(job.source), self._side, self._finish, self._means.readers
        shots, check = self._shots(job.digest), self._means.checker()

        def picture() -> Decoded:
            try:
                check(job.digest, files)
            except UnreadableItem as error:
                return Decoded(error=error.message)
            found = decode(files, readers)
            return finish(found) if finish is not None and found.error is None else found

        def small() -> QImage | None:
            try:
                check(job.digest, files)
            except UnreadableItem:
                return QImage()
            return decode_small(files, side, readers)

        def next_frame() -> int | None:
            index = shots.missing() if shots is not None else None
            if index is not None and shots is not None:
                shots.load(index)
            return index

        if job.purpose == "thumbnail":
            return small
        return next_frame if job.purpose == "frames" else picture

    def _keep(self, job: _Job, result: Decoded | QImage | int | None) -> None:
        """Back on the window's thread: keep the result, say so, go on."""
        if self._closed or job not in self._running:
            self._start()
            return
        self._running.discard(job)
        if isinstance(result, QImage):
            shown = covered(result, self._cover) if self._cover else result
            self._thumbnails[job.digest] = None if result.isNull() else QPixmap.fromImage(shown)
            if len(self._thumbnails) > self._kept_thumbnails:
                self._thumbnails.popitem(last=False)
            self.thumbnail_ready.emit(job.digest)
        elif isinstance(result, Decoded):
            self._pictures[job.digest] = result
            self._let_go()
            self.ready.emit(job.digest)
        else:
            self._keep_frame(job.digest, result)
        self._start()

    def _keep_frame(self, digest: str, index: int | None) -> None:
        """A frame was decoded: go on with the next one, unless another item is on screen by now."""
        if index is None:
            return
        self._let_go()
        if not self._waiting["frames"] and digest == self._loading:
            self._waiting["frames"][digest] = ()
        self.frame_ready.emit(digest, index)

    def _shots(self, digest: str | None) -> Shots | None:
        found = self._pictures.get(digest) if digest is not None else None
        return found.shots if found is not None else None

    def _let_go(self) -> None:
        """Forget the pictures shown longest ago when there are too many; never the one whose frames are loading."""
        held = sum(picture.memory for picture in self._pictures.values())
        for digest in list(self._pictures):
            if len(self._pictures) <= 1 or (len(self._pictures) <= KEPT_PICTURES and held <= KEPT_BYTES):
                return
            if digest != self._loading:
                held -= self._pictures.pop(digest).memory


def _put_last(waiting: OrderedDict[str, Source], digest: str, source: Source, limit: int | None) -> None:
    waiting[digest] = source
    waiting.move_to_end(digest)
    if limit is not None and len(waiting) > limit:
        waiting.popitem(last=False)
