"""Z1-Z22 of the catalogue: archives of projects, against every trick. Each is refused whole, and nothing is left."""

import io
import json
import os
import shutil
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import Cancelled, ProjectRefused
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.exchange import project_archive
from hitl_desktop.exchange.project_archive import MANIFEST, name_is_safe
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.receiving import Received, ReceiveRequest, receive

Members = dict[str, bytes]


def receive_from(source: Path) -> Received:
    return receive(ReceiveRequest(source, source.parent / "Taken.hitl"), no_progress, never_cancelled)


def refused(source: Path, why: str) -> None:
    """It is refused for this reason, and nothing but what was given lies there afterwards."""
    folder = source.parent
    before = {path.relative_to(folder) for path in folder.rglob("*")}
    outside = sorted(folder.parent.iterdir())
    with pytest.raises(ProjectRefused, match=why):
        receive_from(source)
    assert {path.relative_to(folder) for path in folder.rglob("*")} == before
    assert sorted(folder.parent.iterdir()) == outside


def members_of(archive: Path) -> Members:
    with zipfile.ZipFile(archive) as given:
        return {name: given.read(name) for name in given.namelist()}


def rewrite(archive: Path, change: Callable[[Members], None], *, told: bool = True) -> None:
    """Write the archive anew with other members; with `told`, the manifest names what there is."""
    members = members_of(archive)
    change(members)
    if told:
        import hashlib

        facts = {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in members.items()
            if name != MANIFEST
        }
        members[MANIFEST] = json.dumps({"format": 1, "members": facts}).encode()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in members.items():
            out.writestr(name, data)


def test_what_was_packed_is_taken_over_whole(packed: Path, text_project: Project) -> None:
    received = receive_from(packed)
    assert received.items == len(text_project.pool)
    assert received.left_behind == ()
    taken = Project.open(received.folder)
    assert taken.store.items.digests() == text_project.store.items.digests()
    assert list(taken.store.items.texts()) == list(text_project.store.items.texts())
    assert taken.store.fact("data_root") == ""
    taken.close()
    assert sorted(path.name for path in received.folder.parent.glob(".*")) == []


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("../../x", id="Z1"),
        pytest.param("/abs", id="Z2"),
        pytest.param("C:\\x", id="Z3"),
        pytest.param("C:x", id="Z3-relative"),
        pytest.param("data/a/../../b", id="Z4"),
        pytest.param("data/CON", id="Z9-device"),
        pytest.param("data/aux.txt", id="Z9-device-with-ending"),
        pytest.param("data/name.", id="Z9-trailing-dot"),
        pytest.param("data/name ", id="Z9-trailing-space"),
        pytest.param("data/a//b", id="Z4-empty-part"),
        pytest.param("data/./b", id="Z4-same-folder"),
        pytest.param("data/a\x1bb", id="Z9-control"),
        pytest.param("data/a\u202eb", id="Z9-bidi"),
        pytest.param("data/stream:hidden", id="Z9-stream"),
        pytest.param("data/" + "x" * 300, id="Z9-long"),
    ],
)
def test_z1_z2_z3_z4_z9_names_that_lead_elsewhere_refuse_the_whole(packed: Path, name: str) -> None:
    if name == "data/a\u202eb":
        assert name_is_safe(name), "harmless on a disk; where it is shown, it is escaped"
        return
    assert not name_is_safe(name)
    rewrite(packed, lambda members: members.update({name: b"x"}))
    refused(packed, "lead out of the project|no part of a project")


def test_z5_a_link_among_the_members(packed: Path) -> None:
    members = members_of(packed)
    with zipfile.ZipFile(packed, "a") as out:
        info = zipfile.ZipInfo("data/link")
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        out.writestr(info, "/etc/passwd")
    assert MANIFEST in members
    refused(packed, "a link, a folder entry or a device")


def test_z5_a_folder_that_holds_links(text_project_folder: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere.sqlite3"
    (text_project_folder / "project.sqlite3").rename(real)
    (text_project_folder / "project.sqlite3").symlink_to(real)
    with pytest.raises(ProjectRefused, match="no database"):
        receive(ReceiveRequest(text_project_folder, tmp_path / "Taken.hitl"), no_progress, never_cancelled)


def test_z6_z18_a_tar_is_not_taken_whatever_it_holds(packed: Path) -> None:
    data = members_of(packed)
    with tarfile.open(packed, "w") as out:
        for name, content in data.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            out.addfile(info, io.BytesIO(content))
        device = tarfile.TarInfo("data/device")
        device.type = tarfile.CHRTYPE
        out.addfile(device)
    refused(packed, "no zip archive")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_z7_the_same_name_twice(packed: Path) -> None:
    with zipfile.ZipFile(packed, "a") as out:
        out.writestr("project.sqlite3", b"another")
    refused(packed, "the same name")


@pytest.mark.parametrize(
    ("first", "second"),
    [pytest.param("data/A.png", "data/a.PNG", id="Z8"), pytest.param("data/\u00e9", "data/e\u0301", id="Z10")],
)
def test_z8_z10_names_that_are_one_on_another_system(packed: Path, first: str, second: str) -> None:
    rewrite(packed, lambda members: members.update({first: b"1", second: b"2"}))
    refused(packed, "the same name")


def test_z8_a_file_where_another_needs_a_folder(packed: Path) -> None:
    rewrite(packed, lambda members: members.update({"data/a": b"1", "data/a/b": b"2"}))
    refused(packed, "a file and a folder")


def test_z11_a_bomb(packed: Path) -> None:
    rewrite(packed, lambda members: members.update({"data/zeros": bytes(200 * 2**20)}))
    assert packed.stat().st_size < 2**20
    refused(packed, "far more than it holds")


def test_z11_more_than_there_is_room_for(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        project_archive.shutil,
        "disk_usage",
        lambda _: shutil._ntuple_diskusage(1, 1, 100),  # type: ignore[attr-defined]
    )
    refused(packed, "room for")


def test_z12_an_archive_inside_is_data_and_never_opened(packed: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as nested:
        nested.writestr("../../out.txt", "x")
    rewrite(packed, lambda members: members.update({"data/nested.zip": inner.getvalue()}))
    received = receive_from(packed)
    assert (received.folder / "data" / "nested.zip").read_bytes() == inner.getvalue()
    assert not (packed.parent.parent / "out.txt").exists()
    rewrite(packed, lambda members: members.update({"nested.zip": inner.getvalue()}))
    shutil.rmtree(received.folder)
    refused(packed, "no part of a project")


def test_z13_ten_million_members_are_refused_before_they_are_listed(packed: Path) -> None:
    data = bytearray(packed.read_bytes())
    place = data.rfind(b"PK\x05\x06")
    count = 10_000_000
    large = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, count * 46, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, place, 1)
    data[place:place] = large + locator
    packed.write_bytes(data)
    refused(packed, "more files than a project has")


def test_z14_members_that_share_their_bytes(packed: Path) -> None:
    rewrite(packed, lambda members: members.update({"data/one": os.urandom(4000), "data/two": os.urandom(4000)}))
    data = bytearray(packed.read_bytes())
    with zipfile.ZipFile(packed) as given:
        first = given.getinfo("data/one").header_offset
    record = data.rfind(b"data/two") - 46
    data[record + 42 : record + 46] = struct.pack("<I", first)
    packed.write_bytes(data)
    refused(packed, "overlap")


def test_z15_a_member_larger_than_it_says(packed: Path) -> None:
    rewrite(packed, lambda members: members.update({"data/lie": b"x" * 5000}))
    data = bytearray(packed.read_bytes())
    record = data.rfind(b"data/lie") - 46
    data[record + 24 : record + 28] = struct.pack("<I", 10)
    packed.write_bytes(data)
    refused(packed, "larger than it says|changed or cut off|damaged")


def test_z16_an_encrypted_member(packed: Path) -> None:
    data = bytearray(packed.read_bytes())
    record = data.rfind(b"project.sqlite3") - 46
    assert data[record : record + 4] == b"PK\x01\x02"
    data[record + 8] |= 1
    packed.write_bytes(data)
    refused(packed, "encrypted")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_z17_cut_off(packed: Path, share: float) -> None:
    data = packed.read_bytes()
    packed.write_bytes(data[: int(len(data) * share)])
    refused(packed, "cut off|damaged")


@pytest.mark.parametrize("content", [b"", b"P", b"PK\x03\x04", b"\x1f\x8b" + bytes(100), b"not an archive" * 50])
def test_z17_anything_else(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "given.zip"
    path.write_bytes(content)
    refused(path, "no zip archive|cut off|damaged")


def test_z19_a_member_that_is_not_as_the_manifest_says(packed: Path) -> None:
    rewrite(packed, lambda members: members.update({"project.sqlite3": b"another"}), told=False)
    refused(packed, "changed or cut off")


@pytest.mark.parametrize("manifest", [b"", b"[]", b'{"format": 1}', b'{"format": "1", "members": {}}', b"{" * 100_000])
def test_z19_a_manifest_that_makes_no_sense(packed: Path, manifest: bytes) -> None:
    rewrite(packed, lambda members: members.update({MANIFEST: manifest}), told=False)
    refused(packed, "list of files|damaged")


def test_z21_a_newer_format(packed: Path) -> None:
    newer = json.dumps({"format": 2, "members": {}}).encode()
    rewrite(packed, lambda members: members.update({MANIFEST: newer}), told=False)
    refused(packed, "newer version")


def test_z22_stopped_at_any_moment_nothing_is_left(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None or all: the folder gets its name when everything in it is whole."""
    target = packed.parent / "Taken.hitl"
    moments = 0
    while True:
        left = moments

        def cancelled() -> bool:
            nonlocal left
            left -= 1
            return left < 0

        try:
            receive(ReceiveRequest(packed, target), no_progress, cancelled)
        except Cancelled:
            assert not target.exists()
            assert not list(packed.parent.glob(".*"))
            moments += 1
            continue
        break
    assert moments > 5
    assert target.is_dir()


def test_an_existing_folder_is_never_written_into(packed: Path) -> None:
    target = packed.parent / "Taken.hitl"
    target.mkdir()
    with pytest.raises(Exception, match="already exists"):
        receive_from(packed)
    assert list(target.iterdir()) == []
