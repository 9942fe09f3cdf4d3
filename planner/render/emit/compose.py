"""A Docker Compose file that starts vLLM on one machine, one service for each copy of the model.

Images, mounts, ipc and devices as vLLM documents them (docs/deployment/docker.md and
docker.rocm.inc.md); keys as compose-spec has them, checked against its JSON schema in the tests.
The image's entry point is `vllm serve`.
"""

from planner.core.deployable import Deployable, Hosting
from planner.render.emit.lead import lead
from planner.render.emit.vllm import FIRST_PORT, checkpoint, devices, options, serving_remarks
from planner.render.emit.words import compose, holes, variable

_TAG = "${VLLM_TAG:?the release of vLLM to run}"
_IMAGE = "vllm/vllm-openai"
_IMAGE_OF_AMD = "vllm/vllm-openai-rocm"
_OF_AMD = """\
  devices:
    - /dev/kfd
    - /dev/dri
  group_add:
    - video
  cap_add:
    - SYS_PTRACE
  security_opt:
    - seccomp=unconfined
"""
# Loading may take long: until then a failed check counts for nothing.
_HEALTH = f"""\
  healthcheck:
    test:
      - CMD
      - python3
      - -c
      - import urllib.request; urllib.request.urlopen("http://localhost:{FIRST_PORT}/health")
    interval: 30s
    timeout: 10s
    retries: 3
    start_period: 60m
"""


def compose_file(of: Deployable, hosting: Hosting) -> str:
    """The services of one machine, on ports from FIRST_PORT up."""
    names = ("vllm_tag", *holes([checkpoint(hosting)]))
    amd = hosting.gpu.startswith("AMD")
    arguments = [checkpoint(hosting), *(f"{flag}={value}" for flag, value in options(hosting))]
    lines = [
        *lead(of, map(variable, names), serving_remarks(of, hosting)),
        "x-copy: &copy",
        f'  image: "{_IMAGE_OF_AMD if amd else _IMAGE}:{_TAG}"',
        "  command:",
        *(f"    - {compose(argument)}" for argument in arguments),
        "  ipc: host",
        "  volumes:",
        "    - ~/.cache/huggingface:/root/.cache/huggingface",
        *(_OF_AMD.splitlines() if amd else []),
        *_HEALTH.splitlines(),
        "  restart: unless-stopped",
        "",
        "services:",
    ]
    for number, gpus in enumerate(devices(hosting)):
        lines += _service(number, gpus, amd=amd)
    return "\n".join(lines) + "\n"


def _service(number: int, gpus: tuple[str, ...], *, amd: bool) -> list[str]:
    """One copy: its port, its GPUs, and the secrets of the one who starts it."""
    numbers = ", ".join(f'"{gpu}"' for gpu in gpus)
    start = [
        f"  copy-{number}:",
        "    <<: *copy",
        "    ports:",
        f'      - "{FIRST_PORT + number}:{FIRST_PORT}"',
        "    environment:",
        "      - HF_TOKEN",
        "      - VLLM_API_KEY",
    ]
    if amd:
        return [*start, f"      - CUDA_VISIBLE_DEVICES={','.join(gpus)}"]
    return [
        *start,
        "    deploy:",
        "      resources:",
        "        reservations:",
        "          devices:",
        "            - driver: nvidia",
        f"              device_ids: [{numbers}]",
        "              capabilities: [gpu]",
    ]
