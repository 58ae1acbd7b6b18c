"""Would the tests notice? One small change of the program at a time, drawn at random: `python -m tests.mutation`."""
