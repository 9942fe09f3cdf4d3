"""The stand-ins of all clouds, each with what leads to it: for tests and for `python -m`."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import msgspec

from tests.cloud import aws, azure, gemini
from tests.cloud.server import Server, serving
from tests.cloud.tls import make_certificate


class StandIn(msgspec.Struct, frozen=True, kw_only=True):
    """A running stand-in: its servers, the environment that leads there, what must not leak.

    `unset` are the variables that would lead elsewhere.
    """

    servers: tuple[Server, ...]
    environment: dict[str, str]
    unset: tuple[str, ...] = ()
    secrets: tuple[str, ...]


@contextmanager
def _aws(_: Path) -> Iterator[StandIn]:
    secret = "stand-in-secret-key"  # noqa: S105 - of the stand-in alone
    with serving(aws.AwsCloud().cloud) as server:
        yield StandIn(
            servers=(server,),
            environment={
                "AWS_ENDPOINT_URL": server.url,
                "AWS_ACCESS_KEY_ID": aws.FIRST_KEY,
                "AWS_SECRET_ACCESS_KEY": secret,
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            },
            unset=("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"),
            secrets=(aws.FIRST_KEY, secret, *aws.ACCOUNTS.values()),
        )


@contextmanager
def _azure(folder: Path) -> Iterator[StandIn]:
    certificate, key = make_certificate(folder)
    with serving(azure.AzureCloud().cloud, (certificate, key)) as server:
        yield StandIn(
            servers=(server,),
            environment=azure.settings(server.url, str(certificate)),
            unset=("AZURE_SUBSCRIPTION_ID", "AZURE_TOKEN_CREDENTIALS"),
            secrets=(azure.SECRET, azure.TOKEN, azure.CLIENT, azure.TENANT, *azure.SUBSCRIPTIONS),
        )


@contextmanager
def _gemini(_: Path) -> Iterator[StandIn]:
    with serving(gemini.GeminiCloud().cloud) as server:
        yield StandIn(
            servers=(server,),
            environment=gemini.environment(server.url),
            unset=("GOOGLE_API_KEY",),
            secrets=(gemini.KEY,),
        )


# By provider; the folder is for certificates. GPU machines and models of AWS are one cloud.
STAND_INS: dict[str, Callable[[Path], AbstractContextManager[StandIn]]] = {
    "aws": _aws,
    "azure": _azure,
    "bedrock": _aws,
    "gemini": _gemini,
}
