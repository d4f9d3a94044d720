"""The first page: what a person of each role came for."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from services.portal.web import visitor

home = Blueprint("home", __name__)

# The first role a person has decides; everything else is one click away in the menu.
FIRST = (
    ("teacher", "journal.pages"),
    ("class_teacher", "journal.pages"),
    ("deputy", "journal.pages"),
    ("director", "journal.pages"),
    ("operator", "school.people"),
    ("educator", "journal.pages"),
    ("parent", "diary.week"),
    ("pupil", "diary.week"),
)


@home.get("/")
def start() -> str | Response:
    for role, page in FIRST:
        if visitor().has(role):
            return redirect(url_for(page))
    return render_template("nothing_yet.html")
