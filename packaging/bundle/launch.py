"""The start of the executable."""

import multiprocessing
import sys

if __name__ == "__main__":
    # The worker process starts this same executable again: it must become the worker before anything else is imported.
    multiprocessing.freeze_support()

    from hitl_desktop.__main__ import main

    sys.exit(main())
