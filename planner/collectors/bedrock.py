"""Amazon Bedrock: models, inference profiles, what the account bought, and its quotas.

Least privilege: bedrock:ListFoundationModels, bedrock:ListInferenceProfiles,
bedrock:ListProvisionedModelThroughputs, servicequotas:ListServiceQuotas and
servicequotas:ListAWSDefaultServiceQuotas, and ec2:DescribeRegions to leave out the regions that
the account has not enabled (without it each is tried). Models that are named (`--capacity`) also
need bedrock:GetFoundationModelAvailability.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import ClassVar

import msgspec

from planner.collectors import Facts, Harvest, Login, Piece, Request
from planner.collectors._aws_calls import Question, fetch_regions
from planner.collectors._aws_login import look_for_login
from planner.collectors._bedrock_agreements import agreement_questions
from planner.collectors._bedrock_mantle import mantle_job
from planner.collectors._bedrock_parse import read_pieces
from planner.core.bedrock_quotas import unmapped_note, with_quota_names

_QUESTIONS = (
    Question(
        what="models", service="bedrock", operation="list_foundation_models", key="modelSummaries"
    ),
    Question(
        what="profiles",
        service="bedrock",
        operation="list_inference_profiles",
        key="inferenceProfileSummaries",
        arguments={"typeEquals": "SYSTEM_DEFINED", "maxResults": 1000},
        token="nextToken",  # noqa: S106 - a field's name
    ),
    Question(
        what="provisioned",
        service="bedrock",
        operation="list_provisioned_model_throughputs",
        key="provisionedModelSummaries",
        arguments={"maxResults": 1000},
        token="nextToken",  # noqa: S106
    ),
    Question(
        what="quotas",
        service="service-quotas",
        operation="list_service_quotas",
        key="Quotas",
        arguments={"ServiceCode": "bedrock", "MaxResults": 100},
        token="NextToken",  # noqa: S106
    ),
    Question(
        what="default quotas",
        service="service-quotas",
        operation="list_aws_default_service_quotas",
        key="Quotas",
        arguments={"ServiceCode": "bedrock", "MaxResults": 100},
        token="NextToken",  # noqa: S106
    ),
)


class BedrockCollector:
    """Amazon Bedrock, under the login that boto3 finds."""

    provider: ClassVar[str] = "bedrock"
    extra: ClassVar[str] = "aws"

    def login(self) -> Login:
        """Look for boto3 and credentials without asking AWS."""
        return look_for_login()

    def fetch(self, request: Request, tell: Callable[[str, int, int], None]) -> Iterator[Piece]:
        """Ask who the login is, then every region: a piece a region and question.

        The bodies are as boto3 gives them, all pages in one list. MissingExtraError without boto3.
        """
        then = partial(agreement_questions, request=request)
        yield from fetch_regions("bedrock", _QUESTIONS, request, tell, more=mantle_job, then=then)

    def parse(self, pieces: Iterable[Piece], facts: Facts) -> Harvest:
        """Read the pieces of a fetch, and join the quotas to the offers that they limit.

        What limits none is counted in a note.
        """
        harvest = read_pieces(pieces, facts)
        records = with_quota_names(harvest.records, facts.quota_codes, facts.names)
        notes = tuple(filter(None, (*harvest.notes, unmapped_note(records))))
        return msgspec.structs.replace(harvest, records=records, notes=notes)


COLLECTOR = BedrockCollector
