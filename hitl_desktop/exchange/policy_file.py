"""A routing policy as a file: one JSON object, see `domain/policy.py`."""

import json
from pathlib import Path
from typing import Any, Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.exchange.atomic_file import replacing

_LARGEST: Final = 1 << 20


def read_policy_file(path: Path) -> object:
    """The JSON value in a file. Raises KnownError when it cannot be read, is no JSON, or is far too large."""
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise KnownError(say("“{name}” is not an ordinary file.", name=path.name), say("Choose another file."))
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise KnownError(
            say("“{name}” cannot be read: {why}.", name=path.name, why=str(error.strerror)), say("Choose another file.")
        ) from error
    if len(data) > _LARGEST:
        raise KnownError(
            say("“{name}” is too large for a routing policy.", name=path.name), say("Choose another file.")
        )
    try:
        return json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise KnownError(
            say("“{name}” is no JSON: line {line}.", name=path.name, line=error.lineno), say("Choose another file.")
        ) from error
    except (ValueError, RecursionError) as error:
        raise KnownError(say("“{name}” is no JSON.", name=path.name), say("Choose another file.")) from error


def write_policy_file(path: Path, plain: dict[str, Any]) -> None:
    """Write a policy, readable and in the order of its rules; an older file is replaced whole or not at all.

    Raises KnownError when it cannot be written.
    """
    try:
        with replacing(path, "utf-8") as stream:
            stream.write(json.dumps(plain, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
    except OSError as error:
        raise KnownError(
            say("The policy cannot be written to {path}: {why}.", path=str(path), why=str(error.strerror)),
            say("Choose another place."),
        ) from error
