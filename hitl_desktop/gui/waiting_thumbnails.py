"""Thumbnails that wait to be decoded: what is in view now from the top on, then what was asked for before."""

from collections.abc import Collection

from hitl_desktop.gui.decoded import Source


class WaitingThumbnails:
    """What is asked for between two calls of `end_round` was painted together, from the top to the bottom: it comes in
    that order. What was painted last comes first; asked for again, a thumbnail goes with what it is now painted with.
    Beyond `limit` those asked for longest ago are dropped, and of what is painted together, the lowest.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rounds: list[dict[str, Source]] = [{}]
        self._round_of: dict[str, dict[str, Source]] = {}

    def __len__(self) -> int:
        return len(self._round_of)

    def ask(self, digest: str, source: Source) -> None:
        """One is wanted now."""
        now = self._rounds[-1]
        if digest in now:
            return
        self._drop(digest)
        if len(self) >= self._limit:
            oldest = next(one for one in self._rounds if one or one is now)
            if oldest is now:  # more than the limit are in view: it is asked for again when they are painted next
                return
            self._drop(next(reversed(oldest)))
        now[digest] = source
        self._round_of[digest] = now

    def end_round(self) -> None:
        """What is asked for from now on is painted later, and comes before what waits."""
        self._rounds = [one for one in self._rounds if one]
        self._rounds.append({})

    def next(self) -> tuple[str, Source] | None:
        """The one to decode now, which waits no longer; None when none waits."""
        latest = next((one for one in reversed(self._rounds) if one), None)
        if latest is None:
            return None
        digest = next(iter(latest))
        source = latest[digest]
        self._drop(digest)
        return digest, source

    def keep_only(self, digests: Collection[str]) -> None:
        """Of those that wait, keep these."""
        for digest in [digest for digest in self._round_of if digest not in digests]:
            self._drop(digest)

    def clear(self) -> None:
        """None is wanted any more."""
        self._rounds, self._round_of = [{}], {}

    def _drop(self, digest: str) -> None:
        asked = self._round_of.pop(digest, None)
        if asked is not None:
            del asked[digest]
