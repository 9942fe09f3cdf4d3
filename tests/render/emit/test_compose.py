"""Claims about the Compose file, held to the JSON schema of the Compose specification."""

import json
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from planner.core.deployable import Deployable
from planner.render.emit import emit
from tests.deployables import hosted

# The package is a command and never imported: it carries the schema as compose-spec publishes it.
PUBLISHED = distribution("check-jsonschema").locate_file(
    "check_jsonschema/builtin_schemas/vendor/compose-spec.json"
)
SCHEMA = json.loads(Path(str(PUBLISHED)).read_text(encoding="utf-8"))

COPIES = """\
# For the workload support chat: llama-3.3-70b on 3 x Standard_ND96isr_H100_v5 (azure).
# planner wrote this and has not run it. Set VLLM_TAG first.
# On each machine: 2 copies, each on 4 of the 8 NVIDIA H100 SXM.
# Spread the requests over all copies. Export HF_TOKEN where the checkpoint is gated, and
# VLLM_API_KEY, without which a copy answers whoever reaches its port.
# The longest request is the longest that the workload names: raise --max-model-len where
# prompts are longer. Where the publisher has an instruct variant, load that for chat.
x-copy: &copy
  image: "vllm/vllm-openai:${VLLM_TAG:?the release of vLLM to run}"
  command:
    - "meta-llama/Llama-3.3-70B-Instruct"
    - "--tensor-parallel-size=4"
    - "--max-model-len=8192"
    - "--max-num-seqs=64"
    - "--gpu-memory-utilization=0.9"
    - "--quantization=fp8"
    - "--kv-cache-dtype=auto"
  ipc: host
  volumes:
    - ~/.cache/huggingface:/root/.cache/huggingface
  healthcheck:
    test:
      - CMD
      - python3
      - -c
      - import urllib.request; urllib.request.urlopen("http://localhost:8000/health")
    interval: 30s
    timeout: 10s
    retries: 3
    start_period: 60m
  restart: unless-stopped

services:
  copy-0:
    <<: *copy
    ports:
      - "8000:8000"
    environment:
      - HF_TOKEN
      - VLLM_API_KEY
    deploy:
      resources:
        reservations:
          devices:
            - driver: nvidia
              device_ids: ["0", "1", "2", "3"]
              capabilities: [gpu]
  copy-1:
    <<: *copy
    ports:
      - "8001:8000"
    environment:
      - HF_TOKEN
      - VLLM_API_KEY
    deploy:
      resources:
        reservations:
          devices:
            - driver: nvidia
              device_ids: ["4", "5", "6", "7"]
              capabilities: [gpu]
"""


def read(choice: Deployable) -> dict[str, Any]:
    """The file as YAML, held to the specification."""
    parsed: dict[str, Any] = yaml.safe_load(emit("compose", choice))
    jsonschema.validate(parsed, SCHEMA)
    return parsed


def test_each_copy_is_a_service() -> None:
    """Two copies of four GPUs are two services that differ in GPUs and port."""
    assert emit("compose", hosted()) == COPIES


@pytest.mark.parametrize(
    "choice",
    [hosted(), hosted(gpu="AMD MI300X"), hosted(hugging_face=None), hosted(copies=1)],
    ids=["nvidia", "amd", "no checkpoint", "one copy"],
)
def test_the_file_is_one_of_compose(choice: Deployable) -> None:
    """Its services are the copies, each with image, command and health check."""
    services = read(choice)["services"]
    assert list(services) == ["copy-0", "copy-1"][: len(services)]
    assert all(
        {"image", "command", "healthcheck", "ports"} <= one.keys() for one in services.values()
    )


def test_a_copy_reserves_its_gpus() -> None:
    """The second of two copies takes the second four GPUs of NVIDIA's driver."""
    second = read(hosted())["services"]["copy-1"]
    assert second["deploy"]["resources"]["reservations"]["devices"] == [
        {"driver": "nvidia", "device_ids": ["4", "5", "6", "7"], "capabilities": ["gpu"]}
    ]
    assert second["ports"] == ["8001:8000"]


def test_gpus_of_amd_are_devices_of_the_machine() -> None:
    """The image is another, the devices are mounted, and a variable tells the copy its GPUs."""
    second = read(hosted(gpu="AMD MI300X"))["services"]["copy-1"]
    assert second["image"].startswith("vllm/vllm-openai-rocm:")
    assert second["devices"] == ["/dev/kfd", "/dev/dri"]
    assert "CUDA_VISIBLE_DEVICES=4,5,6,7" in second["environment"]
    assert "deploy" not in second


def test_no_release_is_invented() -> None:
    """The tag is a variable, and Compose stops while it is not set."""
    image = read(hosted())["services"]["copy-0"]["image"]
    assert image == "vllm/vllm-openai:${VLLM_TAG:?the release of vLLM to run}"


def test_secrets_come_from_whoever_starts_it() -> None:
    """Tokens are passed on by name, without a value in the file."""
    copy = read(hosted())["services"]["copy-0"]
    assert copy["environment"] == ["HF_TOKEN", "VLLM_API_KEY"]


def test_an_unknown_checkpoint_is_a_variable() -> None:
    """Compose asks for it by name."""
    command = read(hosted(hugging_face=None))["services"]["copy-0"]["command"]
    assert command[0] == "${MODEL:?the checkpoint to load, by its Hugging Face id}"
