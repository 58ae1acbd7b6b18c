"""Fuzzers for all that reads what somebody else wrote: `python -m tests.fuzzing`, and a short form in the tests."""
