"""`python -m hitl_desktop` and the `hitl-desktop` command."""

import sys


def main() -> int:
    """Run the program; returns its exit code."""
    from hitl_desktop.app import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
