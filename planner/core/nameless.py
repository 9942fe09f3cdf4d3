"""Records without account ids and ARNs: where a name quotes one, the account's alias stands."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from planner.core.offers import AnyRecord

Namer = Callable[[str, str], str]
"""What gives an account's alias for its id and display name."""

_ARN = rb"arn:[a-z-]+:[^\s\"',;)]*"
_SHORTEST = 8  # an id of a cloud is longer, and a word of one letter stands in every name
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(AnyRecord)


class Nameless:
    """Learns the ids of accounts as they are given aliases, and takes them out of records."""

    def __init__(self, alias: Namer, given: Mapping[str, str]) -> None:
        """`given` are aliases by the ids of accounts that were named beforehand."""
        self._alias = alias
        self._known = {key.casefold(): name for key, name in given.items()}

    def alias(self, account_id: str, display_name: str) -> str:
        """The alias of an account, whose id is remembered."""
        alias = self._alias(account_id, display_name)
        key = account_id.strip().casefold()
        if len(key) >= _SHORTEST:
            self._known[key] = alias
        return alias

    def records(self, found: Iterable[AnyRecord]) -> Iterator[AnyRecord]:
        """Records in whose words no known id and no ARN stands.

        Of an ARN its resource stays, which is what the account itself calls the thing. Other ids,
        such as those of meters, are no account's.
        """
        ids = (re.escape(known).encode() for known in self._known)
        told = re.compile(b"|".join([_ARN, *ids]), re.IGNORECASE)
        for record in found:
            # One search in all of its words at once: there are a hundred thousand records.
            line = _ENCODER.encode(record)
            yield _DECODER.decode(told.sub(self._other, line)) if told.search(line) else record

    def _other(self, quoted: re.Match[bytes]) -> bytes:
        text = quoted[0].decode()
        if (alias := self._known.get(text.casefold())) is not None:
            return alias.encode()
        *_, resource = text.split(":", 5)
        for known, alias in self._known.items():
            resource = re.sub(re.escape(known), alias, resource, flags=re.IGNORECASE)
        return resource.encode()
