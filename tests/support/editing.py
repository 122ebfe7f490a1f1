"""The editor of a post in a browser."""

from playwright.sync_api import Page, expect

BODY = "textarea[name=body]"
STATE = "[data-save-state]"


def expect_state(page: Page, state: str, *, timeout: int = 15_000) -> None:
    """Wait until the indicator says this."""
    expect(page.locator(STATE)).to_have_attribute("data-save-state", state, timeout=timeout)


def text(page: Page) -> str:
    """Return the text of the field."""
    return page.locator(BODY).input_value()


def write(page: Page, written: str) -> None:
    """Put a text into the field, with the caret at its end."""
    page.locator(BODY).fill(written)
    page.locator(BODY).press("Control+End")


def select(page: Page, start: int, end: int) -> None:
    """Select characters of the text."""
    page.locator(BODY).evaluate(
        "(field, [start, end]) => { field.focus(); field.setSelectionRange(start, end); }", [start, end]
    )


def paste(page: Page, **formats: str) -> None:
    """Paste what a clipboard holds, by its types: ``plain`` and ``html``."""
    page.locator(BODY).evaluate(
        """(field, formats) => {
          const data = new DataTransfer();
          for (const [kind, text] of Object.entries(formats)) data.setData(`text/${kind}`, text);
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        formats,
    )
