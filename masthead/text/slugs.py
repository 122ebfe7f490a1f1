from slugify import slugify as s


def slugify(title: str) -> str:
    return s(title, max_length=200) or "post"
