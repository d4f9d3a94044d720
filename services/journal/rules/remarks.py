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


def text_digest(salt: str, text: str, reason: str | None = None) -> str:
    """Return what a chain keeps of a text, and of why it was changed: SHA-256 over its salt and itself."""
    digest = hashlib.sha256(f"{salt} {text}".encode()).hexdigest()
    return digest if reason is None else text_digest(digest, reason)


def remark_text(kind: str | None, audience: str, digest: str) -> str | None:
    """Return a remark as revisions keep it, «praise family 2cf24d…»; None when it was withdrawn."""
    return f"{kind} {audience} {digest}" if kind else None
