"""A stand-in of the Gemini API: keys, pages, and bodies in the shape of the real models list."""

import base64
from collections.abc import Collection, Sequence
from typing import Any

from tests.cloud.server import Reply, Seen

KEY = "stand-in-gemini-key"

CHAT = ("generateContent", "countTokens", "createCachedContent", "batchGenerateContent")


def model(name: str = "gemini-2.5-flash", **fields: Any) -> dict[str, Any]:
    """An entry of the list; a field given as None is left out, as the API leaves out many."""
    usual: dict[str, Any] = {
        "name": f"models/{name}",
        "version": "001",
        "displayName": name.replace("-", " ").title(),
        "description": "A model of the stand-in cloud.",
        "inputTokenLimit": 1048576,
        "outputTokenLimit": 65536,
        "supportedGenerationMethods": list(CHAT),
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
        "thinking": True,
    }
    return {key: value for key, value in (usual | fields).items() if value is not None}


def embedding(name: str = "gemini-embedding-001") -> dict[str, Any]:
    """An entry without sampling settings: a model for embeddings."""
    methods = ["embedContent", "countTextTokens", "countTokens", "asyncBatchEmbedContent"]
    settings = dict.fromkeys(("temperature", "topP", "topK", "maxTemperature", "thinking"))
    limits = {"inputTokenLimit": 2048, "outputTokenLimit": 1}
    return model(name, supportedGenerationMethods=methods, **limits, **settings)


WORLD = (
    model("gemini-2.5-flash"),
    model("gemini-2.5-pro", version="2.5"),
    model("gemini-2.0-flash", version="2.0", outputTokenLimit=8192, topK=40, thinking=None),
    model("gemini-2.0-flash-001", version="2.0", outputTokenLimit=8192, topK=40, thinking=None),
    model("gemini-3-pro-preview", version="3-pro-preview-11-2025"),
    model("gemini-2.5-flash-image", version="2.0", inputTokenLimit=32768, thinking=None),
    model(
        "gemma-3-27b-it",
        inputTokenLimit=131072,
        outputTokenLimit=8192,
        supportedGenerationMethods=["generateContent", "countTokens"],
        maxTemperature=None,
        thinking=None,
    ),
    embedding(),
    model(
        "imagen-4.0-generate-001",
        inputTokenLimit=480,
        outputTokenLimit=8192,
        supportedGenerationMethods=["predict"],
        **dict.fromkeys(("temperature", "topP", "topK", "maxTemperature", "thinking")),
    ),
)


class GeminiCloud:
    """Answers `GET /v1beta/models`, in pages of at most `page_most`, to who shows one of `keys`.

    `/v1/models` knows no previews, as the real one. Each page's token is good for that page alone.
    """

    def __init__(
        self,
        models: Sequence[dict[str, Any]] = WORLD,
        keys: Collection[str] = (KEY,),
        page_most: int = 1000,
    ) -> None:
        self.models = list(models)
        self.keys = set(keys)
        self.page_most = page_most

    def cloud(self, seen: Seen) -> Reply:
        """The reply to a request."""
        key = seen.headers.get("x-goog-api-key") or seen.query.get("key")
        if key is None:
            return error(403, "PERMISSION_DENIED", "The request has no API key.")
        if key not in self.keys:
            return bad_key()
        if seen.method != "GET" or seen.path not in {"/v1beta/models", "/v1/models"}:
            return error(404, "NOT_FOUND", f"There is no {seen.method} {seen.path}.")
        models = self.models
        if seen.path == "/v1/models":
            models = [entry for entry in models if "preview" not in str(entry.get("name"))]
        return self._page(models, seen.query)

    def _page(self, models: list[dict[str, Any]], query: dict[str, str]) -> Reply:
        try:
            size = min(int(query.get("pageSize") or 50), self.page_most)
            start = _position(query["pageToken"]) if query.get("pageToken") else 0
        except ValueError:
            return error(400, "INVALID_ARGUMENT", "The page size or token is malformed.")
        body: dict[str, Any] = {"models": models[start : start + size]}
        if start + size < len(models):
            body["nextPageToken"] = base64.urlsafe_b64encode(b"at:%d" % (start + size)).decode()
        return Reply(body=body)


def error(code: int, status: str, message: str, reason: str | None = None) -> Reply:
    """An error as Google spells it; its sentence names the key, as some of the real ones do."""
    told: dict[str, Any] = {"code": code, "message": f"{message} ({KEY})", "status": status}
    if reason is not None:
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        told["details"] = [{"@type": kind, "reason": reason, "domain": "googleapis.com"}]
    return Reply(status=code, body={"error": told})


def bad_key() -> Reply:
    """What an unknown or expired key gets."""
    return error(400, "INVALID_ARGUMENT", "API key not valid.", reason="API_KEY_INVALID")


def _position(token: str) -> int:
    word, _, place = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
    if word != "at":
        raise ValueError(token)
    return int(place)


def environment(url: str) -> dict[str, str]:
    """What a shell exports to reach the stand-in."""
    return {"GOOGLE_GEMINI_BASE_URL": url, "GEMINI_API_KEY": KEY}
