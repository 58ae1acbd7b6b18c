"""A disk that fails when it is told to: a layer under SQLite (a VFS) that counts its writes and syncs.

It is put under the SQLite that Python has loaded, through ctypes, so the program itself has no hook for it and pays
nothing. Errors surface where those of a real disk do: in the middle of a statement, a commit or a checkpoint.
"""

import ctypes
import ctypes.util
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest

FULL: Final = 13
FAILS_TO_WRITE: Final = 10 | 3 << 8
FAILS_TO_SYNC: Final = 10 | 4 << 8
_OK = 0
_KEPT: Final[list["FaultyDisk"]] = []
"""For good: a connection that is closed late still goes through the one that it was opened on."""


_METHODS = (
    *("close", "read", "write", "truncate", "sync", "size", "lock", "unlock", "reserved", "control", "sector"),
    *("characteristics", "shm_map", "shm_lock", "shm_barrier", "shm_unmap", "fetch", "unfetch"),
)
_CALLS = (
    *("open", "delete", "access", "full_path", "dl_open", "dl_error", "dl_sym", "dl_close", "random", "sleep", "time"),
    *("last_error", "time64", "set_call", "get_call", "next_call"),
)


class _Methods(ctypes.Structure):
    """sqlite3_io_methods up to version 3; what is not touched here stays a bare pointer."""

    _fields_ = [("version", ctypes.c_int)] + [(name, ctypes.c_void_p) for name in _METHODS]


class _Layer(ctypes.Structure):
    """sqlite3_vfs up to version 3."""

    _fields_ = [
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
    ] + [(name, ctypes.c_void_p) for name in _CALLS]


_OPEN = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_int)
)
"""The name stays a bare pointer: SQLite goes on looking where it points to while the file is open."""
_WRITE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


class FaultyDisk:
    """`fail_write(n, code)` and `fail_sync(n)` have the n-th of them from now on fail, once or until `heal`."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._below = _Layer.from_address(library.sqlite3_vfs_find(None))
        self._layer = _Layer.from_buffer_copy(self._below)
        self._layer.name = b"faulty"
        self._open_below = _OPEN(self._below.open)
        self._open_here = _OPEN(self._open)
        self._layer.open = ctypes.cast(self._open_here, ctypes.c_void_p).value
        self._kept: dict[int, tuple[Any, ...]] = {}
        self.writes = self.syncs = 0
        self.heal()
        _KEPT.append(self)

    def fail_write(self, at: int, code: int, *, lasting: bool = False) -> None:
        """The `at`-th write from now on (from 1) fails, with `lasting` all after it too."""
        self.writes, self._write_at, self._write_code, self._lasting = 0, at, code, lasting

    def fail_sync(self, at: int, *, lasting: bool = False) -> None:
        """The `at`-th sync from now on (from 1) fails, with `lasting` all after it too."""
        self.syncs, self._sync_at, self._lasting = 0, at, lasting

    def heal(self) -> None:
        """Everything works again."""
        self._write_at = self._sync_at = 0
        self._write_code, self._lasting = FULL, False

    @property
    def has_failed(self) -> bool:
        """True when what was asked for has come."""
        return bool(0 < self._write_at <= self.writes or 0 < self._sync_at <= self.syncs)

    @contextmanager
    def in_place(self) -> Iterator["FaultyDisk"]:
        """What is opened in here lies on this disk."""
        self._library.sqlite3_vfs_register(ctypes.byref(self._layer), 1)
        try:
            yield self
        finally:
            self.heal()
            self._library.sqlite3_vfs_register(ctypes.addressof(self._below), 1)
            self._library.sqlite3_vfs_unregister(ctypes.byref(self._layer))

    def _open(self, _layer: Any, name: Any, file: int, flags: int, out: Any) -> int:
        code = self._open_below(ctypes.addressof(self._below), name, file, flags, out)
        if code == _OK:
            place = ctypes.c_void_p.from_address(file)
            if place.value:
                place.value = ctypes.addressof(self._methods(place.value)[0])
        return int(code)

    def _methods(self, below: int) -> tuple[Any, ...]:
        """The methods of a file with two of them replaced; `below` is where the real ones are."""
        if below not in self._kept:
            methods = _Methods.from_buffer_copy(_Methods.from_address(below))
            write_below, sync_below = _WRITE(methods.write), _SYNC(methods.sync)

            def write(file: int, data: int, size: int, at: int) -> int:
                self.writes += 1
                if self._is_due(self.writes, self._write_at):
                    return self._write_code
                return int(write_below(file, data, size, at))

            def sync(file: int, flags: int) -> int:
                self.syncs += 1
                return FAILS_TO_SYNC if self._is_due(self.syncs, self._sync_at) else int(sync_below(file, flags))

            kept = _WRITE(write), _SYNC(sync)
            methods.write = ctypes.cast(kept[0], ctypes.c_void_p).value
            methods.sync = ctypes.cast(kept[1], ctypes.c_void_p).value
            self._kept[below] = (methods, *kept, write_below, sync_below)
        return self._kept[below]

    def _is_due(self, count: int, at: int) -> bool:
        return 0 < at <= count if self._lasting else at == count > 0


def faulty_disk() -> FaultyDisk:
    """A new one. Skips the test, loudly, where Python carries an SQLite of its own inside."""
    name = ctypes.util.find_library("sqlite3")
    try:
        library = ctypes.CDLL(name) if name else None
    except OSError:
        library = None
    if library is None:
        pytest.skip(
            "NO FAULTS INJECTED: the SQLite that Python uses cannot be reached, so this test proves nothing here"
        )
    library.sqlite3_vfs_find.restype = ctypes.c_void_p
    library.sqlite3_vfs_find.argtypes = [ctypes.c_char_p]
    library.sqlite3_vfs_register.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.sqlite3_vfs_unregister.argtypes = [ctypes.c_void_p]
    library.sqlite3_libversion.restype = ctypes.c_char_p
    disk = FaultyDisk(library)
    with disk.in_place():
        try:
            sqlite3.connect("file::memory:?vfs=faulty", uri=True).close()
        except sqlite3.OperationalError:
            pytest.skip("NO FAULTS INJECTED: Python has an SQLite of its own inside, so this test proves nothing here")
    return disk
