"""The models behind the names that the Bedrock price lists use.

Most names lead to the canonical model by the table of model names itself; here stand those that
do not, because the price list spells or orders them in its own way.
"""

import re
from collections.abc import Collection

from planner.core.names import ModelNames

# By the letters and digits of the feed's name: the model, and the version where the name tells one.
# Source: the names in the price lists of AmazonBedrock and AmazonBedrockFoundationModels of
# 2026-09 and 2026-10, beside the ids of Bedrock's model lists of 2026-08-21.
_SPELLED: dict[str, tuple[str, str | None]] = {
    "claude35sonnetv2": ("claude-3-5-sonnet", "20241022-v2:0"),
    "claude45haiku": ("claude-haiku-4-5", None),
    "embed4model": ("cohere-embed-v4", None),
    "embedmodel3english": ("cohere-embed-english-v3", None),
    "embedmodel3multilingual": ("cohere-embed-multilingual-v3", None),
    "magistralsmall12": ("magistral-small-2509", None),
    "marengoembed27": ("marengo-embed-2-7", None),
    "marengoembed30": ("marengo-embed-3-0", None),
    "ministral14b30": ("ministral-3-14b", None),
    "ministral3b30": ("ministral-3-3b", None),
    "ministral8b30": ("ministral-3-8b", None),
    # The names without a date are those of the first versions on Bedrock, 2402.
    "mistral7b": ("mistral-7b-v0.2", None),
    "mistrallarge": ("mistral-large-2402", None),
    "mistralsmall": ("mistral-small-2402", None),
    "mixtral87b": ("mixtral-8x7b", None),
    "nemotron3super120ba12b": ("nemotron-super-3-120b", None),
    "nemotronnano2": ("nemotron-nano-9b-v2", None),
    "nemotronnano2vl": ("nemotron-nano-12b-v2", None),
    "nova20lite": ("nova-2-lite", None),
    "nova20omni": ("nova-2-omni", None),
    "nova20pro": ("nova-2-pro", None),
    "nova20sonic": ("nova-2-sonic", None),
    "novamultimodalembeddings": ("nova-2-multimodal-embeddings", None),
    "pegasus12": ("pegasus-1-2", None),
    "r1": ("deepseek-r1", None),
    "stableimagecorev11": ("stable-image-core", "v1:1"),
    "stableimageultrav11": ("stable-image-ultra", "v1:1"),
    "titanembeddingsg1text": ("titan-embed-text-v1", None),
    "titanembeddingsv2text": ("titan-embed-text-v2", None),
    "voxtralmini10": ("voxtral-mini-3b-2507", None),
    "voxtralsmall10": ("voxtral-small-24b-2507", None),
}
_PUBLISHER = re.compile(
    r"(?:AI21(?: Labs)?|Amazon|Anthropic|Cohere|Meta|Mistral AI|NVIDIA|OpenAI|Stability AI"
    r"|TwelveLabs|Writer|xAI)[\s-]+(?=\S)",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[a-z0-9][a-z0-9.:+-]*")


def model_of(
    name: str, names: ModelNames, known: Collection[str] = ()
) -> tuple[str, str | None] | None:
    """Return the canonical model and version of a feed's name; None where it names no model.

    `known` are canonical models that offers have: the first to be looked at for a new name.
    """
    bare = _PUBLISHER.sub("", name.strip(), count=1)
    for spelling in (name, bare):
        if found := _SPELLED.get(_key(spelling)):
            return found
    for spelling in (name, bare):
        if names.facts(spelling) is not None:
            return names.split(spelling)
    for spelling in (name, bare):
        if model := names.find(spelling, known):
            return model, names.split(spelling)[1]
    model, version = names.split(bare)
    if model.startswith("claude-"):
        model = model.replace(".", "-")  # as the ids of Claude models are spelled
    return (model, version) if _PLAIN.fullmatch(model) else None


def _key(spelling: str) -> str:
    return re.sub(r"[\W_]+", "", spelling.lower())
