"""The application floor: HTTP, the command line and background jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from app.config import Settings


def create_app(settings: Settings) -> Flask:
    """The web application for ``settings``: a table of contents."""
    from app import (
        access,
        agents,
        area,
        db,
        demonstration,
        errors,
        frame,
        guards,
        i18n,
        kept,
        rates,
        sealing,
        security,
        shares,
        static_files,
    )
    from app.accounts import outside, own
    from app.accounts import views as accounts
    from app.administration import views as administration
    from app.audit import refusals
    from app.audit import views as audit
    from app.funds import views as funds
    from app.grants import delegations
    from app.grants import views as grants
    from app.health import views as health
    from app.home import views as home
    from app.imports import exporting as ledgers
    from app.imports import views as imports
    from app.maintenance import views as maintenance
    from app.map import views as map_
    from app.ownership import views as ownership
    from app.parties import views as parties
    from app.personal import views as personal
    from app.places import views as places
    from app.positions import views as positions
    from app.projects import views as projects
    from app.records import views as records
    from app.registry import views as registry
    from app.review import views as review
    from app.search import views as search
    from app.tiles import views as tiles
    from app.upkeep_duties import posts
    from app.upkeep_duties import views as upkeep_duties

    app = Flask(__name__, static_folder=None)
    app.config.update(SECRET_KEY=settings.secret_key, TESTING=settings.testing)
    app.extensions["settings"] = settings

    db.init_app(app, settings)
    kept.init_app(app)
    i18n.init_app(app)
    errors.init_app(app)
    guards.init_app(app, settings)
    security.init_app(app, settings)
    sealing.init_app(app, settings)
    outside.init_app(app, settings)
    agents.init_app(app)
    area.init_app(app)
    frame.init_app(app)
    demonstration.init_app(app)
    static_files.init_app(app)
    shares.init_app(app)
    records.init_app(app)
    delegations.init_app(app)
    refusals.init_app(app)

    rooms = (accounts, administration, audit, funds, grants, health, home, ledgers, map_, maintenance)
    others = (outside, own, ownership, parties, personal, places, positions, posts)
    for room in (*rooms, *others, imports, projects, records, registry, review, search, tiles, upkeep_duties):
        app.register_blueprint(room.bp)
    access.init_app(app)
    rates.init_app(app)
    return app
