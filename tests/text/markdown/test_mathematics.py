import pytest

from masthead.text.markdown import mathematics, renderer
from tests.text.parsed import parse


def test_formula_becomes_mathml_with_its_source() -> None:
    assert mathematics.mathml("x^2", display=False) == (
        '<math display="inline" alttext="x^2"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>'
    )


@pytest.mark.parametrize(
    ("source", "formulas"),
    [
        ("a $x$ b", ["x"]),
        ("($x$), $y$.", ["x", "y"]),
        ("$x_1 * y_1$ and *z*", ["x_1 * y_1"]),
        ("a $$x$$ b", ["x"]),
        ("$$x\ny$$", ["x\ny"]),
        ("$$\na\n= b\n- c\n$$", ["a\n= b\n- c"]),
        ("a\n$$\nx\n$$\nb", ["x"]),
        ("- a\n\n  $$\n  x\n  $$", ["x"]),
        ("> $$x$$", ["x"]),
        ("[$x$](/a)", ["x"]),
        ("> $$\nx\n$$", ["x"]),
        ("$$\nx $$ y\n$$", ["x"]),
        (r"$[0, 1)$, $\{a\}$", ["[0, 1)", r"\{a\}"]),
        ("$3$, $2x$ and $5 + x = 10$", ["3", "2x", "5 + x = 10"]),
        (r"$a \$ b$", [r"a \$ b"]),
        ("$\\sum_{i=1}^n i$", ["\\sum_{i=1}^n i"]),
        (
            r"$\left(a\right) \sqrt{b} \begin{matrix}a&b\end{matrix}$",
            [r"\left(a\right) \sqrt{b} \begin{matrix}a&b\end{matrix}"],
        ),
        # Dollars that are money, variables of a shell or code
        ("It costs $5 and $10.", []),
        ("From $5 to 10$", []),
        ("$5-$10, $5/$10", []),
        ("US$5 and A$10 or A$x$", []),
        ("$HOME and $PATH, $A/$B", []),
        (r"\$x$ and $x\$", []),
        ("`$x$`", []),
        ("$ x $, $x $, $ x$", []),
        ("$", []),
        ("$$", []),
        ("$$$$", []),
        ("$$ $$", []),
        ("$$\n\nx\n$$", []),
        ("$$x", []),
        ("    $$\n    x\n    $$", []),
    ],
)
def test_dollars_are_read_as_formulas_only_where_they_are(source: str, formulas: list[str]) -> None:
    assert parse(renderer.render(source).html).values("alttext") == formulas


def test_formula_on_lines_of_its_own_is_a_block() -> None:
    html = renderer.render("$$\nx\n$$").html

    assert html.startswith('<div class="math-block" tabindex="0"><math display="block"')


@pytest.mark.parametrize(
    "latex",
    [
        "\\frac{1",
        "\\frac{1}",
        "}",
        "x^",
        "^",
        "\\left(",
        "\\begin{matrix}",
        "\\nonsense",
        "\\sqrt",
        "\\over",
        "{" * (mathematics.MAX_DEPTH + 1) + "}" * (mathematics.MAX_DEPTH + 1),
        "\\frac" * 150,
        # Macros grow when they are expanded
        "\\def\\a{xx}\\a",
        "\\newcommand{\\a}{\\a\\a}\\a",
    ],
)
def test_formula_that_cannot_be_read_stays_its_source(latex: str) -> None:
    html = renderer.render(f"${latex}$").html

    assert html == f'<p><code class="math-source">${latex}$</code></p>\n'


def test_formula_that_is_too_long_is_not_converted() -> None:
    assert mathematics.mathml("x" * (mathematics.MAX_CHARACTERS + 1), display=False) is None


def test_formulas_beyond_the_bound_of_a_text_stay_their_source() -> None:
    formula = "x+" * 400 + "x"
    html = renderer.render(f"${formula}$ " * (mathematics.MAX_CHARACTERS_PER_TEXT // len(formula) + 2)).html

    assert html.startswith("<p><math")
    assert html.rstrip().endswith(f'<code class="math-source">${formula}$</code></p>')


def test_text_in_a_formula_is_no_html() -> None:
    written = mathematics.mathml(r"\text{<b>&lt;i&gt;}", display=False)

    assert written is not None
    assert "b" not in parse(written).tags()
    assert "<b><i>" in parse(written).text


def test_formula_is_counted_and_searched_as_it_was_typed() -> None:
    assert renderer.render(r"Let $\frac{1}{2}$ be").plain == r"Let \frac{1}{2} be"
