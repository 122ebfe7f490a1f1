from collections.abc import Sequence
from decimal import Decimal
from typing import TypedDict

class Feedback(TypedDict):
    warning: str
    suggestions: list[str]

class Estimate(TypedDict):
    score: int
    guesses: Decimal
    feedback: Feedback

def zxcvbn(password: str, user_inputs: Sequence[str] | None = ..., max_length: int = ...) -> Estimate: ...
