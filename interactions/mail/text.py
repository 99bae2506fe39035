"""Text as a person can read it and PostgreSQL can keep it. Nothing here raises."""

import re
from contextlib import suppress
from html.parser import HTMLParser

from .mended import Mended

# What senders declare, and the larger charset that they mean by it (as browsers read it too).
MEANT = {
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "iso-2022-jp": "iso2022_jp_ext",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf-7",
}
# Codecs of Python that are no charsets of mail; the last two take quadratic time.
NO_CHARSETS = {"unicode_escape", "unicode-escape", "raw_unicode_escape", "undefined", "idna", "punycode"}
MAX_HTML = 1_000_000  # characters; the text is cut to far less afterwards

SURROGATE = re.compile("[\ud800-\udfff]")
TAG = re.compile(r"<[^>]*>")
SPACES = re.compile(r"[ \t\r\f\v]*\n[ \t\r\f\v]*")
HIDDEN = {"script", "style", "head", "title", "template"}
BLOCKS = {
    "p",
    "div",
    "tr",
    "table",
    "ul",
    "ol",
    "blockquote",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
}


def decode(content: bytes, charset: str | None, mended: set[Mended]) -> str:
    """By the declared charset; where that fails, the best guess."""
    declared = (charset or "us-ascii").strip().strip("'\"").lower()
    meant = MEANT.get(declared, declared)
    is_ascii = declared in ("us-ascii", "ascii")
    text = _decode(content, meant, "strict")
    if text is not None:
        if is_ascii and not content.isascii():
            mended.add(Mended.CHARSET)
        return text
    mended.add(Mended.CHARSET)
    text = _decode(content, "utf-8", "strict")
    # A known charset with a few wrong bytes is nearer the truth than another; UTF-8 for ASCII was a guess.
    if text is None and not is_ascii:
        text = _decode(content, meant, "replace")
    return text if text is not None else content.decode("cp1252", "replace")


def _decode(content: bytes, charset: str, errors: str) -> str | None:
    if charset in NO_CHARSETS:
        return None
    with suppress(LookupError, ValueError):  # an unknown charset; bytes it does not know; a NUL in its name
        return content.decode(charset, errors)
    return None


def clean(text: str, mended: set[Mended]) -> str:
    """Without NUL (jsonb refuses it) and without lone surrogates (UTF-8 does)."""
    if "\x00" in text:
        mended.add(Mended.NUL)
        text = text.replace("\x00", "")
    if SURROGATE.search(text):
        mended.add(Mended.CHARACTER)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def from_html(html: str) -> str:
    stripper = _Stripper()
    try:
        stripper.feed(html[:MAX_HTML])
        stripper.close()
    except Exception:  # the parser asserts its way through odd markup
        return TAG.sub(" ", html[:MAX_HTML])
    text = re.sub(r"\n{3,}", "\n\n", SPACES.sub("\n", "".join(stripper.pieces))).strip()
    return text or TAG.sub(" ", html[:MAX_HTML]).strip()  # all of it within a style never closed


class _Stripper(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.hidden = ""  # the element that hides what we read

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "body":
            self.hidden = ""  # after a head that was never closed
        elif tag in HIDDEN:
            self.hidden = self.hidden or tag
        elif tag == "br" or tag in BLOCKS:
            self.pieces.append("\n")
        elif tag == "li":
            self.pieces.append("\n- ")
        elif tag in ("td", "th"):
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.hidden:
            self.hidden = ""
        elif tag in BLOCKS:
            self.pieces.append("\n\n" if tag == "p" else "\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.pieces.append(re.sub(r"\s+", " ", data))
