"""The projects that are tortured."""

from tests.store.conftest import closed, decision, store

__all__ = ["closed", "decision", "store"]
