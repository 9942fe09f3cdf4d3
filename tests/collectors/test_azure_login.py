"""Claims about logging in to Azure: what is refused, what stops a run, and what is told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from planner.collectors.azure import AzureCollector
from planner.core.snapshots import Status
from tests.cloud.azure import AzureCloud
from tests.cloud.azure import error as refusal
from tests.cloud.server import Reply, Server, serving
from tests.collectors.azure_calls import MAIN, NAMES, ask, asked, certificate, fault, start

__all__ = ["certificate", "start"]


def test_a_wrong_secret_stops_at_the_door(start: Callable[..., Server]) -> None:
    """One piece says so and how to log in; the management API is not asked at all."""
    server = start()
    denied = {"error": "invalid_client", "error_description": "AADSTS7000215: no"}
    fault(server, "/token", Reply(status=401, body=denied))
    pieces, harvest = ask()
    assert [(p.what, p.status) for p in pieces] == [("login", Status.DENIED)]
    assert pieces[0].error == (
        "no login (AADSTS7000215); run az login, "
        "or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"
    )
    assert asked(server, "/skus") == 0
    (entry,) = harvest.coverage
    assert set(entry.kinds) == {"offer", "meter", "quota", "deployment", "capacity"}


@pytest.mark.parametrize(
    ("part", "reply", "error"),
    [
        ("/token", Reply(status=500), "the login server answers HTTP 500; try later"),
        ("/token", Reply(body={}), "the login server gives no token"),
        ("/token", Reply(body=b"<html>login</html>"), "the login server gives no token"),
    ],
)
def test_a_login_server_in_trouble_is_no_missing_login(
    start: Callable[..., Server], part: str, reply: Reply, error: str
) -> None:
    """What it answers is named, and no login command."""
    fault(start(), part, reply)
    [piece] = ask()[0]
    assert (piece.status, str(piece.error)[: len(error)]) == (Status.FAILED, error)
    assert "az login" not in str(piece.error)


def test_a_tenant_that_the_login_server_does_not_know_is_no_login(
    start: Callable[..., Server],
) -> None:
    """The settings to check stand before the login command."""
    fault(start(), "openid-configuration", Reply(status=404))
    [piece] = ask()[0]
    assert (piece.status, str(piece.error)[:41]) == (
        Status.DENIED,
        "the login server does not know the tenant",
    )


@pytest.mark.parametrize("bundle", ["/nonexistent.pem", __file__])
def test_a_bundle_that_is_none_is_named(
    start: Callable[..., Server], monkeypatch: pytest.MonkeyPatch, bundle: str
) -> None:
    """Whether it is not there or holds no certificate."""
    start()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
    [piece] = ask()[0]
    assert piece.error == "REQUESTS_CA_BUNDLE names no file of certificates; mend it or unset it"


def test_an_expired_login_stops_the_run(start: Callable[..., Server]) -> None:
    """The first 401 of the management API ends it, with the login command."""
    server = start()
    fault(server, "swedencentral/models", refusal(401, "ExpiredAuthenticationToken"))
    pieces, _ = ask()
    last = pieces[-1]
    assert (last.what, last.region, last.status) == ("login", None, Status.DENIED)
    assert last.error is not None
    assert "az login" in last.error
    assert asked(server, "swedencentral/models") == 1


def test_a_subscription_of_another_tenant_is_denied_alone(start: Callable[..., Server]) -> None:
    """Its 401 is no end of the login: the others go on."""
    server = start()
    for part in (f"{MAIN}/locations", f"{MAIN}/providers/Microsoft.CognitiveServices/skus"):
        fault(server, part, refusal(401, "InvalidAuthenticationTokenTenant"))
    _, harvest = ask(accounts=(), regions=())
    lost = [e for e in harvest.coverage if e.account == "main" and "meter" in e.kinds]
    assert [(e.region, e.status) for e in lost] == [(None, Status.DENIED)]
    read = [e for e in harvest.coverage if e.account == "second-team" and "meter" in e.kinds]
    assert {e.status for e in read} == {Status.OK}
    assert len(read) == 4


def test_an_untrusted_certificate_says_how_to_trust_it(
    start: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable that names a certificate authority stands in the message."""
    start()
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    pieces, _ = ask()
    assert [(p.what, p.status) for p in pieces] == [("login", Status.FAILED)]
    assert pieces[0].error is not None
    assert "REQUESTS_CA_BUNDLE" in pieces[0].error


def test_tokens_are_not_sent_in_the_clear(
    start: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An endpoint without TLS is refused before anything is sent."""
    start()
    with serving(AzureCloud().cloud) as plain:
        monkeypatch.setenv("PLANNER_AZURE_ENDPOINT", plain.url)
        pieces, _ = ask()
        assert plain.seen == []
    assert [(p.what, p.status) for p in pieces] == [("login", Status.FAILED)]


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({}, None),
        ({"AZURE_CLIENT_SECRET": "x"}, "environment (client secret)"),
        ({"AZURE_CLIENT_CERTIFICATE_PATH": "x"}, "environment (certificate)"),
        ({"AZURE_FEDERATED_TOKEN_FILE": "x"}, "workload identity"),
        ({"IDENTITY_ENDPOINT": "x"}, "managed identity"),
        ({"AZURE_TOKEN_CREDENTIALS": "AzureCliCredential"}, "AzureCliCredential"),
    ],
)
def test_login_names_the_kind_of_credential(
    given: dict[str, str], kind: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The kind, never the secret; without any, the login command."""
    for name in (*NAMES, "AZURE_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AZURE_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("AZURE_TENANT_ID", "x")
    monkeypatch.setenv("AZURE_CLIENT_ID", "x")
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    login = AzureCollector().login()
    assert login.credentials == kind
    assert login.missing_extra is None
    assert set(login.sdk) == {"azure-identity", "azure-mgmt-core", "azure-core"}
    assert (login.hint is None) is (kind is not None)
