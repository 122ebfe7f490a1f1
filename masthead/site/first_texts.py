"""The first page and the first post of a new publication."""

from typing import Any


def about(title: str) -> str:
    """The page "About" that set-up writes."""
    return f"""{title} is a new publication.

Say here what it is about, who writes it and how readers can reach you.
"""


def welcome(title: str, *, site_url: str) -> dict[str, Any]:
    """Return the arguments of `render_text` for the post that explains the next steps."""
    return {
        "title": f"Welcome to {title}",
        "summary": "Your publication is running. These are the next steps, and how to write here.",
        "tags": ("Welcome",),
        "body": f"""This post was written when your publication was set up. Change it, or move it to the trash, from your
[desk](/blog/my-posts).

## The next steps

1. **Write.** Open [a new post](/blog/create), save it as a draft, and publish it when it is ready.
   A post with a date in the future appears by itself at that moment.
2. **Bring your old texts.** A folder of Markdown files from Jekyll or Eleventy comes in with one command, and every
   old address keeps working:

   ```console
   $ masthead import markdown path/to/_posts --dry-run
   $ masthead import markdown path/to/_posts
   ```

3. **Invite others.** Readers make their own account at {site_url}/auth/register. Give writers their role from the shell:

   ```console
   $ masthead user set-role walt author
   ```

4. **Say who you are** on the [About](/about) page, and set title, colour and navigation in the
   [settings](/admin/settings).

## How to write

Texts are written in Markdown. A blank line begins a paragraph; `##` begins a heading; `*one star*` gives *emphasis*,
two give **strong emphasis**. There are footnotes[^1], tables, task lists, code in colour and mathematics:

| Sign | Gives |
|------|-------|
| `[text](address)` | a link |
| `> text` | a quotation |
| `$E = mc^2$` | $E = mc^2$ |

```python
def standfirst(post):
    return post.summary or post.excerpt
```

[^1]: A footnote is written as `[^1]`, and its text anywhere below as `[^1]: Text`.
""",
    }
