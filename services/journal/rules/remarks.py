"""Kinds of what teachers write of a pupil, whom it is for, and how it stands in a page's chain."""

import hashlib

from shared.errors import Text

KINDS = {
    "remark": Text("замечание", "remark"),
    "recommendation": Text("рекомендация", "recommendation"),
    "praise": Text("благодарность", "praise"),
}
FAMILY, PARENTS = "family", "parents"
AUDIENCES = (FAMILY, PARENTS)
"""Whom it is for: the pupil and the parents, or the parents alone."""


def text_digest(salt: str, text: str) -> str:
    """Return what a chain keeps of a text: SHA-256 over its salt and itself."""
    return hashlib.sha256(f"{salt} {text}".encode()).hexdigest()


def remark_text(kind: str | None, audience: str, digest: str) -> str | None:
    """Return a remark as revisions keep it, «praise family 2cf24d…»; None when it was withdrawn."""
    return f"{kind} {audience} {digest}" if kind else None
