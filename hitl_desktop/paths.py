"""Where things are: the bundled resources, and the user's own folders; and opening what others may have put there."""

import errno
import os
import stat
import sys
from io import BufferedReader
from pathlib import Path

import platformdirs

APP_NAME = "HITL Desktop"
_APP_DIR = "hitl-desktop"


def resources() -> Path:
    """The folder of bundled fonts, icons, models and samples.

    In a wheel it lies inside the package, in a checkout at the top level, in a frozen build in the bundle.
    """
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen:
        return Path(frozen) / "resources"
    package = Path(__file__).resolve().parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def user_data() -> Path:
    """The user's folder for samples and projects made from them. `HITL_DESKTOP_HOME` moves it (tests, kiosks)."""
    home = os.environ.get("HITL_DESKTOP_HOME")
    return Path(home) / "data" if home else Path(platformdirs.user_data_dir(_APP_DIR, appauthor=False))


def user_config() -> Path:
    """The user's folder for settings. `HITL_DESKTOP_HOME` moves it."""
    home = os.environ.get("HITL_DESKTOP_HOME")
    return Path(home) / "config" if home else Path(platformdirs.user_config_dir(_APP_DIR, appauthor=False))


def user_logs() -> Path:
    """The user's folder for the log. `HITL_DESKTOP_HOME` moves it."""
    home = os.environ.get("HITL_DESKTOP_HOME")
    return Path(home) / "logs" if home else Path(platformdirs.user_log_dir(_APP_DIR, appauthor=False))


def open_plain(path: Path) -> BufferedReader:
    """An ordinary file, to read; anything else raises OSError, as a pipe in its place would be waited for for ever."""
    number = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(errno.EINVAL, "it is not an ordinary file")
    return os.fdopen(number, "rb")


def is_plain(path: Path) -> bool:
    """Whether an ordinary file is there. A link is none: it could lead anywhere."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
