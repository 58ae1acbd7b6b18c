"""Steer: what the next training does, tried on the checks before it is put to use."""
