"""How a request to correct goes (clauses 3.7.8, 3.9.5): its states and steps."""

OPEN, ASSIGNED, CORRECTED, DECLINED, CONFIRMED = "open", "assigned", "corrected", "declined", "confirmed"
"""Waits for somebody to be found; waits for them; was put right, or not; the reporter agrees."""

UNSETTLED = (OPEN, ASSIGNED)
SETTLED = (CORRECTED, DECLINED)
OUTCOMES = SETTLED
STATES = (*UNSETTLED, *SETTLED, CONFIRMED)

REPORTED, WITHDRAWN, REOPENED, ESCALATED, APPROVED = (
    "reported",
    "withdrawn",
    "reopened",
    "escalated",
    "approved",
)
"""The steps beside those that end in the state of the same name; `withdrawn` is of an approval."""

CELLS = ("mark", "attendance", "final")
"""What is somebody's; the last stands in a period or a year, not in a lesson."""

TEXTS = ("topic", "homework")
FINAL = "final"
