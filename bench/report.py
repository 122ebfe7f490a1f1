"""The measured part of `docs/performance.md` and its chart, drawn from `results.json`: nobody types a figure in."""

from collections.abc import Iterator, Mapping
from html import escape
from math import log10
from typing import Any

from bench.servers import ROOT

PAGE = ROOT / "docs" / "performance.md"
CHART = ROOT / "docs" / "images" / "performance.svg"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
PICTURE = "![The measured figures beside their goals](images/performance.svg)"
WIDTH, ROW, NAMES, BAR = 860, 26, 400, 300
#: How many times better or worse than the goal the ends of the scale stand for.
DECADES = 1.0


def write(results: Mapping[str, Any]) -> None:
    """Replace the measured part of the page, and the chart."""
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    measured = "\n".join([PICTURE, *_tables(results), *_account(results["account"])])
    PAGE.write_text(f"{before}{BEGIN}\n{measured}\n{END}{after}")
    CHART.write_text(_chart([figure for part in results["parts"].values() for figure in part["figures"]]))


def _tables(results: Mapping[str, Any]) -> Iterator[str]:
    for name, part in results["parts"].items():
        yield f"\n**{name.capitalize()}**, measured on {part['measured_at']}: {part['machine']}; {part['rounds']} rounds.\n"
        yield "| figure | measured | spread | goal | |"
        yield "|---|---:|---:|---:|---|"
        for figure in part["figures"]:
            yield _row(figure)


def _account(shares: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    owners = list(dict.fromkeys(owner for page in shares.values() for owner in page))
    yield "\n**Account**: whose code runs while one page is made, of its whole time.\n"
    yield "| page | " + " | ".join(owners) + " |"
    yield "|---" + "|---:" * len(owners) + "|"
    for page, of in shares.items():
        yield f"| {page} | " + " | ".join(f"{of.get(owner, 0):.0%}" for owner in owners) + " |"


def _row(figure: Mapping[str, Any]) -> str:
    unit = f" {figure['unit']}" if figure["unit"] else ""
    spread = f"± {figure['spread'] / 2:.0%}" if figure["spread"] is not None else ""
    sign = "≥" if figure["is_least"] else "≤"
    verdict = "met" if figure["is_met"] else "**not met**"
    return f"| {figure['name']} | {figure['value']:.2f}{unit} | {spread} | {sign} {figure['goal']:g}{unit} | {verdict} |"


def _chart(figures: list[Mapping[str, Any]]) -> str:
    """A bar for each figure: its length says how far it is from its goal, which is the line in the middle."""
    height = ROW * (len(figures) + 2)
    middle = NAMES + BAR / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" font-size="13">',
        "<style>text { font-family: system-ui, sans-serif }</style>",
        "<title>Measured figures beside their goals</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{middle - 8}" y="17" text-anchor="end" fill="#a33">misses the goal</text>',
        f'<text x="{middle + 8}" y="17" fill="#276">beats the goal</text>',
    ]
    for number, figure in enumerate(figures):
        parts.extend(_bar(figure, ROW * (number + 1), middle))
    bottom = height - ROW + 4
    parts.append(f'<path d="M{middle} {ROW - 2}V{bottom}" stroke="#222"/>')
    parts.append(
        f'<text x="{middle}" y="{height - 6}" text-anchor="middle" fill="#555">the goal; each end is ten times better or worse</text>'
    )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _bar(figure: Mapping[str, Any], top: float, middle: float) -> Iterator[str]:
    value, goal = max(figure["value"], 1e-9), figure["goal"]
    better = value / goal if figure["is_least"] else goal / value
    length = max(-1.0, min(1.0, log10(better) / DECADES)) * BAR / 2
    left, width = (middle, length) if length >= 0 else (middle + length, -length)
    colour = "#2a7f62" if figure["is_met"] else "#b3423a"
    sign = "≥" if figure["is_least"] else "≤"
    yield f'<text x="{NAMES - 10}" y="{top + 17}" text-anchor="end" fill="#222">{escape(figure["name"])}</text>'
    yield f'<rect x="{left:.1f}" y="{top + 5}" width="{max(width, 1):.1f}" height="{ROW - 10}" fill="{colour}"/>'
    told = f"{figure['value']:.2f} {figure['unit']}".strip() + f" ({sign} {figure['goal']:g})"
    yield f'<text x="{NAMES + BAR + 10}" y="{top + 17}" fill="#222">{escape(told)}</text>'
