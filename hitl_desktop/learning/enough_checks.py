"""How many random checks calibration takes: apart from what fits it, as the window reads this and must stay light."""

from typing import Final

NEEDED: Final = 50
"""Audit labels below which a model stays "not yet calibrated".

Simulated (docstring of tests/learning/test_calibration.py): fitted on fewer, the map makes a model that was already
right about itself worse more often than it repairs one that was not.
"""
