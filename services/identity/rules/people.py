"""What is known of people: sex, ways to reach them, and what guardians are to their children."""

from shared.errors import Text

SEXES = {"m": Text("мужской", "male"), "f": Text("женский", "female")}

CONTACT_KINDS = {
    "phone": Text("телефон", "phone"),
    "email": Text("почта", "e-mail"),
    "address": Text("адрес", "address"),
}
MAX_CONTACTS = 20

REPRESENTATIVE = "representative"

# Законные представители (ст. 64, 123, 145 СК РФ).
GUARDIANS = {
    "mother": Text("мать", "mother"),
    "father": Text("отец", "father"),
    "adopter": Text("усыновитель", "adoptive parent"),
    "guardian": Text("опекун", "guardian"),
    "trustee": Text("попечитель", "trustee"),
    "foster": Text("приёмный родитель", "foster parent"),
    REPRESENTATIVE: Text("законный представитель", "lawful representative"),
}
