"""Versions of the routing policy: appended, numbered, never changed."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hitl_desktop.domain.policy import Route, RoutingPolicy, Rule, starting_policy
from hitl_desktop.domain.policy_conditions import Keywords
from hitl_desktop.store.policies import PolicyVersion
from hitl_desktop.store.store import DATABASE, Store

FIRST = starting_policy(0.8)
SECOND = RoutingPolicy((Rule((Keywords(("Straße", "\udc80")),), Route.ESCALATE, "Words"), *FIRST.rules), audit_every=9)


def append(store: Store, policy: RoutingPolicy, **changes: object) -> PolicyVersion:
    with store.transaction():
        return store.policies.append(PolicyVersion(policy, "2026-01-02", "ann", **changes))  # type: ignore[arg-type]


def test_a_project_begins_without_a_version_of_its_own(store: Store) -> None:
    assert store.policies.last() is None
    assert store.policies.all() == []
    assert store.policies.get(1) is None


def test_versions_are_numbered_and_read_back_whole(store: Store) -> None:
    assert append(store, FIRST).number == 1
    kept = append(store, SECOND, reason="Injuries need a person", takes_back=1)
    assert kept.number == 2
    assert store.policies.last() == store.policies.get(2) == kept
    assert kept.policy.same_as(SECOND)
    assert (kept.by, kept.reason, kept.takes_back) == ("ann", "Injuries need a person", 1)
    assert [version.number for version in store.policies.all()] == [1, 2]


@pytest.mark.parametrize("change", ["UPDATE policy SET body = '{}'", "DELETE FROM policy"])
def test_a_version_is_never_changed(store: Store, change: str) -> None:
    append(store, FIRST)
    path: Path = store.folder / DATABASE
    store.close()
    with closing(sqlite3.connect(path)) as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(change)
