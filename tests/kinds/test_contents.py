"""A file that holds something else now is never taken for what was imported."""

import os
import sys
import time
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.kinds import content_digest
from hitl_desktop.kinds.contents import Contents, series_digest


def test_a_file_that_was_replaced_is_found_also_after_it_had_fitted(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(b"as it was")
    contents, digest = Contents(), content_digest(b"as it was")
    contents.check(digest, [file])
    contents.check(digest, [file])  # remembered
    before = file.stat()
    file.write_bytes(b"as it is.")  # of the same size
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    with pytest.raises(UnreadableItem, match="changed since the import"):
        contents.check(digest, [file])
    file.write_bytes(b"as it was")
    contents.check(digest, [file])


@pytest.mark.skipif(sys.platform == "win32", reason="WINDOWS DOES NOT SAY WHEN A FILE WAS CHANGED BUT FOR ITS CONTENT")
def test_a_file_whose_time_was_set_back_is_found(tmp_path: Path) -> None:
    """As programs do that change a file in its place and keep its date."""
    file, contents, digest = tmp_path / "a.png", Contents(), content_digest(b"as it was")
    file.write_bytes(b"as it was")
    contents.check(digest, [file])
    before = file.stat()
    time.sleep(0.02)  # a clock of files goes in steps
    file.write_bytes(b"as it is.")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(UnreadableItem, match="changed since the import"):
        contents.check(digest, [file])


def test_a_series_is_known_by_all_of_its_files_in_any_order(tmp_path: Path) -> None:
    files = [tmp_path / name for name in "abc"]
    for file in files:
        file.write_bytes(file.name.encode())
    digest = series_digest([content_digest(name.encode()) for name in "cba"])
    Contents().check(digest, files)
    files[1].write_bytes(b"x")
    with pytest.raises(UnreadableItem, match="changed"):
        Contents().check(digest, files)


def test_what_is_missing_or_no_file_or_has_no_digest_is_left_to_whoever_opens_it(tmp_path: Path) -> None:
    digest, pipe = content_digest(b"x"), tmp_path / "pipe"
    os.mkfifo(pipe)
    Contents().check(digest, [tmp_path / "missing"])
    Contents().check(digest, [pipe])
    Contents().check(digest, [tmp_path / "no\0name"])
    Contents().check("preview:/a", [Path(__file__)])


def test_no_more_is_remembered_than_was_asked_for(tmp_path: Path) -> None:
    contents = Contents(kept=2)
    for name in "abcd":
        (tmp_path / name).write_bytes(name.encode())
        contents.check(content_digest(name.encode()), [tmp_path / name])
    assert len(contents._known) == 2
