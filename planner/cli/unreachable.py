"""What may stand between planner and a cloud that gives no connection: a proxy, an address."""

import os
from urllib.parse import urlsplit
from urllib.request import getproxies

_LOST = "no connection"
_ADDRESSES = {
    "azure": ("PLANNER_AZURE_ENDPOINT",),
    "bedrock": ("AWS_ENDPOINT_URL_BEDROCK", "AWS_ENDPOINT_URL"),
    "aws": ("AWS_ENDPOINT_URL_EC2", "AWS_ENDPOINT_URL"),
    "gemini": ("GOOGLE_GEMINI_BASE_URL",),
}


def told(error: str, provider: str) -> str:
    """An error, with what to look at where nothing could be reached; hosts alone, no logins."""
    if not error.startswith(_LOST):
        return error
    found = [
        (name, os.environ[name]) for name in _ADDRESSES.get(provider, ()) if os.environ.get(name)
    ]
    proxies = getproxies()
    found += [(f"the {kind} proxy", proxies[kind]) for kind in ("https", "http") if kind in proxies]
    hints = [f"{what} ({host})" for what, url in found[:2] if (host := _host(url))]
    return f"{error}; check {' and '.join(hints) or 'the network'}"


def _host(url: str) -> str:
    try:
        return urlsplit(url if "://" in url else f"//{url}").netloc.rpartition("@")[2]
    except ValueError:
        return ""
