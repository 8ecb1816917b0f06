"""Formulas as MathML, made when the book is built: the page needs no script to show them.

- Each formula is converted once, when its page is read; one that cannot be is a warning, so the
  build fails.
- The font STIX Two Math comes out of the package ziamath, cut down to the characters that the
  book's formulas use and their stretched forms.
"""

import html
import re
import unicodedata
from importlib.util import find_spec
from pathlib import Path

from docutils import nodes
from fonts import cut_font
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)
FONT = "stix-two-math.woff2"
MATH_FONT = Path(find_spec("ziamath").origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"
# A single letter is written plain and drawn in mathematical italics.
ITALICS = {
    unicodedata.normalize("NFKC", chr(code)): chr(code)
    for code in (*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6E2, 0x1D71C))
    if unicodedata.name(chr(code), "")
}
# The font's prime is raised by itself: as an exponent it would be raised twice.
PRIME = '<mo lspace="0" rspace="0">′</mo>'
BASE = r"(<m([ion])[^>]*>[^<]*</m\2>)"
PRIMES = (
    (rf"<msup>{BASE}<mo>′</mo></msup>", rf"<mrow>\1{PRIME}</mrow>"),
    (rf"<msup>{BASE}<mrow><mo>′</mo>", rf"<msup><mrow>\1{PRIME}</mrow><mrow>"),
    (
        rf"<msubsup>{BASE}(<m([in])>[^<]*</m\4>)<mo>′</mo></msubsup>",
        rf"<msub><mrow>\1{PRIME}</mrow>\3</msub>",
    ),
)


def to_mathml(latex: str, block: bool) -> str:
    """One formula in MathML. Raises LatexError when it uses a command that is not known."""
    converter = LatexToMathML(fancy_error=False)
    mathml = converter.convert_with_local_state(latex.strip(), displaystyle=block)
    for pattern, replacement in PRIMES:
        mathml = re.sub(pattern, replacement, mathml)
    return mathml


def convert_formulas(app: Sphinx, doctree: nodes.document) -> None:
    """Give each formula of a page its MathML, and note the characters it is made of."""
    used = set()
    for node in doctree.findall(lambda n: isinstance(n, (nodes.math, nodes.math_block))):
        try:
            node["mathml"] = to_mathml(node.astext(), isinstance(node, nodes.math_block))
        except LatexError as problem:
            logger.warning("formula not understood: %s", problem, location=node)
            node["mathml"] = (
                f"<math><merror><mtext>{html.escape(node.astext())}</mtext></merror></math>"
            )
        used |= set(html.unescape(node["mathml"]))
    characters(app.env)[app.env.docname] = used


def characters(env) -> dict[str, set[str]]:
    """Page -> characters of its formulas; kept with the environment, for builds of a part."""
    if not hasattr(env, "course_math_characters"):
        env.course_math_characters = {}
    return env.course_math_characters


def forget_page(app: Sphinx, env, docname: str) -> None:
    characters(env).pop(docname, None)


def merge_pages(app: Sphinx, env, docnames, other) -> None:
    characters(env).update(characters(other))


def visit_inline(self, node: nodes.math) -> None:
    self.body.append(f'<span class="math notranslate nohighlight">{node["mathml"]}</span>')
    raise nodes.SkipNode


def visit_block(self, node: nodes.math_block) -> None:
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node.get("number"):
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(f'<div class="formula">{node["mathml"]}</div></div>\n')
    raise nodes.SkipNode


def write_font(app: Sphinx, error: Exception | None) -> None:
    """Write the cut-down font beside the site's other static files."""
    if error is not None or app.builder.format != "html":
        return
    used = set().union(*characters(app.env).values(), "0123456789()[]{}|+-=√")
    used |= {ITALICS[one] for one in used if one in ITALICS}
    target = Path(app.outdir) / "_static" / FONT
    cut_font(MATH_FONT, target, map(ord, used), features=("ssty", "dtls"))


def setup(app: Sphinx) -> dict:
    app.add_html_math_renderer(
        "mathml", inline_renderers=(visit_inline, None), block_renderers=(visit_block, None)
    )
    app.connect("doctree-read", convert_formulas)
    app.connect("env-purge-doc", forget_page)
    app.connect("env-merge-info", merge_pages)
    app.connect("build-finished", write_font)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
