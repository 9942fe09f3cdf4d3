"""What answers at an address: where its API begins, which models it serves, which engine it is."""

import asyncio
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from planner.errors import PlannerError
from planner.probe.answers import TroubleError
from planner.probe.ask import ServerAsk
from planner.probe.stream import check, read, troubles

if TYPE_CHECKING:
    import aiohttp

_MOST_BYTES = 4 * 2**20
_SIDE_SECONDS = 5.0
_MISSING = (404, 405, 501)
_DENIED = (401, 403)
_MOST_NAMES, _NAME = 8, 80  # that an error lists, and characters of each

# Where an engine tells its version, and under which key.
_VERSIONS = {
    "vllm": ("/version", "version"),
    "sglang": ("/get_server_info", "version"),
    "tgi": ("/info", "version"),
    "llamacpp": ("/props", "build_info"),
}
# Pages that one engine alone has, and a part of them that shows it.
_FINGERPRINTS = (
    ("tgi", "/info", "max_concurrent_requests"),
    ("llamacpp", "/props", "default_generation_settings"),
    ("sglang", "/get_server_info", "mem_fraction_static"),
)
_TRANSFORMERS = {"/load_model", "/reset"}  # paths of `transformers serve`


class Model(msgspec.Struct, frozen=True):
    """An entry of a server's list of models."""

    id: str
    owned_by: Any = None


class _Models(msgspec.Struct):
    data: list[Model]


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """A server: its API's `base` address, the `model` to ask for, what runs it, None if unknown.

    `doubt` says in words where it does not look like what the call says that it is.
    """

    base: str
    model: str
    engine: str | None = None
    version: str | None = None
    doubt: str | None = None


async def find(session: "aiohttp.ClientSession", ask: ServerAsk) -> Served:
    """Find out what a server is. Raises PlannerError."""
    base, models, headers = await _models(session, ask)
    model = choose(models, ask)
    owner = next((entry.owned_by for entry in models if entry.id == model), None)
    root = base.removesuffix("/v1")
    found = engine_of(owner, headers) or await _fingerprint(session, root, ask)
    engine = ask.engine or found
    version = await _version(session, root, engine, ask)
    doubt = f"the server looks like {found}, not {engine}" if found not in (engine, None) else None
    return Served(base=base, model=model, engine=engine, version=version, doubt=doubt)


def choose(models: list[Model], ask: ServerAsk) -> str:
    """The server's name of the model to ask for. Raises PlannerError where it is not plain."""
    names = [entry.id for entry in models]
    if ask.served_as is not None:
        return ask.served_as
    same = [name for name in names if ask.model and name.casefold() == ask.model.casefold()]
    if same or len(names) == 1:
        return (same or names)[0]
    if not names and ask.model is not None:
        return ask.model
    if not names:
        raise PlannerError(f"{ask.place} lists no models; give the name of one with --model")
    some = ", ".join(name[:_NAME] for name in names[:_MOST_NAMES])
    some += ", ..." if len(names) > _MOST_NAMES else ""
    if ask.model is None:
        raise PlannerError(f"{ask.place} serves {some}; give --model with one of them")
    raise PlannerError(f"{ask.place} serves {some}, not {ask.model}; name one with --served-as")


def engine_of(owner: Any, headers: Mapping[str, str]) -> str | None:
    """The engine by who owns its model or by the server's own header; None where both are mute."""
    told = f"{owner} {headers.get('Server', '')}".casefold()
    found = re.search(r"\b(vllm|sglang|llama\.?cpp|text-generation-inference)\b", told)
    if found is None:
        return None
    return {"llama.cpp": "llamacpp", "text-generation-inference": "tgi"}.get(found[1], found[1])


async def _models(
    session: "aiohttp.ClientSession", ask: ServerAsk
) -> tuple[str, list[Model], Mapping[str, str]]:
    """Where the API begins, its models (none where it keeps no list), and the headers."""
    bases = [ask.base] if ask.base.endswith("/v1") else [f"{ask.base}/v1", ask.base]
    trouble = TroubleError("")
    for base in bases:
        try:
            body, headers = await _get(session, f"{base}/models{ask.query}", ask.timeout_seconds)
            return base, msgspec.json.decode(body, type=_Models).data, headers
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            trouble = TroubleError("garbage", "its list of models is none")
        except TroubleError as error:
            trouble = error
            if error.status not in _MISSING:
                break
    mute = trouble.status in _MISSING or trouble.word == "garbage"
    if mute and (ask.served_as or ask.model):
        return bases[0], [], {}
    if trouble.status in _MISSING:
        raise PlannerError(f"{ask.place} has no list of models; give the name of one with --model")
    raise failure(ask, trouble)


async def _fingerprint(session: "aiohttp.ClientSession", root: str, ask: ServerAsk) -> str | None:
    for engine, path, part in _FINGERPRINTS:
        if part in await _page(session, f"{root}{path}{ask.query}"):
            return engine
    paths = (await _page(session, f"{root}/openapi.json{ask.query}")).get("paths")
    known = isinstance(paths, dict) and paths.keys() >= _TRANSFORMERS
    return "transformers" if known else None


async def _version(
    session: "aiohttp.ClientSession", root: str, engine: str | None, ask: ServerAsk
) -> str | None:
    path, key = _VERSIONS.get(engine or "", ("", ""))
    told = (await _page(session, f"{root}{path}{ask.query}")).get(key) if path else None
    return told[:80] if isinstance(told, str) and told.isprintable() else None


async def _page(session: "aiohttp.ClientSession", url: str) -> dict[str, Any]:
    """A side page's JSON object; empty where there is none."""
    try:
        body, _ = await _get(session, url, _SIDE_SECONDS)
        return msgspec.json.decode(body, type=dict[str, Any])
    except (TroubleError, msgspec.DecodeError, UnicodeError, RecursionError):
        return {}


async def _get(
    session: "aiohttp.ClientSession", url: str, seconds: float
) -> tuple[bytes, Mapping[str, str]]:
    async with (
        troubles(),
        asyncio.timeout(seconds),
        session.get(url, allow_redirects=False) as response,
    ):
        await check(response)
        return await read(response, _MOST_BYTES), response.headers


# What goes wrong inside of a server that speaks as it should.
_ITS_OWN = ("error in the stream", "error answer", "cut off", "aborted", "connection lost")
_STEPS = dict.fromkeys(_ITS_OWN, "look at its log") | {
    "no connection": "start it, or give another address"
}


def failure(ask: ServerAsk, trouble: TroubleError) -> PlannerError:
    """The error that ends a probe: what the server did, and the next step."""
    detail = trouble.detail
    for secret in ask.secrets:
        detail = detail.replace(secret, "***")
    what = f"{trouble.word}: {detail}" if detail else trouble.word
    return PlannerError(f"{ask.place} fails ({what}); {_next_step(trouble, ask)}")


def _next_step(trouble: TroubleError, ask: ServerAsk) -> str:
    if trouble.status in _DENIED:
        return "set PLANNER_PROBE_API_KEY to a key that it takes"
    if trouble.word == "timed out":
        return f"it had {ask.timeout_seconds:g} s; give more with --timeout, or look at its log"
    if trouble.word in _STEPS:
        return _STEPS[trouble.word]
    if trouble.status is not None and trouble.status < 400:  # noqa: PLR2004 - a redirect
        return "give the address that it leads to"
    if trouble.status is not None and trouble.status not in (404, 405, 501):
        return "give what it asks for, or look at its log"
    return "give the address of an OpenAI-compatible server"
