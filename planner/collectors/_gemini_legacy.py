"""Asking the Gemini API through google-generativeai, the package that ended on 2025-09-30.

It drops the field `thinking`, and bounds neither its tries nor the size of what it reads: each
page is asked for once here, with a timeout, and put back into the shape that it had on the wire.
"""

import contextlib
import os
import warnings
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import msgspec

from planner.collectors._gemini_sdk import PAGE_SIZE, Answer, Ask

# The package's words for the fields of a model, and those of the wire.
_FIELDS = {
    "name": "name",
    "base_model_id": "baseModelId",
    "version": "version",
    "display_name": "displayName",
    "input_token_limit": "inputTokenLimit",
    "output_token_limit": "outputTokenLimit",
    "supported_generation_methods": "supportedGenerationMethods",
    "temperature": "temperature",
    "max_temperature": "maxTemperature",
    "top_p": "topP",
    "top_k": "topK",
}


@contextlib.contextmanager
def connected(key: str) -> Iterator[Ask]:
    """A client of google-generativeai over HTTP; GOOGLE_GEMINI_BASE_URL says where the API is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import says that it has ended; so does our note
        genai = import_module("google.generativeai")  # by name: it has no types
        clients = import_module("google.generativeai.client")
    exceptions = import_module("google.api_core.exceptions")
    transport = import_module("requests.exceptions")

    base = os.environ.get("GOOGLE_GEMINI_BASE_URL", "").rstrip("/")
    options = {"api_endpoint": base} if base else None
    genai.configure(api_key=key, transport="rest", client_options=options)
    client = clients.get_default_model_client()
    # The key stands in a header that a redirect would take along.
    client.transport._session.max_redirects = 0  # noqa: SLF001 - there is no other way to it

    def ask(token: str | None, seconds: float) -> Answer:
        request = {"page_size": PAGE_SIZE, "page_token": token or ""}
        try:
            pager = client.list_models(request, retry=None, timeout=seconds)
            page = to_wire(next(iter(pager.pages)))
        except exceptions.GoogleAPICallError as error:
            return refused(error)
        except transport.TooManyRedirects:
            return Answer(error="the API sends elsewhere, where the key does not go")
        except transport.Timeout:
            return Answer(error="no answer in time")
        except transport.RequestException:
            return Answer(error="no connection, or it broke off", passing=True)
        except (ValueError, TypeError) as error:
            return Answer(error=f"the answer is no list of models ({type(error).__name__})")
        return Answer(code=200, body=msgspec.json.encode(page))

    yield ask


def to_wire(page: Any) -> dict[str, Any]:
    """A page of the package's objects as the JSON that the API sent; what is not set is left out.

    The package has 0 or "" for what the API left out, which is no zero, and it makes no models of
    an answer that is no list: so a page without models has no list here.
    """
    models = [
        {
            wire: list(value) if field == "supported_generation_methods" else value
            for field, wire in _FIELDS.items()
            if (value := getattr(model, field, None))
        }
        for model in page.models
    ]
    wire_page = {"models": models, "nextPageToken": page.next_page_token}
    return {key: value for key, value in wire_page.items() if value}


def refused(error: Any) -> Answer:
    """An error of the package, with the HTTP answer that it was made of where it holds one."""
    response = getattr(error, "response", None)
    return Answer(
        code=int(error.code),
        body=getattr(response, "content", None) or b"",
        retry_after=response.headers.get("retry-after") if response is not None else None,
    )
