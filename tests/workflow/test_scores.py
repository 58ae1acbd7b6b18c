"""Files of numbers beside the database: whole, or not there."""

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hitl_desktop.workflow.scores import read_array, read_scores, write_array, write_arrays, write_scores


@pytest.mark.parametrize(
    ("writer", "write"),
    [
        ("save", lambda path: write_scores(path, np.zeros((3, 2), np.float32))),
        ("save", lambda path: write_array(path, np.zeros(3, np.float32))),
        ("savez", lambda path: write_arrays(path, {"a": np.zeros(3)})),
    ],
)
def test_what_does_not_fit_on_the_disk_is_not_left_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str, write: Callable[[Path], None]
) -> None:
    path = tmp_path / "scores" / "v1.npy"
    write(path)
    before = path.read_bytes()

    def is_full(file: Any, *_: object, **__: object) -> None:
        file.write(b"as much as there was room for")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, writer, is_full)
    with pytest.raises(OSError, match="No space left"):
        write(path)
    assert [file.name for file in path.parent.iterdir()] == ["v1.npy"]
    assert path.read_bytes() == before


def test_what_was_written_is_read_and_anything_else_is_not_there(tmp_path: Path) -> None:
    write_scores(tmp_path / "s.npy", np.ones((3, 2), np.float32))
    write_array(tmp_path / "a.npy", np.ones(3, np.float32))
    found = read_scores(tmp_path / "s.npy")
    assert found is not None
    assert found.shape == (3, 2)
    assert read_scores(tmp_path / "a.npy") is None
    assert read_array(tmp_path / "a.npy", np.int64) is None
    assert read_array(tmp_path / "a.npy", np.float32) is not None
