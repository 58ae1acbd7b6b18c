"""Within one statement SQLite is heard, and stops when it is told to."""

import sqlite3
import time
from contextlib import closing

import pytest

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.store.pulse import Pulse, pulsing

LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) SELECT count(*) FROM n"


def test_one_long_statement_is_heard_many_times() -> None:
    heard: list[int] = []
    with closing(sqlite3.connect(":memory:")) as connection:
        with pulsing(connection, lambda: heard.append(1)):
            assert connection.execute(LONG).fetchone() == (1_000_000,)
        during = len(heard)
        connection.execute(LONG).fetchone()
    assert during > 100
    assert len(heard) == during


def test_what_is_raised_meanwhile_comes_out_and_other_errors_stay_what_they_are() -> None:
    def stop() -> None:
        raise Cancelled

    with closing(sqlite3.connect(":memory:")) as connection:
        with pytest.raises(Cancelled), pulsing(connection, stop):
            connection.execute(LONG).fetchone()
        with pytest.raises(sqlite3.OperationalError, match="no such table"), pulsing(connection, lambda: None):
            connection.execute("SELECT * FROM absent")
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_it_stops_when_it_is_too_late() -> None:
    assert not Pulse(lambda: None, time.monotonic() + 60).stops()
    assert Pulse(lambda: None, time.monotonic() - 1).stops()
