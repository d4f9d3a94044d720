"""Who is on a list that comes in or goes out."""

AUTO, PUPILS, STAFF = "auto", "pupils", "staff"
WHO = (AUTO, PUPILS, STAFF)
"""Left to the columns, pupils with their parents, or staff."""
