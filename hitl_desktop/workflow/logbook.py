"""The local log: rotated, bounded, and without personal data; and Python's own record of hard crashes.

What is logged with `%s` passes through `domain/scrubbing.py`; messages of other libraries keep only their known words.
"""

import faulthandler
import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final, TextIO

from hitl_desktop.domain.scrubbing import one_line, scrubbed, scrubbed_dump, trace_of

LOG: Final = "hitl-desktop.log"
FAULTS: Final = "faults.log"
_LOG_BYTES: Final = 1_000_000
_KEPT: Final = 2
_MOST_DUMP: Final = 20_000
_OWN: Final = "hitl_desktop"

_log = logging.getLogger(__name__)


class Scrubbing(logging.Formatter):
    """Formats a record so that nothing personal is left: the template as it is written in the code, its values not."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """One record, with the trace of its error."""
        own = record.name.split(".")[0] == _OWN
        template = str(record.msg) if own or record.args else scrubbed(str(record.msg))
        plain = logging.LogRecord(record.name, record.levelno, "", 0, template, _plain(record.args), None)
        plain.created, plain.msecs = record.created, record.msecs
        text = super().format(plain)
        error = record.exc_info[1] if record.exc_info else None
        return f"{text}\n{trace_of(error)}" if error is not None else text


def keep_log(folder: Path) -> RotatingFileHandler | None:
    """Log to `folder` from now on. A folder that cannot be written costs the log, never the start: then None."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(folder / LOG, maxBytes=_LOG_BYTES, backupCount=_KEPT, encoding="utf-8")
    except OSError:
        return None
    handler.setFormatter(Scrubbing())
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    return handler


def watch_for_crashes(folder: Path) -> str:
    """Have hard crashes (in a library, or of the interpreter) written down; returns what the run before left.

    What it left is scrubbed and logged, and the file is begun anew. "" when it ended well.
    """
    try:
        left = take_dump(folder / FAULTS)
        _files[FAULTS] = (folder / FAULTS).open("a", encoding="utf-8")
        faulthandler.enable(_files[FAULTS])
    except OSError:
        return ""
    if left:
        _log.error("The run before ended in a crash:\n%s", Written(left))
    return left


def take_dump(file: Path) -> str:
    """What faulthandler wrote to a file, scrubbed; the file is empty afterwards. "" for nothing. Raises OSError."""
    if not file.is_file() or not file.stat().st_size:
        return ""
    with file.open("r+", encoding="utf-8", errors="replace") as dump:
        text = dump.read(_MOST_DUMP)
        dump.truncate(0)
    return scrubbed_dump(text).strip()


class Written(str):
    """A text that is scrubbed already and goes into the log as it is."""

    __slots__ = ()


_files: dict[str, TextIO] = {}
"""What faulthandler writes to has to stay open."""


def _plain(values: Any) -> Any:
    if isinstance(values, dict):
        return {name: _value(value) for name, value in values.items()}
    return tuple(_value(value) for value in values) if isinstance(values, tuple) else None


def _value(value: Any) -> Any:
    if isinstance(value, (bool, int, float, Written)) or value is None:
        return value
    if isinstance(value, BaseException):
        return one_line(value)
    return scrubbed(str(value))
