"""People's names in three parts: how a list is sorted and what is shown of a name."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection

Key = tuple[tuple[str, str], ...]

_DIGITS = re.compile(r"\d+")
LATIN_ALIKE = str.maketrans("abcehkmoptxy", "авсенкмортху")


def tidy(text: str) -> str:
    """Return typed text as it is kept: letters composed, no spaces around it, single ones within.

    A Mac writes Ё and Й as two signs, and tables come with spaces that cannot be broken.
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def collated(text: str) -> str:
    """Return what Russian lists sort by: neither case nor the dots of Ё count."""
    return text.casefold().replace("ё", "е").strip()


def sort_key(family: str, given: str = "", patronymic: str = "") -> Key:
    """Return the key a list of people is sorted by: Ёлкин stands among the Е, not after Я.

    Where two names differ in Ё alone, the one with Е comes first, always.
    """
    parts = (family, given, patronymic)
    return tuple((collated(part), part.casefold()) for part in parts)


def group_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return the key a list of classes is sorted by: 5А, 5Б, 10А, and not 10А first."""
    found: list[tuple[int, int, str]] = []
    at = 0
    for digits in _DIGITS.finditer(name):
        if digits.start() > at:
            found.append((1, 0, collated(name[at : digits.start()])))
        found.append((0, int(digits[0]), ""))
        at = digits.end()
    return (*found, (1, 0, collated(name[at:]))) if at < len(name) else tuple(found)


def plain_name(name: str) -> str:
    """Return a group's name as people mean it: 5А, 5 «А» and 5-А are one class; 5-1 is not 51.

    A single Latin letter that looks like a Russian one is taken for it, as keyboards mix them up.
    """
    letters = re.sub(r"[\s\"'«»“”„.]", "", collated(name))
    joined = re.sub(r"(?<=\d)-(?=\D)", "", letters)
    return joined.translate(LATIN_ALIKE) if re.fullmatch(r"\d{1,2}[a-z]", joined) else joined


def list_name(family: str, given: str) -> str:
    """Return a name as the class list shows it: «Иванова Мария»."""
    return f"{family} {given}".strip()


def short_name(family: str, given: str, patronymic: str = "") -> str:
    """Return a name as staff is signed: «Иванова М. П.»; «Петер» where there is but one part."""
    initials = [f"{part.strip()[0].upper()}." for part in (given, patronymic) if part.strip()]
    return " ".join([family, *initials]).strip()


def full_name(family: str, given: str, patronymic: str = "") -> str:
    """Return all three parts: «Иванова Мария Петровна»."""
    return " ".join(part for part in (family, given, patronymic) if part)


def names_apart(people: Collection[tuple[str, str, str]]) -> list[str]:
    """Return names as staff is signed, and in full for whoever shares the initials with another."""
    taken = Counter(short_name(*parts) for parts in people)
    return [full_name(*parts) if taken[short_name(*parts)] > 1 else short_name(*parts) for parts in people]


def split_name(text: str) -> tuple[str, str, str]:
    """Read «Фамилия Имя Отчество» (or «Фамилия И. О.») back into its three parts.

    The first word is the family name; all after the second is the patronymic, so that
    «Мамедов Али Гасан оглы» stays whole.
    """
    words = text.replace(".", ". ").split()
    family, given, rest = (*words[:2], *[""] * (2 - len(words[:2])), " ".join(words[2:]))
    return family, given, rest
