"""What a collection costs: a stand-in Azure with latency, and one with large bodies.

Each case runs `planner collect azure` as a whole process against a server in another process, and
prints wall and CPU seconds and the largest resident memory. Aims: 40 regions with 2 model and
quota calls each at 0.5 s a call under 8 s; 60 regions of 1 MB bodies under 4 s of CPU and 300 MiB.

The bodies are as dense as the densest recorded list (see tests/cloud/azure_crowd.py): about 580 SKU
rows a MB under AIServices, since every model stands twice, and a third of them with meter ids that
differ by region. Until November 2026 they had 1,330 rows a MB, all regions alike.
"""

import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).parent.parent
MIB = 1024
_MODELS_PER_MB = 345


def serve(pipe: Connection, regions: int, padding: int, latency: float, folder: str) -> None:
    """Serve a stand-in Azure until the parent says so; sends what to set in the environment."""
    sys.path.insert(0, str(ROOT))
    from tests.cloud.azure import AzureCloud, settings  # noqa: PLC0415 - in the child alone
    from tests.cloud.server import serving  # noqa: PLC0415
    from tests.cloud.tls import make_certificate  # noqa: PLC0415

    names = tuple(f"region{number:02}" for number in range(regions))
    certificate = make_certificate(Path(folder))
    account = {"00000000-0000-0000-0000-000000000001": "Main"}
    cloud = AzureCloud(subscriptions=account, regions=names, padding=padding)
    with serving(cloud.cloud, certificate) as server:
        server.latency = latency
        pipe.send(settings(server.url, str(certificate[0])))
        pipe.recv()


def measure(name: str, regions: int, padding: int, latency: float) -> None:
    """Run one case and print its row."""
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = multiprocessing.Pipe()
        arguments = (theirs, regions, padding, latency, folder)
        child = multiprocessing.Process(target=serve, args=arguments, daemon=True)
        child.start()
        environment = os.environ | {k: str(v) for k, v in ours.recv().items()}
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "planner", "collect", "azure", "--quiet"],
            cwd=folder,
            env=environment | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        wall = time.perf_counter() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        ours.send("done")
        child.join()
    cpu, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / MIB
    print(f"{name}: exit {done.returncode}, {wall:.1f} s, {cpu:.1f} s CPU, {memory:.0f} MiB")
    print("  " + done.stdout.strip().splitlines()[0])


def main() -> None:
    """Run the case that is named, or each in a process of its own, so that peaks stay apart."""
    cases = {
        "latency": ("40 regions at 0.5 s a call", 40, 0, 0.5),
        "bodies": ("60 regions of 1 MB bodies", 60, _MODELS_PER_MB, 0.0),
    }
    if len(sys.argv) > 1:
        measure(*cases[sys.argv[1]])
        return
    for case in cases:
        subprocess.run([sys.executable, __file__, case], check=True)


if __name__ == "__main__":
    main()
