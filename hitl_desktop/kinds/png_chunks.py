"""The chunks of a PNG file, looked at before its decoder: it passes over damage that shows in the checksums."""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.domain.sentences import say

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_CRITICAL: Final = (b"IHDR", b"PLTE", b"IDAT")
_END: Final = b"\0\0\0\0IEND\xaeB`\x82"
_PIECE: Final = 1024 * 1024


def checked_png(data: bytes) -> tuple[bytes, bool]:
    """The bytes for the decoder, and whether they are as they were: False when only the end was missing and is mended.

    Raises `UnreadableItem` for a wrong checksum on what the picture is made of: the decoder would show it half.
    Anything else that is wrong is left to the decoder.
    """
    if not data.startswith(_SIGNATURE):
        return data, True
    whole = len(_SIGNATURE)
    picture = []
    for sort, body, checksum, end in _chunks(memoryview(data)):
        whole = end
        if sort in _CRITICAL and zlib.crc32(body, zlib.crc32(sort)) != checksum:
            raise UnreadableItem(say("The file is damaged: a checksum in it is wrong."))
        if sort == b"IEND":
            return data, True
        if sort == b"IDAT":
            picture.append(body)
    if _is_whole(picture):
        return data[:whole] + _END, False
    return data, True


def _chunks(data: memoryview) -> Iterator[tuple[bytes, memoryview, int, int]]:
    """(type, content, checksum, where the next begins) of every chunk that is all there."""
    at = len(_SIGNATURE)
    while at + 12 <= len(data):
        length, sort = struct.unpack(">L4s", data[at : at + 8])
        end = at + 12 + length
        if end > len(data):
            return
        yield sort, data[at + 8 : end - 4], int.from_bytes(data[end - 4 : end], "big"), end
        at = end


def _is_whole(picture: list[memoryview]) -> bool:
    """Does the compressed stream reach its own end? It is read in pieces, as it may be very large."""
    inflater = zlib.decompressobj()
    try:
        for body in picture:
            rest: bytes | memoryview = body
            while rest and not inflater.eof:
                inflater.decompress(rest, _PIECE)
                rest = inflater.unconsumed_tail
    except zlib.error:
        return False
    return inflater.eof
