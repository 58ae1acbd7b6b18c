"""What the cases of the catalogue share: limits of time, and watchers for what must not happen."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.packing import PackRequest, pack
from tests.torture.sizes import is_long

MOST_SECONDS = 60.0
"""The catalogue gives each case 5 s; the machine of the tests may be shared by many."""


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    """Fail a case that takes too long."""
    start = time.monotonic()
    yield
    assert is_long() or time.monotonic() - start < MOST_SECONDS


@pytest.fixture
def packed(text_project_folder: Path, tmp_path: Path) -> Path:
    """A project of 40 messages as one file."""
    out = tmp_path / "given.zip"
    pack(PackRequest(text_project_folder, out), no_progress, never_cancelled)
    return out


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Path]:
    """A file that code in an input would make; it must never be there."""
    path = tmp_path / "code_was_run"
    yield path
    assert not path.exists(), "code of an input was run"
