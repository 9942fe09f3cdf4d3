"""What reading a price feed costs: an EC2 offer file of 480 MB, streamed.

A stand-in serves the file from a process of its own; another process fetches and parses it. Printed
are seconds and the largest resident memory of that process. Aim: under 150 MiB.

`python benchmarks/price_feeds.py [MB]`
"""

import json
import multiprocessing
import resource
import subprocess
import sys
import time
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).parent.parent
KIB = 1024
REGION = "us-east-1"


def serve(pipe: Connection, size: int, layout: str) -> None:
    """Serve the file until the parent says so; sends where and how large it is."""
    sys.path.insert(0, str(ROOT))
    from tests.cloud.prices_aws import offer_file, region_index  # noqa: PLC0415 - in the child
    from tests.cloud.prices_change import Changes  # noqa: PLC0415
    from tests.cloud.server import Reply, Seen, serving  # noqa: PLC0415

    compact, terms_first = "compact" in layout, "terms first" in layout
    body = offer_file(
        "AmazonEC2", REGION, Changes(), size=size, compact=compact, terms_first=terms_first
    )
    index = region_index("AmazonEC2", (REGION,))

    def cloud(seen: Seen) -> Reply:
        return Reply(body=index if "region_index" in seen.path else body)

    with serving(cloud) as server:
        pipe.send((server.url, len(body)))
        pipe.recv()


def read(url: str) -> None:
    """Fetch and parse, then print what it cost as JSON."""
    sys.path.insert(0, str(ROOT))
    from planner.feeds.aws_price_list import fetch, parse  # noqa: PLC0415 - counted as memory
    from planner.files.facts import model_names  # noqa: PLC0415

    began = time.perf_counter()
    fetched = fetch({REGION}, models=False, machines=True, endpoint=url)
    reading = parse(fetched, model_names(), date(2026, 11, 20))
    wall = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {"rows": len(reading.feed.rows), "failures": [f.reason for f in reading.failures]}
    print(json.dumps(told | {"seconds": wall, "cpu": used.ru_utime, "peak_kib": used.ru_maxrss}))


def measure(size: int, layout: str) -> None:
    """Run one layout and print its row."""
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.Process(target=serve, args=(theirs, size, layout), daemon=True)
    child.start()
    url, length = ours.recv()
    done = subprocess.run(
        [sys.executable, __file__, "--read", url], capture_output=True, text=True, check=True
    )
    ours.send("done")
    child.join()
    told = json.loads(done.stdout)
    print(
        f"EC2 file of {length / 1e6:.0f} MB, {layout}: {told['seconds']:.1f} s"
        f" ({told['cpu']:.1f} s CPU), peak {told['peak_kib'] / KIB:.0f} MiB,"
        f" {told['rows']} rows, {told['failures'] or 'no failures'}"
    )


def main() -> None:
    """Run every layout, or read once in a process of its own."""
    if sys.argv[1:2] == ["--read"]:
        read(sys.argv[2])
        return
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 480
    for layout in ("indented", "compact", "indented, terms first"):
        measure(megabytes * 1_000_000, layout)


if __name__ == "__main__":
    main()
