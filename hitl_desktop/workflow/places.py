"""Where a project lies, as far as that matters to what is kept in it: another computer's disk, a synchronised folder.

A database on a network share depends on locks that some shares do not keep; a program that synchronises copies the
files of a project one by one, in the middle of a decision too, and may bring back older ones.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from hitl_desktop.domain.sentences import Sentence, say

_NETWORK: Final[dict[str, str]] = {
    "nfs": "NFS", "nfs4": "NFS", "cifs": "SMB", "smb3": "SMB", "smbfs": "SMB", "smb2": "SMB", "afpfs": "AFP",
    "fuse.sshfs": "SSHFS", "sshfs": "SSHFS", "fuse.rclone": "rclone", "davfs": "WebDAV", "fuse.davfs2": "WebDAV",
    "webdav": "WebDAV", "9p": "9P", "ceph": "Ceph", "fuse.ceph": "Ceph", "glusterfs": "GlusterFS",
    "fuse.glusterfs": "GlusterFS", "lustre": "Lustre", "beegfs": "BeeGFS", "afs": "AFS", "fuse.gvfsd-fuse": "GVfs",
}  # fmt: skip
_SYNCED: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (r"onedrive( - .+|-.+)?", "OneDrive"),
        (r"dropbox( \(.+\))?", "Dropbox"),
        (r"google ?drive(-.+)?|googledrive-.+|my drive", "Google Drive"),
        (r"icloud ?drive|com~apple~clouddocs|mobile documents", "iCloud Drive"),
        (r"nextcloud", "Nextcloud"),
        (r"owncloud", "ownCloud"),
        (r"box( sync)?", "Box"),
        (r"pclouddrive|pcloud ?drive", "pCloud"),
        (r"syncthing", "Syncthing"),
    )
)
_VARIABLES: Final = {"OneDrive": "OneDrive", "OneDriveCommercial": "OneDrive", "OneDriveConsumer": "OneDrive"}
_MOUNTS: Final = Path("/proc/self/mounts")
_REMOTE_DRIVE: Final = 4
_MAC_MOUNT: Final = re.compile(r"^.+? on (?P<place>.+) \((?P<sort>\w+)", re.MULTILINE)
_OCTAL: Final = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a folder: the name of what synchronises it, and the name of the network file system."""

    synced_by: str = ""
    network: str = ""

    def words(self) -> Sentence | None:
        """What it means for the project in it; None for an ordinary folder."""
        if self.synced_by:
            return say(
                "{name} copies the folder of this project while you work. Open it on one computer at a time, and wait "
                "until all is copied before you open it on another: it may otherwise bring back older files.",
                name=self.synced_by,
            )
        if self.network:
            return say(
                "This project lies on another computer ({name}). Every decision waits for the network, and a share "
                "that keeps no locks does not stop a second person from opening it. A disk of this computer is safer.",
                name=self.network,
            )
        return None


def place_of(folder: Path) -> Place:
    """Where a folder lies on this machine. Looks at names and at the table of mounts; opens nothing."""
    return Place(synced_by(folder, os.environ), _network(folder))


def synced_by(folder: PurePath, variables: Mapping[str, str]) -> str:
    """The name of what synchronises a folder, by the names above it and by what the system says; "" for nothing."""
    for variable, name in _VARIABLES.items():
        root = variables.get(variable, "")
        if root and (folder == type(folder)(root) or type(folder)(root) in folder.parents):
            return name
    for part in folder.parts:
        for pattern, name in _SYNCED:
            if pattern.fullmatch(part):
                return name
    return ""


def file_system_of(folder: PurePath, mounts: Sequence[tuple[str, str]]) -> str:
    """The sort of file system that a folder lies on: that of the longest mount point above it. "" when unknown."""
    best, sort = -1, ""
    for place, kind in mounts:
        point = type(folder)(place)
        if (point == folder or point in folder.parents) and len(point.parts) >= best:
            best, sort = len(point.parts), kind
    return sort


def mounts_in(table: str) -> list[tuple[str, str]]:
    """Mount point and sort, from the text of /proc/self/mounts."""
    rows = (line.split(" ") for line in table.splitlines())
    return [(_OCTAL.sub(lambda found: chr(int(found[1], 8)), row[1]), row[2]) for row in rows if len(row) > 2]


def mounts_of_mac(table: str) -> list[tuple[str, str]]:
    """Mount point and sort, from what the command `mount` of macOS prints."""
    return [(found["place"], found["sort"]) for found in _MAC_MOUNT.finditer(table)]


def _network(folder: Path) -> str:
    if sys.platform == "win32":
        return _network_of_windows(folder)
    try:
        if sys.platform == "darwin":
            printed = subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=5, check=False)
            mounts = mounts_of_mac(printed.stdout)
        else:
            mounts = mounts_in(_MOUNTS.read_text("utf-8", "surrogateescape"))
    except (OSError, subprocess.SubprocessError):
        return ""
    return _NETWORK.get(file_system_of(folder, mounts), "")


def _network_of_windows(folder: Path) -> str:
    import ctypes

    if str(folder).startswith("\\\\"):
        return "SMB"
    kernel = getattr(ctypes, "windll", None)
    is_remote = kernel is not None and kernel.kernel32.GetDriveTypeW(folder.anchor) == _REMOTE_DRIVE
    return "SMB" if is_remote else ""
