"""A stand-in cloud to try `planner collect` against: `python -m tests.cloud`, until Ctrl-C.

It prints what to export in the shell that runs planner. `--fault throttled` spoils every answer
(logins excepted), `--latency 0.5` delays each, `--only gemini` starts one cloud. "prices" are the
public price feeds of Azure and AWS; `curl -X POST $PLANNER_AWS_PRICES_ENDPOINT/change/jump` lets
one price of each jump ("price", "zero", "words" and "gone" are other changes).
"""

import argparse
import contextlib
import shlex
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from tests.cloud import prices, world
from tests.cloud.faults import FAULTS, spoil
from tests.cloud.world import StandIn

STAND_INS = world.STAND_INS | prices.STAND_INS


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted."""
    options = _options(arguments)
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        asked = [STAND_INS[provider] for provider in options.only or sorted(STAND_INS)]
        started = [stack.enter_context(start(folder)) for start in dict.fromkeys(asked)]
        for server in (server for stand_in in started for server in stand_in.servers):
            server.latency = options.latency
            if options.fault:
                spoil(server, options.fault)
        _tell(started)
        threading.Event().wait()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.cloud", description=__doc__)
    parser.add_argument("--fault", choices=sorted(FAULTS), help="what goes wrong with every answer")
    parser.add_argument("--latency", type=float, default=0, metavar="SECONDS")
    parser.add_argument("--only", action="append", choices=sorted(STAND_INS))
    return parser.parse_args(arguments)


def _tell(started: Sequence[StandIn]) -> None:
    """Exports on stdout, so that a shell can read them; what they are for on stderr."""
    sys.stderr.write(
        "Export these where you run `planner collect` or `planner prices`; Ctrl-C ends.\n"
    )
    for stand_in in started:
        if stand_in.unset:
            sys.stdout.write(f"unset {' '.join(stand_in.unset)}\n")
        for name, value in stand_in.environment.items():
            sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
