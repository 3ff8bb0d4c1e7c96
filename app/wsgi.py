"""The application a WSGI server imports."""

import sys

from app import create_app
from app.config import Settings, UnfitSetting

try:
    application = create_app(Settings.from_environment())
except UnfitSetting as unfit:
    sys.exit(str(unfit))
