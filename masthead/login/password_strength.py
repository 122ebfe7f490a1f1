"""Password strength: the 30,000 most common passwords and easily guessed ones are refused.

The list and the estimate come from zxcvbn (D. L. Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX
Security 2016). There are no rules about kinds of characters, which only make people choose ``Password1!``.
"""

from functools import cache
from typing import Final

#: Passwords that need fewer guesses are refused.
TOO_FEW_GUESSES: Final = 100_000
#: Longer passwords are not estimated: the time of zxcvbn grows with the square of the length.
ESTIMATED_CHARACTERS: Final = 72
COMMON: Final = "This password is one of the first that anybody tries. Choose another one: a few words that only you would put together."
GUESSABLE: Final = "This password is quickly guessed. {advice}"
ADVICE: Final = "Make it longer: add a word or two that have nothing to do with the rest."


def weakness(password: str, *, about: tuple[str, ...] = ()) -> str:
    """Return the reason why a password is too weak, as a sentence; empty if it is strong enough."""
    known = {text.casefold() for text in about if len(text) > 2}
    known |= {text.partition("@")[0] for text in known if "@" in text}
    if password.casefold() in known:
        return "This password is your own name or address. Choose one that others cannot know."
    if _fold(password) in _common():
        return COMMON
    if len(password) > ESTIMATED_CHARACTERS:
        return ""
    from zxcvbn import zxcvbn

    estimate = zxcvbn(password, user_inputs=sorted(known))
    if estimate["guesses"] >= TOO_FEW_GUESSES:
        return ""
    suggestions = estimate["feedback"]["suggestions"]
    return GUESSABLE.format(advice=" ".join(suggestions) or ADVICE)


def _fold(password: str) -> str:
    return password.strip().casefold()


@cache
def _common() -> frozenset[str]:
    """Load the common passwords on first use: they take a few megabytes."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])
