"""Words that are only words, if nobody takes them for something else.

Where a page takes one for markup, `hit()` is called, an element appears that nobody made, or the browser
complains.
"""

MARKUP = [
    "<script>hit()</script>",
    "</script><script>hit()</script>",
    '"><img src=x onerror=hit()>',
    "'><svg/onload=hit()>",
    "</title></style></textarea><img src=x onerror=hit()>",
    '" onmouseover="hit()" autofocus onfocus="hit()" x="',
    "&lt;script&gt;hit()&lt;/script&gt;",
    "<iframe srcdoc='<script>parent.hit()</script>'></iframe>",
    '<a href="javascript:hit()">here</a>',
    '<link rel=stylesheet href="//evil.example/x.css">',
    "<!--><img src=x onerror=hit()>-->",
]
TEMPLATES = [
    "{{7*7}}",
    "{% debug %}",
    "${7*7}",
    "<%= 7*7 %>",
    "#{7*7}",
    "{{constructor.constructor('hit()')()}}",
]
FORMATS = ["%(x)s %s %n %d", "{0} {x!r} {0.__class__}", "\\x41\\u0041\\", "$(touch x) `touch x` ; touch x"]
SQL = [
    "'; DROP TABLE interactions_interaction; --",
    "' OR '1'='1",
    '"; SELECT pg_sleep(9); --',
    "\\'; --",
    "$$;$$",
]
ADDRESSES = [
    "javascript:hit()",
    "data:text/html,<script>hit()</script>",
    "//evil.example",
    "../../../etc/passwd",
]
SIGNS = [
    "\u202ereversed\u202d",
    "\u2066isolated",
    "zero\u200bwidth\ufeff",
    "Z\u0351\u0343\u0357a\u036f\u033f\u0314l",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\u2028line\u2029s",
    "tab\there\r\nthere",
    "\x1b[31mred\x1b[0m\x07",
    "\u0130\u0131\ufb01\u1e9e",
]
FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("//evil.example","x")',
]

WORDS = [*MARKUP, *TEMPLATES, *FORMATS, *SQL, *ADDRESSES, *SIGNS, *FORMULAS]

# As much of it as a short field takes.
ALL_IN_ONE = """'"></script></title><img src=x onerror=hit()><script>hit()</script>{{7*7}}%(x)s--"""
EVERYTHING = " | ".join(WORDS)
