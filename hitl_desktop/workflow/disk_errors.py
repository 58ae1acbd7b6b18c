"""What the system refuses, in words: a full or failing disk is no bug of ours, nor is too little memory."""

import errno
from typing import Final

from hitl_desktop.domain.errors import DiskTrouble, KnownError
from hitl_desktop.domain.sentences import say

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FAILS: Final = (errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE)
_REFUSED: Final = (errno.EROFS, errno.EACCES, errno.EPERM)
_CUT_SHORT: Final = " requested and "
"""What numpy says of an array that was not written whole, without the number of the error."""


def known_trouble(error: BaseException) -> KnownError | None:
    """The error itself where it is known, what to say where disk (DiskTrouble) or memory refuse; None for a bug."""
    if isinstance(error, KnownError):
        return error
    if isinstance(error, MemoryError):
        return KnownError(
            say("There is not enough memory to finish this. Your decisions are safe."),
            say("Close other programs, or give it less at once, then try again."),
        )
    if not isinstance(error, OSError):
        return None
    if error.errno in _FULL or (error.errno is None and _CUT_SHORT in str(error)):
        return DiskTrouble(
            say("The disk is full, so this could not be finished. Your decisions are safe."),
            say("Free some space, then try again."),
        )
    if error.errno in _FAILS:
        return DiskTrouble(
            say("The disk reports an error, so this could not be finished. Your decisions are safe."),
            say("Check the disk, then try again."),
        )
    if error.errno in _REFUSED:
        return DiskTrouble(
            say("A file cannot be read or written, so this could not be finished. Your decisions are safe."),
            say("Check the folder's permissions, then try again."),
        )
    return None
