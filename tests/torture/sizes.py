"""How much of each torture: little in `make test`, as much as is asked for in `make torture`."""

import os


def size(name: str, usual: int) -> int:
    """The size that `make torture` was given, as `TORTURE_<name>`; else the usual one of `make test`."""
    return int(os.environ.get(f"TORTURE_{name}") or usual)


def is_long() -> bool:
    """True in `make torture`."""
    return bool(os.environ.get("TORTURE_KILLS"))
