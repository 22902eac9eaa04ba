"""Tell browsers what a page may load and run: the book's own files, and no script in a page."""

from __future__ import annotations

import base64
import hashlib

#: What a page needs: files of the site.
NEEDED = (
    "default-src 'none'",
    "script-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
)
#: What only a server can forbid: that another site shows the book inside a page of its own.
OF_SERVER = "frame-ancestors 'self'"


def page_policy(style: str = "") -> str:
    """Write the policy that stands in a page.

    Text from data is written as text; should a piece of it become markup all the same, nothing of
    it runs: neither a script in the page, nor an event handler, nor a ``javascript:`` address.

    Parameters
    ----------
    style : str, optional
        Content of a ``style`` element of the page. Only this very text then counts as style.

    Returns
    -------
    str
        Content of ``<meta http-equiv="Content-Security-Policy">``.

    References
    ----------
    W3C. Content Security Policy Level 3. https://www.w3.org/TR/CSP3/

    Examples
    --------
    >>> "script-src 'self';" in page_policy()
    True
    """
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    styles = f"style-src 'self' 'sha256-{digest}'" if style else "style-src 'self'"
    return "; ".join([*NEEDED, styles])


def page_policy_meta(style: str = "") -> str:
    """Write the element that puts the policy into a page; it goes before all that data wrote."""
    return f'<meta http-equiv="Content-Security-Policy" content="{page_policy(style)}">'


def server_policy() -> str:
    """Write the policy that a server sends with every file.

    The drawings (SVG) carry their style inside, so that they look the same when a reader opens
    one by itself or takes it along: styles in a file are allowed here. Pages have their own
    policy besides, and what counts is what both allow.
    """
    return "; ".join([*NEEDED, "style-src 'self' 'unsafe-inline'", OF_SERVER])
