"""Which geographic inference profiles of Bedrock can start in a region.

They do not follow from the region's name: Canada has `us.` profiles, Israel `eu.` ones.
Source: ListInferenceProfiles by region, read 2026-02-13 and 2026-08-21
(mirai73/bedrock-models); GovCloud from
the profile ids in the LiteLLM price map 1.109.1. A profile that is newer than that has no price
until it stands here.
"""

_STARTS = {
    "us": (
        "ca-central-1",
        "ca-west-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    ),
    "ca": ("ca-central-1", "ca-west-1"),
    "eu": (
        "eu-central-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "il-central-1",
    ),
    "apac": (
        "ap-east-2",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-7",
        "me-central-1",
    ),
    "au": ("ap-southeast-2", "ap-southeast-4", "ap-southeast-6"),
    "in": ("ap-south-1", "ap-south-2"),
    "jp": ("ap-northeast-1", "ap-northeast-3"),
    "us-gov": ("us-gov-east-1", "us-gov-west-1"),
}


def geographic_profiles(region: str) -> tuple[str, ...]:
    """Return the deployment types of the geographic profiles that start in a region, sorted."""
    return tuple(
        f"{prefix}. inference profile" for prefix in sorted(_STARTS) if region in _STARTS[prefix]
    )
