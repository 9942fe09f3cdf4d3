"""Whether AWS can be asked at all."""

import os
from collections.abc import Iterator
from importlib import metadata, util
from pathlib import Path

from planner.collectors import Login
from planner.collectors._aws_errors import LOG_IN, no_profile

INSTALL = "pip install 'cloud-llm-planner[aws]'"


def look_for_login() -> Login:
    """Whether boto3 and credentials are there; nothing is asked over the network."""
    if util.find_spec("boto3") is None:
        return Login(sdk={}, missing_extra="aws", hint=INSTALL)
    sdk = {name: metadata.version(name) for name in ("boto3", "botocore")}
    try:
        kind = next(_credential_kinds(), None)
    except Exception as error:  # noqa: BLE001 - a broken profile is no login
        return Login(sdk=sdk, hint=_broken(error))
    return Login(sdk=sdk, credentials=kind, hint=None if kind else LOG_IN)


def _broken(error: Exception) -> str:
    """What to mend where the SDK cannot even look for credentials."""
    kind = type(error).__name__
    if kind == "ProfileNotFound":
        return no_profile(error)
    if kind.startswith("Config") or isinstance(error, OSError):
        return "the AWS configuration file cannot be read; mend AWS_CONFIG_FILE or that file"
    return LOG_IN


def _credential_kinds() -> Iterator[str]:
    import botocore.session  # type: ignore[import-untyped]  # noqa: PLC0415

    if "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" in os.environ:
        yield "container role"
    core = botocore.session.Session()
    chain = core.get_component("credential_provider")
    for asks_the_network in ("container-role", "iam-role"):
        chain.remove(asks_the_network)
    found = chain.load_credentials()
    if found is not None:
        yield {"env": "environment"}.get(found.method, found.method)
    vendor = Path("/sys/class/dmi/id/sys_vendor")  # an instance's role shows only when asked for
    if vendor.is_file() and "Amazon EC2" in vendor.read_text(errors="replace"):
        yield "instance role, if it has one"
