"""When two names may be one person's: Ё and Е, a slip of the finger, a family name changed."""

from shared.names import collated, full_name


def name_key(family: str, given: str, patronymic: str) -> str:
    """Return what two ways to write the same name have in common."""
    return " ".join(collated(full_name(family, given, patronymic)).replace("-", " ").split())


def without_yo_lost(written: str, known: str) -> str:
    """Return the name to keep: «Алена» in a list does not undo the «Алёна» we know."""
    if len(written) != len(known):
        return written
    pairs = zip(written, known, strict=True)
    same = all(
        new == old or (new in "еЕ" and old in "ёЁ" and collated(new) == collated(old)) for new, old in pairs
    )
    return known if same else written


def is_one_slip_off(one: str, other: str) -> bool:
    """Whether one letter more, less, other, or two exchanged make one text the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    if short[at + 1 :] == long[at + 1 :]:
        return True
    return short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]


def is_short_for(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """Whether one of the names is the other with initials: «Иванова М. П.» and «Иванова Мария Петровна»."""
    if collated(one[0]) != collated(other[0]) or not one[1] or not other[1]:
        return False
    parts = list(zip(one[1:], other[1:], strict=True))
    if not any(_is_initial(a) or _is_initial(b) for a, b in parts):
        return False
    return all(_agree(collated(a), collated(b)) for a, b in parts)


def _is_initial(part: str) -> bool:
    return len(part.strip(". ")) == 1


def _agree(one: str, other: str) -> bool:
    if not one or not other or one == other:
        return True
    return (_is_initial(one) or _is_initial(other)) and one[0] == other[0]
