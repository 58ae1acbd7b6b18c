"""The sheet of comparisons on the model page."""
