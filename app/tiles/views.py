"""Views of the tiles room."""

from flask import Blueprint

bp = Blueprint("tiles", __name__)
