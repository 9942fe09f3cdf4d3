"""The program: runs the command line and ends with the contract's exit code."""

import sys

INTERRUPTED = 130


def main() -> None:
    """Run a command; exits 0, 1, 2, 3, 4, 10 or 130."""
    try:
        from planner.cli import streams  # noqa: PLC0415 - Ctrl-C while loading ends quietly, too

        streams.prepare()
        from planner.cli.main import run  # noqa: PLC0415

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)


if __name__ == "__main__":
    main()
