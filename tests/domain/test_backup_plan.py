"""Which backups stay: properties over any times, and a year of work."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.backup_plan import ALL_FOR, DAILY, MONTHLY, WEEKLY, is_due, kept

NOW = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)
AGES = st.lists(st.integers(-1000, 3 * 365 * 24 * 60), max_size=120)


def at(minutes: int) -> datetime:
    return NOW - timedelta(minutes=minutes)


@given(AGES)
def test_what_is_kept_is_among_them_holds_the_newest_and_all_of_two_days(ages: list[int]) -> None:
    times = {at(age) for age in ages}
    stay = kept(times, NOW)
    assert stay <= times
    assert {time for time in times if NOW - time <= ALL_FOR} <= stay
    assert not times or max(times) in stay


@given(AGES)
def test_thinning_again_changes_nothing_and_order_does_not_matter(ages: list[int]) -> None:
    times = [at(age) for age in ages]
    stay = kept(times, NOW)
    assert kept(stay, NOW) == stay
    assert kept(reversed(times), NOW) == stay


@given(AGES)
def test_there_are_never_more_than_the_rule_says(ages: list[int]) -> None:
    older = [time for time in kept({at(age) for age in ages}, NOW) if NOW - time > ALL_FOR]
    assert len(older) <= DAILY + WEEKLY + MONTHLY + 1


@given(AGES, st.integers(0, 400))
def test_the_latest_days_weeks_and_months_are_each_stood_for(ages: list[int], extra: int) -> None:
    times = {at(age) for age in [*ages, extra]}
    older = [time for time in times if NOW - time > ALL_FOR]
    stay = kept(times, NOW)
    for period, count in (("%Y-%m-%d", DAILY), ("%G-%V", WEEKLY), ("%Y-%m", MONTHLY)):
        latest = sorted({time.strftime(period) for time in older}, reverse=True)[:count]
        for name in latest:
            assert max(time for time in older if time.strftime(period) == name) in stay


def test_a_year_of_half_hours_leaves_a_few_dozen_that_reach_back_to_the_ninth_month() -> None:
    there: set[datetime] = set()
    time = NOW - timedelta(days=365)
    while time < NOW:
        if 8 <= time.hour < 17:
            there = kept(there | {time}, time)
        time += timedelta(minutes=30)
    assert len(there) < 75
    assert min(there).strftime("%Y-%m") == "2025-07"
    ages = sorted(NOW - time for time in there)
    gaps = [later - earlier for earlier, later in itertools.pairwise(ages)]
    assert max(gaps) < timedelta(days=35)


def test_one_is_due_after_half_an_hour_of_change() -> None:
    assert not is_due(None)
    assert not is_due(timedelta(minutes=29, seconds=59))
    assert is_due(timedelta(minutes=30))
