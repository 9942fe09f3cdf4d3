"""Azure's SDK: whether it is there, which login it will use, and a client that is logged in."""

import logging
import os
import shutil
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from planner.collectors._azure_errors import TroubleError, connection_trouble, no_login
from planner.core.snapshots import Status

PUBLIC = "https://management.azure.com"
_SCOPES = {
    # Resource Manager's audience where it is not the endpoint itself (azure-mgmt-core 1.6.0).
    "management.usgovcloudapi.net": "https://management.core.usgovcloudapi.net/.default",
}
_KNOWN = {
    "management.azure.com": None,
    "management.usgovcloudapi.net": "login.microsoftonline.us",
    "management.chinacloudapi.cn": "login.chinacloudapi.cn",
}
"""Resource Manager of the public clouds, and where its users log in if not by default."""

_PACKAGES = ("azure-identity", "azure-mgmt-core", "azure-core")
_SECONDS = 10  # for one connection to a login server

# The SDK's warnings hold tenants and addresses; without a handler Python prints them to stderr.
logging.getLogger("azure").addHandler(logging.NullHandler())


def sdk_versions() -> dict[str, str]:
    """Return the versions of the SDK's packages that are installed."""
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def credential_kind() -> str | None:
    """Return which login DefaultAzureCredential finds first, as far as this machine tells."""
    have = os.environ.get
    chosen = (have("AZURE_TOKEN_CREDENTIALS") or "").strip()
    if chosen and chosen.lower() not in ("dev", "prod"):
        return chosen
    principal = have("AZURE_TENANT_ID") and have("AZURE_CLIENT_ID")
    settings = Path(have("AZURE_CONFIG_DIR") or Path.home() / ".azure")
    signs = {
        "environment (client secret)": principal and have("AZURE_CLIENT_SECRET"),
        "environment (certificate)": principal and have("AZURE_CLIENT_CERTIFICATE_PATH"),
        "workload identity": principal and have("AZURE_FEDERATED_TOKEN_FILE"),
        "managed identity": have("IDENTITY_ENDPOINT") or have("MSI_ENDPOINT"),
        "Azure CLI": shutil.which("az") and (settings / "azureProfile.json").is_file(),
        "Azure Developer CLI": shutil.which("azd") and (Path.home() / ".azd" / "auth").is_dir(),
    }
    return next((kind for kind, sign in signs.items() if sign), None)


def endpoint() -> str:
    """Return the address of Resource Manager, PLANNER_AZURE_ENDPOINT or the public cloud's."""
    return (os.environ.get("PLANNER_AZURE_ENDPOINT") or PUBLIC).rstrip("/")


def connect(address: str, concurrency: int) -> tuple[Any, Any]:
    """Return the SDK's client for an endpoint, and the credential whose token it has in hand.

    Both have connections to close. Raises TroubleError: no login, an unreachable login server, an
    address that is none.
    """
    from azure.core.pipeline import policies  # noqa: PLC0415 - the SDK loads on use
    from azure.core.pipeline.transport import RequestsTransport  # noqa: PLC0415
    from azure.mgmt.core import ARMPipelineClient  # noqa: PLC0415
    from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy  # noqa: PLC0415

    host = _host(address)
    scope = _SCOPES.get(host, f"{address}/.default")
    credential = _credential(host, scope)
    transport = RequestsTransport()
    transport.open()
    # The pool keeps one connection for each request that can be under way.
    transport.session.get_adapter(address).init_poolmanager(1, max(1, concurrency))
    client: Any = ARMPipelineClient(
        address,
        transport=transport,
        policies=[
            policies.RequestIdPolicy(),
            policies.HeadersPolicy(),
            policies.UserAgentPolicy(base_user_agent="cloud-llm-planner"),
            policies.ProxyPolicy(),
            ARMChallengeAuthenticationPolicy(credential, scope),
            policies.SensitiveHeaderCleanupPolicy(),
        ],
    )
    return client, credential


def _host(address: str) -> str:
    try:
        parts = urlsplit(address)
        good = parts.scheme == "https" and parts.hostname and not parts.username
        _ = parts.port
    except ValueError:
        good = False
    if not good:
        hint = "PLANNER_AZURE_ENDPOINT is no https address; tokens are not sent there"
        raise TroubleError(Status.FAILED, hint, stops=True)
    return parts.hostname or ""


def _credential(host: str, scope: str) -> Any:
    """Return a credential that has fetched its first token."""
    from azure.core.exceptions import AzureError  # noqa: PLC0415 - the SDK loads on use
    from azure.identity import DefaultAzureCredential  # noqa: PLC0415

    options: dict[str, Any] = {"connection_timeout": _SECONDS, "read_timeout": _SECONDS}
    authority = os.environ.get("AZURE_AUTHORITY_HOST") or _KNOWN.get(host)
    if authority:
        options["authority"] = authority
    if host not in _KNOWN:
        options["disable_instance_discovery"] = True
    try:
        credential = DefaultAzureCredential(retry_total=2, **options)
        try:
            credential.get_token(scope)
        except BaseException:
            credential.close()
            raise
    except AzureError as error:
        trouble = connection_trouble(error)
        raise trouble if isinstance(trouble, TroubleError) else no_login("no login") from error
    except ValueError as error:
        # The SDK's word for settings that cannot be: a tenant with blanks, an unknown credential.
        raise no_login("the login's settings are malformed") from error
    return credential
