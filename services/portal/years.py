"""Which academic year a list is of: this one, or a former one that somebody has chosen (clause 2.2.3)."""

from typing import Any, NamedTuple

from services.portal.web import asked_id, glimpse


class Years(NamedTuple):
    """The years that the journal knows, the latest first, and which of them is shown."""

    known: list[dict[str, Any]]
    id: str | None
    """What links and questions carry; None: the year of today, which nobody has to name."""
    shown_id: str | None
    name: str

    @property
    def is_current(self) -> bool:
        """Whether the year of today is shown."""
        return self.id is None


def asked_years() -> Years:
    """Return the years there are and the one the address names; the journal knows whether there is such."""
    known = glimpse("journal", "/years", {"items": []})["items"]
    asked = asked_id("year_id")
    shown = next((one for one in known if one["id"] == asked or (not asked and one["is_current"])), None)
    if shown is None:
        return Years(known, asked, asked, "")
    return Years(known, None if shown["is_current"] else shown["id"], shown["id"], shown["name"])
