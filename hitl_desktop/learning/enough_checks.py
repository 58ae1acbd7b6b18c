"""How many random checks calibration takes: apart from what fits it, as the window reads this and must stay light."""

from typing import Final

NEEDED: Final = 100
"""Audit labels below which a model stays "not yet calibrated".

Simulated with models right about themselves, 1.5 and 3 times too sure, and 1.7 times too unsure: Platt scaling fitted
on 50 labels made half of the models worse that were 1.5 times too sure, on 100 one in six, and there it costs a model
that needed nothing .01 of log-loss. Temperature scaling of several classes pays from about 30 on.
"""
