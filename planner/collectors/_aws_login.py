"""Whether AWS can be asked at all."""

import os
from collections.abc import Iterator
from importlib import metadata, util
from pathlib import Path

from planner.collectors import Login
from planner.collectors._aws_errors import LOG_IN

INSTALL = "pip install 'cloud-llm-planner[aws]'"


def look_for_login() -> Login:
    """Whether boto3 and credentials are there; nothing is asked over the network."""
    if util.find_spec("boto3") is None:
        return Login(sdk={}, missing_extra="aws", hint=INSTALL)
    sdk = {name: metadata.version(name) for name in ("boto3", "botocore")}
    kind = next(_credential_kinds(), None)
    return Login(sdk=sdk, credentials=kind, hint=None if kind else LOG_IN)


def _credential_kinds() -> Iterator[str]:
    import botocore.session  # type: ignore[import-untyped]  # noqa: PLC0415

    if "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" in os.environ:
        yield "container role"
    core = botocore.session.Session()
    try:
        chain = core.get_component("credential_provider")
        for asks_the_network in ("container-role", "iam-role"):
            chain.remove(asks_the_network)
        found = chain.load_credentials()
    except Exception:  # noqa: BLE001 - a broken profile is no login
        found = None
    if found is not None:
        yield {"env": "environment"}.get(found.method, found.method)
    vendor = Path("/sys/class/dmi/id/sys_vendor")  # an instance's role shows only when asked for
    if vendor.is_file() and "Amazon EC2" in vendor.read_text(errors="replace"):
        yield "instance role, if it has one"
