"""The portal as a service: what its database holds. Its application is made by `app.create_portal`."""

from services.portal.models import Base
from shared.service import Service

service = Service(name="portal", metadata=Base.metadata)
