"""The portal's pages, one module per noun."""

from services.portal.routes import diary, home, journal, notices, school, sign_in

BLUEPRINTS = (
    sign_in.sign_in,
    home.home,
    journal.journal,
    diary.diary,
    notices.notices,
    school.school,
)
