"""Prompts of random words, as long in tokens as was asked for."""

import hashlib
import random

import msgspec

# Short and common, so that most tokenizers take each with its blank as one token.
_WORDS = """
about after again air all also always and animal any are back been before big book both boy call
can car change city close cold come could country course cut day did different do door down each
early earth end even every eye face fall family far father feel few find first fish five food for
form found four from full game gave get girl give go gold good great green ground group grow had
half hand hard has have head hear help here high hold home horse hot hour house how idea into just
keep kind king know land large last late learn leave left letter life light like line list little
live long look made make man many map mark may mean men might mile more most mother move much music
must name near need never new next night north note now number of off often oil old on once one
only open or order other our out over own page paper part pass people person picture piece place
plan plant play point power press problem product question quick rain read real red rest right
river road rock room round rule run same school sea second see seem sentence set ship short should
show side simple small snow some song soon sound south space stand star start state stay step still
stop story street strong study such sun sure table take talk tell ten than that the their then
there these thing think three time top town travel tree true try turn two under unit until up upon
use very voice wait walk want war warm watch water way week well went west what wheel where which
while white who whole why will wind with wood word work world would write year young your
""".split()  # noqa: SIM905 - a list of 300 would fill screens


class Scale(msgspec.Struct, frozen=True):
    """How many tokens a prompt has: so many a word, and so many besides (a chat's template)."""

    tokens_per_word: float = 1.0
    besides: float = 0.0

    @classmethod
    def through(cls, short: tuple[int, int], long: tuple[int, int]) -> "Scale":
        """From two prompts, each (words, tokens); a word is a token where they say nothing."""
        (words, tokens), (more_words, more_tokens) = short, long
        if more_words <= words or more_tokens <= tokens:
            return cls()
        slope = (more_tokens - tokens) / (more_words - words)
        return cls(slope, tokens - slope * words)

    def words(self, tokens: int) -> int:
        """How many words make a prompt of so many tokens; one at least."""
        return max(1, round((tokens - self.besides) / self.tokens_per_word))


class Prompts(msgspec.Struct, frozen=True):
    """Prompts by number; the same seed gives the same words.

    The first word is that of this `run` and number alone: a cache of prefixes holds none of them,
    not even after an earlier run.
    """

    seed: int
    run: str

    def text(self, serial: int, words: int) -> str:
        """The prompt of a number, of so many words (1 or more)."""
        digest = hashlib.sha256(f"{self.run}/{serial}".encode()).hexdigest()
        opening = digest[:8].translate(_LETTERS)
        chance = random.Random(f"{self.seed}/{serial}")  # noqa: S311 - a sample, no secret
        return " ".join([opening, *chance.choices(_WORDS, k=words - 1)])


_LETTERS = str.maketrans("0123456789", "ghijklmnop")
