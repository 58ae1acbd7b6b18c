"""What processes that are started here do not get to see: they read files of others, and a password is none of them."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

VARIABLE: Final = "HITL_REVIEWER_PASSWORD"
"""The variable that commands take the password of a reviewer from."""
_LOCK: Final = threading.Lock()


@contextmanager
def without_secrets() -> Iterator[None]:
    """While a process is started: what is secret is not in the environment that it inherits."""
    with _LOCK:
        kept = os.environ.pop(VARIABLE, None)
        try:
            yield
        finally:
            if kept is not None:
                os.environ[VARIABLE] = kept
