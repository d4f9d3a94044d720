"""No text is left without its English, and Russian has all the forms it counts with."""

import re
from collections import Counter
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

PORTAL = Path("services/portal")
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}


def file_of(language):
    return PORTAL / "translations" / language / "LC_MESSAGES" / "messages.po"


def catalogue(language):
    with file_of(language).open("rb") as file:
        return read_po(file, locale=language)


def said():
    return {found[2] for found in extract_from_dir(str(PORTAL), method_map=METHODS, keywords=KEYWORDS)}


def test_every_text_has_its_english_and_no_english_is_left_over():
    english = catalogue("en")
    known = {message.id for message in english if message.id}

    assert known == said()
    for message in english:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(forms), message.id
        assert not message.fuzzy
        assert not list(message.check(english)), message.id


def test_no_text_is_translated_twice():
    # Of two translations the last is taken, without a word.
    texts = re.findall(r'^msgid (".+")$', file_of("en").read_text("utf-8"), re.MULTILINE)

    assert [text for text, times in Counter(texts).items() if times > 1] == []


def test_what_is_counted_has_three_forms_in_russian():
    counted = {message for message in said() if isinstance(message, tuple)}
    russian = catalogue("ru")

    assert counted
    for message in counted:
        assert len(russian[message[0]].string) == 3
        assert all(russian[message[0]].string)
