"""Claims about `planner collect` with every collector: real SDKs against the stand-in clouds."""

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from planner.files.snapshots import list_snapshots
from tests.cli.clouds import PROVIDERS, Clouds, clouds
from tests.cli.conftest import Call, Outcome
from tests.cloud.aws import asks
from tests.cloud.aws_bodies import BOUGHT
from tests.cloud.faults import spoil
from tests.cloud.server import Fault, Reply

__all__ = ["clouds"]


def by_provider(outcome: Outcome) -> dict[str, Any]:
    """The collections of an answer."""
    return {c["provider"]: c for c in outcome.json["collections"]}


@pytest.mark.usefixtures("clouds")
def test_all_clouds_land_and_the_commands_know_the_accounts(planner: Call, elsewhere: Path) -> None:
    """A snapshot of each; then `regions`, `quotas` and `deployments` tell what is used and free."""
    done = planner("collect", "--json")
    assert (done.code, sorted(by_provider(done))) == (0, list(PROVIDERS))
    assert sorted(list_snapshots(elsewhere / "snapshots")) == list(PROVIDERS)
    jsonschema.validate(done.json, planner("schema", "collect").json)
    places = planner("regions", "claude-sonnet-4-5", "--json").json["regions"]
    known = {(e["region"], e["availability"], e["free_tokens_per_minute"]) for e in places}
    assert ("us-east-1", "available", 200_000) in known
    assert ("us-east-2", "not_enabled", None) in known
    quotas = planner("quotas", "--json")
    jsonschema.validate(quotas.json, planner("schema", "quotas").json)
    assert {q["provider"] for q in quotas.json["quotas"]} == {"aws", "azure", "bedrock"}
    here = ("--provider", "bedrock", "--region", "us-east-1")
    unmapped = planner("quotas", *here, "--unmapped", "--json").json["quotas"]
    assert [q["name"] for q in unmapped] == ["L-F1613626"]
    deployments = planner("deployments", "--json").json["deployments"]
    assert {d["provider"] for d in deployments} == {"azure", "bedrock"}


@pytest.mark.usefixtures("clouds")
def test_what_the_quota_lacks_is_said_with_both_numbers(planner: Call) -> None:
    """Above the free quota an offer is rejected, and what comes nearest is named."""
    planner("collect", "bedrock", "--quiet")
    done = planner("regions", "claude-sonnet-4-5", "--tokens-per-minute", "300k", "--json")
    told = {
        e["region"]: e["reasons"]
        for e in done.json["rejected"]
        if e["free_tokens_per_minute"] is not None
    }
    assert told["us-east-1"][0] == "200,000 tokens per minute free, asked for 300,000"
    fits = planner("regions", "claude-sonnet-4-5", "--tokens-per-minute", "200k", "--json")
    assert fits.json["recommended"]["free_tokens_per_minute"] == 200_000


@pytest.mark.usefixtures("clouds")
def test_azures_free_tokens_are_units_times_tokens_a_unit(planner: Call) -> None:
    """Of the account that has the most: its limit less its use, in thousands."""
    planner("collect", "azure", "--quiet")
    entries = planner("regions", "gpt-4.1", "--provider", "azure", "--json").json["regions"]
    known = [e for e in entries if e["quota"] and e["tokens_per_minute_per_unit"]]
    assert known
    for entry in known:
        most = max(max(0, q["limit"] - q["used"]) for q in entry["quota"])
        assert entry["free_tokens_per_minute"] == most * entry["tokens_per_minute_per_unit"]


@pytest.mark.parametrize("lost", ["azure", "bedrock", "gemini"])
def test_a_refused_login_stops_its_provider_alone(planner: Call, clouds: Clouds, lost: str) -> None:
    """401 everywhere in one cloud: it is denied, the others land, exit 3 names the login."""
    clouds.servers[lost].faults.append(Fault(matches=lambda _: True, reply=_refused(lost)))
    done = planner("collect", "--json")
    assert done.code == 3
    found = by_provider(done)
    hit = {"aws", "bedrock"} if lost == "bedrock" else {lost}
    assert {p for p in PROVIDERS if found[p]["snapshot"] is None} == hit
    for provider in hit:
        [entry] = found[provider]["coverage"]
        assert entry["status"] == "denied"
        assert re.search(r"az login|aws sso login|set GEMINI_API_KEY", entry["error"])


def _refused(provider: str) -> Reply:
    if provider == "bedrock":
        return Reply(
            status=403,
            body=b"<ErrorResponse><Error><Code>ExpiredToken</Code></Error></ErrorResponse>",
        )
    told = {"error": {"code": "ExpiredAuthenticationToken", "status": "UNAUTHENTICATED"}}
    return Reply(status=401, body=told | {"error_description": "AADSTS700082"})


@pytest.mark.parametrize("fault", [None, "forbidden"])
def test_no_canary_stands_anywhere(
    planner: Call, clouds: Clouds, elsewhere: Path, fault: str | None
) -> None:
    """No secret, key, token, subscription, account id or ARN: on no stream, in no file or format.

    Be it a good day or a bad one, and however much is asked to be said.
    """
    one_of_each = [f"--region={name}" for name in ("swedencentral", "us-east-1", "global")]
    if fault is not None:
        for provider in ("azure", "bedrock", "gemini"):
            spoil(clouds.servers[provider], fault)
    texts = []
    for arguments in (
        ["collect", *one_of_each, "--verbose"],
        ["collect", *one_of_each, "--json"],
        ["quotas", "--format", "csv"],
        ["deployments", "--format", "markdown"],
        ["regions", "gpt-4.1", "--json"],
        ["doctor", "--online", "--json"],
    ):
        done = planner(*arguments)
        texts += [done.out, done.err]
    files = [p.read_text(encoding="utf-8") for p in elsewhere.rglob("*") if p.is_file()]
    assert bool(files) is (fault is None)
    texts += files
    assert clouds.leaks(*texts) == []
    assert not [t for t in texts if re.search(r"\barn:aws|Bearer ", t)]


def test_hostile_names_of_a_cloud_are_inert(planner: Call, clouds: Clouds) -> None:
    """Escapes, markup, formulas and paths in a model's name reach no terminal and no path."""
    names = ("evil\x1b[31m[red]\n=1+1|x", "../../evil", "=evil")
    body = {"models": [{"name": f"models/{name}", "version": "1"} for name in names]}
    clouds.servers["gemini"].faults.append(
        Fault(matches=lambda seen: seen.path.endswith("/models"), reply=Reply(body=body))
    )
    done = planner("collect", "gemini", "--json")
    assert (done.code, by_provider(done)["gemini"]["offers"]) == (0, 3)
    for format_ in ("table", "csv", "markdown", "json"):
        shown = planner("offers", "--provider", "gemini", "--format", format_).out
        assert "evil" in shown
        assert "\x1b" not in shown
        assert format_ == "table" or "\n=" not in shown
    assert [p.name for p in Path("snapshots").iterdir()] == ["gemini"]


def test_ids_inside_of_names_give_way_to_the_alias(
    planner: Call, clouds: Clouds, elsewhere: Path
) -> None:
    """A model that is named by its ARN, a throughput and a deployment by their account's id.

    What stands in no account (a profile's id, a meter's) stays as the cloud writes it.
    """
    aws, subscription = "111122223333", "aaaaaaaa-0000-4000-8000-000000000001"
    custom = f"arn:aws:bedrock:us-east-1:{aws}:custom-model/abc"
    models = [{"modelId": custom, "inferenceTypesSupported": ["ON_DEMAND"]}]
    bought = [BOUGHT[0] | {"provisionedModelName": f"pt-{aws}"}]
    for path, body in (
        ("/foundation-models", {"modelSummaries": models}),
        ("/provisioned-model-throughputs", {"provisionedModelSummaries": bought}),
    ):
        clouds.servers["bedrock"].faults.append(
            Fault(matches=asks(path, "us-east-1"), reply=Reply(body=body))
        )
    deployed = {"name": subscription.upper(), "sku": {"name": "Standard", "capacity": 1}}
    clouds.servers["azure"].faults.append(
        Fault(
            matches=lambda seen: seen.path.lower().endswith("/deployments"),
            reply=Reply(body={"value": [deployed | {"properties": {"model": {"name": "gpt-4o"}}}]}),
        )
    )
    assert planner("collect", "bedrock", "azure").code == 0
    text = "".join(p.read_text() for p in (elsewhere / "snapshots").rglob("*.jsonl"))
    assert not re.search(rf"{aws}|{subscription}|arn:", text, re.IGNORECASE)
    offers = planner("offers", "--provider", "bedrock", "--json").json["offers"]
    spelled = {o["provider_model"] for o in offers if o["region"] == "us-east-1"}
    assert "custom-model/abc" in spelled
    assert "us.anthropic.claude-sonnet-4-5-20250929-v1:0" in spelled
    names = {d["name"] for d in planner("deployments", "--json").json["deployments"]}
    assert names == {"pt-aws-aeb2", "main-849d"}
