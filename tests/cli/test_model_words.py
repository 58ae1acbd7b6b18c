"""What `status` says of the model."""

from hitl_desktop.cli.model_words import in_words

TODAY = {
    "checks": 50,
    "set_aside": 0,
    "right": 44,
    "accuracy": 0.88,
    "interval": [0.762, 0.944],
    "macro_f1": 0.861,
    "macro_f1_interval": [0.7, 0.95],
    "ece": 0.0644,
    "brier": 0.183,
    "calibrated_on": 0,
    "calibration": "not yet calibrated: 50 of 100 checks",
    "can_i_stop": "Not yet. Another 50 decisions would likely add 1 to 3 points.",
}


def test_every_figure_comes_with_its_sample() -> None:
    assert in_words({"version": 2, "trained_on": 180, "metrics": {"today": TODAY}}) == (
        "Model v2 is in use: right on 44 of 50 random checks (76–94 %), macro-F1 86 %, "
        "calibration gap 6.4 points (not yet calibrated: 50 of 100 checks), Brier 0.18.\n"
        "Can I stop? Not yet. Another 50 decisions would likely add 1 to 3 points."
    )


def test_a_challenger_is_told_with_its_reason() -> None:
    today = TODAY | {"challenger": {"version": 3, "reason": "All in all it is worse."}}
    today |= {"calibration": "calibrated on 120 random checks", "caveat": "It may have learned from some."}
    words = in_words({"version": 2, "trained_on": 180, "metrics": {"today": today}})
    assert "(calibrated on 120 random checks)" in words
    assert "\nIt may have learned from some.\n" in words
    assert "\nv3 was not put to use. All in all it is worse.\n" in words


def test_no_model_and_no_checks_are_said() -> None:
    assert in_words(None) == "There is no model yet."
    nothing = {"version": 1, "trained_on": 9, "metrics": {"today": {"checks": 0, "set_aside": 0}}}
    assert in_words(nothing) == "Model v1 is in use. Nothing has measured it yet: there are no random checks."
