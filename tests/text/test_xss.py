"""Attacks on the reader of a text, each as the source of an article and of a comment, and as HTML."""

import pytest

from masthead.text import sanitise
from masthead.text.markdown import renderer
from masthead.text.profiles import SanitiserProfile
from tests.text.parsed import Page, parse

VECTORS = [
    # Scheme spellings in Markdown's own links
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](<java\nscript:alert(1)>)",
    "[a](&#106;avascript:alert(1))",
    "[a](&#x6A&#x61&#x76&#x61script:alert(1))",
    "[a](javascript&colon;alert(1))",
    "[a](javascript&#58;alert(1))",
    "[a](\x01javascript:alert(1))",
    "[a](< javascript:alert(1)>)",
    "[a](%6aavascript:alert(1))",
    "[a](javascript\\:alert(1))",
    "[a](vbscript:msgbox(1))",
    "[a](data:text/html,<script>alert(1)</script>)",
    "[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[a](file:///etc/passwd)",
    "[a](blob:https://example.com/1)",
    "[a](filesystem:https://example.com/x)",
    "[a](view-source:javascript:alert(1))",
    "[a][r]\n\n[r]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "![a](javascript:alert(1))",
    "![a](data:image/svg+xml,<svg/onload=alert(1)>)",
    '![a"onerror="alert(1)](x)',
    '[a](x "t" onclick="alert(1)")',
    '[a](x "\\"onmouseover=\\"alert(1)")',
    "[a]('onmouseover='alert(1))",
    # Schemes in raw HTML
    '<a href="javascript:alert(1)">x</a>',
    "<a href=javascript&colon;alert(1)>x</a>",
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    '<a href="jav&NewLine;ascript:alert(1)">x</a>',
    '<a href=" &#14; javascript:alert(1)">x</a>',
    '<a href="java\x00script:alert(1)">x</a>',
    '<a href="\u2028javascript:alert(1)">x</a>',
    '<a xlink:href="javascript:alert(1)">x</a>',
    '<a href="x" ping="https://example.com/" target="_blank">x</a>',
    '<blockquote cite="javascript:alert(1)">x</blockquote>',
    # Scripts and event handlers
    "<script>alert(1)</script>",
    "<ScRiPt src=//example.com/x.js></ScRiPt>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\x00>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror\n=\nalert(1)>",
    '<img/src="x"/onerror=alert(1)>',
    '<img src="x` `<script>alert(1)</script>"` `>',
    "<img srcset='x, javascript:alert(1) 2x'>",
    "<b onmouseover=alert(1)>x</b>",
    "<details open ontoggle=alert(1)>x</details>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)></audio>",
    "<body onload=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<p style=animation-name:x onanimationstart=alert(1)>x</p>",
    # Elements that load, redirect, restyle or take over
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<base href=https://example.com/>",
    '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
    "<link rel=stylesheet href=https://example.com/x.css>",
    "<style>@import'https://example.com/x.css';</style>",
    '<p style="background:url(javascript:alert(1))">x</p>',
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<isindex action=javascript:alert(1)>",
    "<portal src=https://example.com/></portal>",
    "<slot name=x></slot><template shadowrootmode=open><img src=x onerror=alert(1)></template>",
    # SVG, MathML and text that changes its meaning when it is parsed again
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg><desc><![CDATA[</desc><script>alert(1)</script>]]></svg>",
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<math><mtext><mglyph><svg><mtext><style><path id="</style><img onerror=alert(1) src>">',
    "<math><annotation-xml encoding=text/html><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
    "<math><annotation-xml encoding='application/xhtml+xml'><a href=javascript:alert(1)>x</a></annotation-xml></math>",
    "<math><semantics><annotation-xml><svg><script>alert(1)</script></svg></annotation-xml></semantics></math>",
    "<math href=javascript:alert(1)>x</math>",
    "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x</maction></math>",
    "<math><mi><malignmark><style><!--</style><img src=x onerror=alert(1)>--></style></mi></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>',
    '<title><a title="</title><img src=x onerror=alert(1)>"></title>',
    '<xmp><p title="</xmp><img src=x onerror=alert(1)>"></xmp>',
    '<noembed><img title="</noembed><img src=x onerror=alert(1)>"></noembed>',
    "<plaintext><img src=x onerror=alert(1)>",
    "<select><style></select><img src=x onerror=alert(1)></style></select>",
    "<table><td><svg><desc><td></desc></svg><img src=x onerror=alert(1)></table>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<a href='x'\u00a0onclick=alert(1)>x</a>",
    "<custom-element onclick=alert(1)>x</custom-element>",
    # Names that would stand before those of the page and of the document
    "<img name=body><img id=getElementById src=x>",
    "<a id=location href=x>x</a>",
    "<a id=defaultView name=defaultView>x</a>",
    "<form id=document><input name=cookie></form>",
    "<p id=comments>x</p>",
    "<h2 id=__proto__>x</h2>",
    # Markdown that becomes code, formulas, tables and footnotes
    '```"><script>alert(1)</script>\nx\n```',
    "```js onload=alert(1)\n</code></pre><script>alert(1)</script>\n```",
    "`<img src=x onerror=alert(1)>`",
    "$\\text{<img src=x onerror=alert(1)>}$",
    "$\\href{javascript:alert(1)}{x}$",
    "$$\\style{position:fixed}{x}$$",
    "$\\unicode{x3c}\\text{script&gt;&#60;img src=x onerror=alert(1)&#62;}$",
    '$"><script>alert(1)</script>$',
    "|a|\n|-|\n|<img src=x onerror=alert(1)>|",
    "x[^1]\n\n[^1]: [a](javascript:alert(1)) <script>alert(1)</script>",
    '[^"><script>]\n\n[^"><script>]: x',
    '# <img src=x onerror=alert(1)>\n\n## " onclick=alert(1) x="',
    'http://example.com/"onmouseover="alert(1)',
    "https://example.com/<script>alert(1)</script>",
    '- [x] "><script>alert(1)</script>',
]
SCHEMES = {"", *sanitise.URL_SCHEMES}


def is_harmless(page: Page, profile: SanitiserProfile) -> bool:
    assert page.tags() <= sanitise.TAGS[profile]
    assert not [name for name in page.attributes() if name.startswith("on")]
    assert not page.attributes() & {
        "action",
        "formaction",
        "name",
        "ping",
        "srcdoc",
        "srcset",
        "style",
        "target",
    }
    assert page.schemes() <= SCHEMES
    assert not any(sanitise.is_reserved(value) for value in page.values("id"))
    return True


@pytest.mark.parametrize("profile", SanitiserProfile)
@pytest.mark.parametrize("vector", VECTORS)
def test_source_renders_harmless(vector: str, profile: SanitiserProfile) -> None:
    assert is_harmless(parse(renderer.render(vector, profile=profile).html), profile)


@pytest.mark.parametrize("profile", SanitiserProfile)
@pytest.mark.parametrize("vector", VECTORS)
def test_html_is_cleaned_harmless_and_stays_so(vector: str, profile: SanitiserProfile) -> None:
    once = sanitise.clean(vector, profile)

    assert is_harmless(parse(once), profile)
    assert sanitise.clean(once, profile) == once


@pytest.mark.parametrize(
    "around", ["<p>{}</p>", "<table><tr><td>{}</td></tr></table>", "<math><mi>{}</mi></math>"]
)
@pytest.mark.parametrize("vector", VECTORS)
def test_html_inside_other_elements_is_cleaned_harmless(vector: str, around: str) -> None:
    once = sanitise.clean(around.format(vector))

    assert is_harmless(parse(once), SanitiserProfile.ARTICLE)
    assert sanitise.clean(once) == once
