from hitl_desktop.exchange.ordering import natural_key, shown


def test_numbers_count_as_numbers_and_case_does_not_matter() -> None:
    names = ["scan 10", "Scan 2", "scan 1", "apple", "scan 02"]
    assert sorted(names, key=natural_key) == ["apple", "scan 1", "Scan 2", "scan 02", "scan 10"]


def test_a_number_of_any_length_can_be_compared() -> None:
    assert natural_key("9" * 10_000) < natural_key("1" + "0" * 10_000)


def test_what_cannot_be_shown_is_escaped() -> None:
    assert shown("größe 測試") == "größe 測試"
    assert shown("a\udcf6b\u202ec\nd") == "a\\xf6b\\u202ec\\u000ad"
