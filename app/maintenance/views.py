"""Views of the maintenance room."""

from flask import Blueprint

bp = Blueprint("maintenance", __name__, url_prefix="/maintenance")
