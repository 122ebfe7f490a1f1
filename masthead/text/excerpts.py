def excerpt(plain: str, characters: int = 200) -> str:
    return plain[:characters]


def reading_minutes(words: int) -> int:
    return max(1, words // 200)
