"""Azure on loopback: the login, and the lists of the management API in their recorded shapes.

Serve it over TLS, with the environment that `settings` returns.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from tests.cloud.azure_bodies import (
    DEPLOYMENTS,
    SCARCE,
    USAGES,
    account_skus,
    capacities,
    gpu_sizes,
    locations,
    models,
    usages,
)
from tests.cloud.azure_crowd import crowd
from tests.cloud.server import Reply, Seen

TENANT = "11111111-2222-3333-4444-555555555555"
CLIENT = "66666666-7777-8888-9999-aaaaaaaaaaaa"
SECRET = "canary-secret-of-azure"  # noqa: S105 - of a cloud that is none
TOKEN = "canary-token-of-azure"  # noqa: S105 - likewise
SUBSCRIPTIONS = {
    "aaaaaaaa-0000-4000-8000-000000000001": "Main",
    "bbbbbbbb-0000-4000-8000-000000000002": "Second Team",
}
REGIONS = ("swedencentral", "eastus2", "westeurope", "japaneast")

Handler = Callable[["AzureCloud", Seen, re.Match[str]], Any]


def settings(url: str, certificate: str) -> dict[str, str]:
    """Return the environment under which the SDK and `planner` talk to a server at `url`."""
    return {
        "PLANNER_AZURE_ENDPOINT": url,
        "AZURE_AUTHORITY_HOST": url,
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": CLIENT,
        "AZURE_CLIENT_SECRET": SECRET,
        "REQUESTS_CA_BUNDLE": certificate,
    }


class AzureCloud:
    """A small world: subscriptions by id and name, AI services in some regions, places in all.

    `page_size` cuts the lists of models into pages; `padding` adds as many models to each region,
    as dense as in recorded lists, to make bodies large.
    """

    def __init__(
        self,
        *,
        subscriptions: dict[str, str] | None = None,
        regions: tuple[str, ...] = REGIONS,
        page_size: int | None = None,
        padding: int = 0,
    ) -> None:
        self.subscriptions = SUBSCRIPTIONS if subscriptions is None else subscriptions
        self.regions = regions
        self.page_size = page_size
        self.padding = padding

    def cloud(self, seen: Seen) -> Reply:
        """Answer one request."""
        for pattern, answer in _LOGIN.items():
            if re.fullmatch(pattern, seen.path):
                return answer(seen)
        if seen.headers.get("authorization") != f"Bearer {TOKEN}":
            return error(401, "AuthenticationFailed")
        for pattern, handler in _LISTS.items():
            if match := re.fullmatch(pattern, seen.path, re.IGNORECASE):
                if match.groupdict().get("sub", "") not in ("", *self.subscriptions):
                    return error(404, "SubscriptionNotFound")
                found = handler(self, seen, match)
                return found if isinstance(found, Reply) else self._paged(seen, found)
        return error(404, "InvalidResourceType")

    def _paged(self, seen: Seen, entries: list[Any]) -> Reply:
        if self.page_size is None:
            return Reply(body={"value": entries})
        start = int(seen.query.get("$skiptoken", "0"))
        body: dict[str, Any] = {"value": entries[start : start + self.page_size]}
        if start + self.page_size < len(entries):
            query = urlencode({**seen.query, "$skiptoken": str(start + self.page_size)})
            body["nextLink"] = f"https://{seen.headers['host']}{seen.path}?{query}"
        return Reply(body=body)


def error(status: int, code: str, message: str = "words of the cloud") -> Reply:
    """Return an error as the management API sends it."""
    return Reply(status=status, body={"error": {"code": code, "message": message}})


def _discovery(seen: Seen) -> Reply:
    root = f"https://{seen.headers['host']}"
    return Reply(
        body={
            "issuer": f"{root}/{TENANT}/v2.0",
            "authorization_endpoint": f"{root}/{TENANT}/oauth2/v2.0/authorize",
            "token_endpoint": f"{root}/{TENANT}/oauth2/v2.0/token",
        }
    )


def _instances(seen: Seen) -> Reply:
    host = seen.headers["host"]
    here = f"https://{host}/{TENANT}/v2.0/.well-known/openid-configuration"
    names = {"preferred_network": host, "preferred_cache": host, "aliases": [host]}
    return Reply(body={"tenant_discovery_endpoint": here, "metadata": [names]})


def _token(seen: Seen) -> Reply:
    if SECRET not in seen.body.decode() or CLIENT not in seen.body.decode():
        words = {"error": "invalid_client", "error_description": "AADSTS7000215: wrong secret"}
        return Reply(status=401, body=words)
    return Reply(body={"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN})


def _subscriptions(cloud: AzureCloud, _seen: Seen, _match: re.Match[str]) -> list[Any]:
    return [
        {
            "id": f"/subscriptions/{identifier}",
            "subscriptionId": identifier,
            "displayName": name,
            "state": "Enabled",
        }
        for identifier, name in cloud.subscriptions.items()
    ]


def _locations(cloud: AzureCloud, _seen: Seen, match: re.Match[str]) -> list[Any]:
    return locations(match["sub"], cloud.regions)


def _skus(cloud: AzureCloud, _seen: Seen, _match: re.Match[str]) -> list[Any]:
    return account_skus(cloud.regions)


def _models(cloud: AzureCloud, _seen: Seen, match: re.Match[str]) -> Any:
    region = match["region"]
    if region not in cloud.regions:
        return error(404, "NoRegisteredProviderFound")
    extra = crowd(match["sub"], region, cloud.padding)
    return models(match["sub"], region, extra)


def _usages(cloud: AzureCloud, _seen: Seen, match: re.Match[str]) -> Any:
    region = match["region"]
    if region not in cloud.regions:
        return error(404, "NoRegisteredProviderFound")
    told = USAGES | SCARCE.get(region, {})
    return usages(told, second=list(cloud.subscriptions).index(match["sub"]) > 0)


def _capacities(cloud: AzureCloud, seen: Seen, _match: re.Match[str]) -> list[Any]:
    asked = {key: seen.query[f"model{key.title()}"] for key in ("format", "name", "version")}
    return capacities(cloud.regions, asked)


def _resources(cloud: AzureCloud, _seen: Seen, match: re.Match[str]) -> list[Any]:
    base = f"/subscriptions/{match['sub']}/resourceGroups/rg"
    region = cloud.regions[0]
    return [
        {
            "id": f"{base}/providers/Microsoft.CognitiveServices/accounts/{name}",
            "name": name,
            "location": region,
            "kind": kind,
            "type": "Microsoft.CognitiveServices/accounts",
        }
        for name, kind in (("assistant", "AIServices"), ("reader", "FormRecognizer"))
    ]


def _deployments(_cloud: AzureCloud, seen: Seen, _match: re.Match[str]) -> list[Any]:
    return [
        {
            "id": f"{seen.path}/{name}",
            "name": name,
            "sku": {"name": sku, "capacity": units},
            "properties": {
                "model": {"format": "OpenAI", "name": model, "version": version},
                "provisioningState": "Succeeded",
            },
        }
        for name, model, version, sku, units in DEPLOYMENTS
    ]


def _gpu_usages(_cloud: AzureCloud, _seen: Seen, _match: re.Match[str]) -> list[Any]:
    names = {
        "cores": ("Total Regional vCPUs", 9, 100),
        "standardDSv3Family": ("Standard DSv3 Family vCPUs", 4, 100),
        "StandardNCADSA100v4Family": ("Standard NCADS_A100_v4 Family vCPUs", 24, 48),
        "standardNDSH100v5Family": ("Standard NDSH100v5 Family vCPUs", 0, 0),
    }
    return [
        {
            "name": {"value": name, "localizedValue": words},
            "currentValue": used,
            "limit": limit,
            "unit": "Count",
        }
        for name, (words, used, limit) in names.items()
    ]


def _gpu_sizes(_cloud: AzureCloud, seen: Seen, _match: re.Match[str]) -> list[Any]:
    match = re.fullmatch(r"location eq '(\w+)'", seen.query.get("$filter", ""))
    return gpu_sizes(match[1]) if match else []


_LOGIN: dict[str, Callable[[Seen], Reply]] = {
    r"/common/discovery/instance": _instances,
    r"/[^/]+/v2\.0/\.well-known/openid-configuration": _discovery,
    r"/[^/]+/oauth2/v2\.0/token": _token,
}
_SUB = r"/subscriptions/(?P<sub>[^/]+)"
_COGNITIVE = _SUB + r"/providers/Microsoft\.CognitiveServices"
_LISTS: dict[str, Handler] = {
    r"/subscriptions": _subscriptions,
    _SUB + r"/locations": _locations,
    _COGNITIVE + r"/skus": _skus,
    _COGNITIVE + r"/accounts": _resources,
    _COGNITIVE + r"/modelCapacities": _capacities,
    _COGNITIVE + r"/locations/(?P<region>[^/]+)/models": _models,
    _COGNITIVE + r"/locations/(?P<region>[^/]+)/usages": _usages,
    _SUB + r"/resourceGroups/[^/]+/providers/Microsoft\.CognitiveServices"
    r"/accounts/[^/]+/deployments": _deployments,
    _SUB + r"/providers/Microsoft\.Compute/locations/(?P<region>[^/]+)/usages": _gpu_usages,
    _SUB + r"/providers/Microsoft\.Compute/skus": _gpu_sizes,
}
