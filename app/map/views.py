"""Views of the map room."""

from flask import Blueprint

bp = Blueprint("map", __name__, url_prefix="/map")
