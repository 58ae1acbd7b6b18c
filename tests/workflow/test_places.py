"""E5: what a network share or a synchronised folder means is told; an ordinary folder is not."""

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from hitl_desktop.workflow.places import Place, file_system_of, mounts_in, mounts_of_mac, place_of, synced_by


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        (PureWindowsPath(r"C:\Users\Ann\OneDrive\X.hitl"), "OneDrive"),
        (PureWindowsPath(r"C:\Users\Ann\OneDrive - Clinic\X.hitl"), "OneDrive"),
        (PurePosixPath("/home/ann/Dropbox/X.hitl"), "Dropbox"),
        (PurePosixPath("/Users/ann/Dropbox (Personal)/X.hitl"), "Dropbox"),
        (PurePosixPath("/Users/ann/Library/Mobile Documents/com~apple~CloudDocs/X.hitl"), "iCloud Drive"),
        (PurePosixPath("/Users/ann/Library/CloudStorage/GoogleDrive-ann@x.org/My Drive/X.hitl"), "Google Drive"),
        (PureWindowsPath(r"G:\My Drive\X.hitl"), "Google Drive"),
        (PurePosixPath("/Users/ann/Library/CloudStorage/OneDrive-Clinic/X.hitl"), "OneDrive"),
        (PurePosixPath("/home/ann/Nextcloud/X.hitl"), "Nextcloud"),
        (PurePosixPath("/home/ann/projects/Boxes.hitl"), ""),
        (PurePosixPath("/home/ann/dropboxes/X.hitl"), ""),
    ],
)
def test_synchronised_folders_are_known_by_name(folder: PurePosixPath, name: str) -> None:
    assert synced_by(folder, {}) == name


def test_a_synchronised_folder_of_another_name_is_known_by_what_the_system_says() -> None:
    folder = PureWindowsPath(r"D:\Work\X.hitl")
    assert synced_by(folder, {"OneDriveCommercial": r"D:\Work"}) == "OneDrive"
    assert synced_by(folder, {"OneDriveCommercial": r"D:\Worker"}) == ""


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
proc /proc proc rw 0 0
server:/vol /mnt/share nfs4 rw 0 0
//nas/data /mnt/share/deep\\040er cifs rw 0 0
/dev/sdb1 /mnt/share/local ext4 rw 0 0
broken line
"""


@pytest.mark.parametrize(
    ("folder", "sort"),
    [
        ("/mnt/share/X.hitl", "nfs4"),
        ("/mnt/share/deep er/X.hitl", "cifs"),
        ("/mnt/share/local/X.hitl", "ext4"),
        ("/mnt/sharer/X.hitl", "ext4"),
        ("/home/ann/X.hitl", "ext4"),
    ],
)
def test_the_file_system_is_that_of_the_longest_mount_point(folder: str, sort: str) -> None:
    assert file_system_of(PurePosixPath(folder), mounts_in(MOUNTS)) == sort


def test_mounts_of_a_mac_are_read() -> None:
    table = "/dev/disk1s1 on / (apfs, local)\n//ann@nas/data on /Volumes/data (smbfs, nodev, nosuid)\n"
    assert mounts_of_mac(table) == [("/", "apfs"), ("/Volumes/data", "smbfs")]


def test_what_it_means_is_said_for_such_folders_alone(tmp_path: Path) -> None:
    assert place_of(tmp_path) == Place()
    assert Place().words() is None
    assert "one computer at a time" in str(Place(synced_by="Dropbox").words())
    assert "keeps no locks" in str(Place(network="SMB").words())
    assert place_of(tmp_path / "Dropbox" / "X.hitl").synced_by == "Dropbox"
