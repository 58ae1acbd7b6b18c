"""Which SQLite is at work, for the page that names what the program is made of."""

import sqlite3


def sqlite_version() -> str:
    """The version of the SQLite library."""
    return sqlite3.sqlite_version
