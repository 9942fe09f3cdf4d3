"""Things to deploy, each with what a claim changes."""

from decimal import Decimal

import msgspec

from planner.core.deployable import ComingAndGoing, Deployable, Hosting
from planner.core.offers import Billing


def azure(**changes: object) -> Deployable:
    """A standard deployment on Azure."""
    return msgspec.structs.replace(
        Deployable(
            name="support chat",
            kind=Billing.ON_DEMAND,
            provider="azure",
            region="swedencentral",
            model="gpt-5.1",
            version="2025-11-13",
            publisher="OpenAI",
            provider_model="gpt-5.1",
            deployment_type="GlobalStandard",
            tier="default",
            capacity=450,
            hosting=None,
            destinations=(),
            overflow=None,
        ),
        **changes,
    )


def azure_units(**changes: object) -> Deployable:
    """Provisioned units on Azure, whose overflow goes to a standard deployment."""
    units = azure(
        kind=Billing.PROVISIONED,
        deployment_type="GlobalProvisionedManaged",
        capacity=100,
        overflow=azure(),
    )
    return msgspec.structs.replace(units, **changes)


def batch(**changes: object) -> Deployable:
    """A batch deployment on Azure, for a day of 432 million tokens."""
    own = {"kind": Billing.BATCH, "deployment_type": "GlobalBatch", "capacity": 432_000}
    return azure(**own | changes)


def bedrock(**changes: object) -> Deployable:
    """A model on Bedrock through an inference profile of two Japanese regions."""
    return azure(
        **{
            "provider": "bedrock",
            "region": "ap-northeast-1",
            "model": "claude-sonnet-4-5",
            "version": "20250929-v1:0",
            "publisher": "Anthropic",
            "provider_model": "jp.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "deployment_type": "jp. inference profile",
            "capacity": None,
            "destinations": ("ap-northeast-1", "ap-northeast-3"),
        }
        | changes
    )


def bedrock_units(**changes: object) -> Deployable:
    """Two model units on Bedrock."""
    return bedrock(
        **{
            "kind": Billing.PROVISIONED,
            "region": "us-east-1",
            "model": "nova-pro",
            "version": "v1:0",
            "publisher": "Amazon",
            "provider_model": "amazon.nova-pro-v1:0",
            "deployment_type": "provisioned",
            "capacity": 2,
            "destinations": (),
        }
        | changes
    )


def hosting(**changes: object) -> Hosting:
    """Two copies of a model of 70 billion parameters on a machine with eight GPUs."""
    return msgspec.structs.replace(
        Hosting(
            instance="Standard_ND96isr_H100_v5",
            machines=3,
            gpu="NVIDIA H100 SXM",
            gpus=8,
            copies=2,
            tensor_parallel=4,
            dtype="fp8",
            kv_dtype="bf16",
            engine="vllm",
            hugging_face="meta-llama/Llama-3.3-70B-Instruct",
            context_tokens=8192,
            concurrency=64,
            memory_share=0.9,
        ),
        **changes,
    )


def hosted(**changes: object) -> Deployable:
    """The model on machines; `changes` are those of its hosting."""
    return azure(
        kind=Billing.SELF_HOSTED,
        model="llama-3.3-70b",
        version=None,
        publisher="Meta",
        provider_model=None,
        deployment_type=None,
        capacity=None,
        hosting=hosting(**changes),
    )


def coming_and_going(**changes: object) -> ComingAndGoing:
    """Units that are paid for in office hours."""
    return msgspec.structs.replace(
        ComingAndGoing(
            most=20,
            hours="Monday to Friday 09:00 to 18:00 UTC",
            usd_per_month=Decimal(3900),
            usd_if_left_running=Decimal(14560),
        ),
        **changes,
    )


def comments(text: str) -> str:
    """The comments of an output that stand before its first other line, as one line."""
    lines = text.splitlines()
    end = next(n for n, line in enumerate(lines) if not line.startswith(("#", "//")))
    return " ".join(line.lstrip("#/").strip() for line in lines[:end])
