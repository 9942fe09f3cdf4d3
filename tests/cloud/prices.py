"""A stand-in for the public price feeds: Azure Retail Prices and the AWS price list files.

The prices are made up in the recorded shapes. What they say can change between two requests
(`change`, or `curl -X POST URL/change/jump`), so that a second refresh has something to find.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlencode

from tests.cloud import prices_aws, prices_azure
from tests.cloud.prices_change import CHANGES, Changes
from tests.cloud.server import Reply, Seen, serving
from tests.cloud.world import StandIn

PAGE = 1000
_OFFER_FILE = re.compile(r"/offers/v1\.0/aws/(?P<offer>\w+)/current/(?P<file>.+)")


class PricesCloud:
    """Both feeds; `cloud` answers a request.

    `ec2_bytes` is about how large an EC2 file is, `compact` and `terms_first` are layouts that the
    real files do not have but could. `page` is how many rows a page of Azure's has.
    """

    def __init__(
        self,
        *,
        aws_regions: tuple[str, ...] = prices_aws.REGIONS,
        azure_regions: tuple[str, ...] = prices_azure.REGIONS,
        ec2_bytes: int = 0,
        compact: bool = False,
        terms_first: bool = False,
        page: int = PAGE,
    ) -> None:
        self.changes = Changes()
        self._aws_regions = aws_regions
        self._azure_regions = azure_regions
        self._ec2_bytes = ec2_bytes
        self._compact = compact
        self._terms_first = terms_first
        self._page = page

    def change(self, kind: str) -> None:
        """Let one meter of each cloud change: "price", "jump", "zero", "words" or "gone"."""
        self.changes.add(kind)

    def cloud(self, seen: Seen) -> Reply:
        """The reply to a request."""
        if seen.method == "POST":
            kind = seen.path.rpartition("/")[2]
            if kind not in CHANGES:
                return Reply(status=404, body={"known": sorted(CHANGES)})
            self.change(kind)
            return Reply(body={"changed": kind})
        if seen.path == "/api/retail/prices":
            return self._azure_page(seen)
        if match := _OFFER_FILE.fullmatch(seen.path):
            return self._offer_file(match["offer"], match["file"])
        return Reply(status=404)

    def _azure_page(self, seen: Seen) -> Reply:
        try:
            rows = prices_azure.rows(self._azure_regions, self.changes)
            wanted = prices_azure.filtered(rows, seen.query.get("$filter", ""))
        except ValueError as error:
            return Reply(status=400, body={"Error": {"Code": "BadRequest", "Message": str(error)}})
        skip = int(seen.query.get("$skip", 0))
        page = wanted[skip : skip + self._page]
        more = skip + len(page) < len(wanted)
        query = urlencode(seen.query | {"$skip": skip + len(page)})
        return Reply(
            body={
                "BillingCurrency": "USD",
                "CustomerEntityId": "Default",
                "CustomerEntityType": "Retail",
                "Items": page,
                # The real link names the host that was asked, and its port.
                "NextPageLink": f"http://{seen.headers['host']}{seen.path}?{query}"
                if more
                else None,
                "Count": len(page),
            }
        )

    def _offer_file(self, offer: str, file: str) -> Reply:
        if offer not in prices_aws.OFFERS:
            return Reply(status=404)
        if file == "region_index.json":
            return Reply(body=prices_aws.region_index(offer, self._aws_regions))
        region = file.removesuffix("/index.json")
        if region not in self._aws_regions:
            return Reply(status=403)  # as S3 answers for what it does not have
        body = prices_aws.offer_file(
            offer,
            region,
            self.changes,
            size=self._ec2_bytes,
            compact=self._compact,
            terms_first=self._terms_first,
        )
        return Reply(body=body)


def environment(url: str) -> dict[str, str]:
    """What leads planner to a running stand-in."""
    return {"PLANNER_AWS_PRICES_ENDPOINT": url, "PLANNER_AZURE_PRICES_ENDPOINT": url}


@contextmanager
def _prices(_: Path) -> Iterator[StandIn]:
    with serving(PricesCloud().cloud) as server:
        yield StandIn(servers=(server,), environment=environment(server.url), secrets=())


STAND_INS: dict[str, Callable[[Path], AbstractContextManager[StandIn]]] = {"prices": _prices}
