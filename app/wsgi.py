"""The application a WSGI server imports."""

from app import create_app
from app.config import Settings

application = create_app(Settings.from_environment())
