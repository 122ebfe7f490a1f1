"""What readers see, on a phone and on a desk, light and dark: accessible, and nothing wider than the screen."""

import pytest

from tests.factories import PageFactory, PostFactory
from tests.support.browsers import assert_accessible

LONG_WORD = "Donaudampfschifffahrtsgesellschaft" * 4
BODY = f"""
A paragraph with {LONG_WORD} in it.

| {" | ".join(f"column number {number}" for number in range(12))} |
|{"---|" * 12}
| {" | ".join(str(number) * 9 for number in range(12))} |

$$
{" + ".join(f"x_{{{number}}}" for number in range(60))} = 0
$$

```python
print("{"wide " * 60}")
```

## مرحبا

1. one
2. two

- [x] done

> Quoted.

Text with a note.[^1]

[^1]: The note.
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1280])
def test_every_reader_page_is_accessible_and_fits(page, live_site, cast, scheme, width):
    post = PostFactory(author=cast.walt, title=f"A title of {LONG_WORD}"[:200], body=BODY)
    PostFactory(author=cast.edith, title="عنوان باللغة العربية")
    PageFactory(by=cast.edith, title="About", slug="about")
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    paths = (
        "/",
        "/blog/",
        f"/blog/post/{post.slug}",
        "/blog/author/walt",
        "/blog/archive/",
        "/about",
        "/search?q=paragraph",
        "/auth/login",
        "/auth/register",
        "/nowhere",
    )
    for path in paths:
        page.goto(path)
        assert_accessible(page)
        assert page.locator("html").evaluate("root => root.scrollWidth") <= width, path
