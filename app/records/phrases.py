"""Words that the scripts of a form say."""

from __future__ import annotations

from app.i18n import gettext as _


def form_words() -> dict[str, str]:
    """Every sentence of the scripts in the reader's language, by its key."""
    return {
        "draft_found": _("There is a draft that was not saved, of {at}."),
        "draft_take": _("Bring it back"),
        "draft_drop": _("Discard it"),
        "draft_back": _("The draft is back. Please look it over and save."),
        "draft_version": _("The record has been changed since the draft was written."),
        "offline": _("No connection. Nothing was sent; what you entered is kept as a draft on this computer."),
        "signed_out": _("You have been signed out. Sign in again in another window, then save; nothing is lost."),
        "other_account": _("Another account is signed in by now. Sign in as yourself again, then save."),
        "sign_in": _("Sign in"),
        "sending": _("Saving…"),
        "yuan": _("= {yuan} yuan = {wan} 10k yuan"),
        "share": _("= {fraction} = {percent} %"),
        "none_found": _("Nothing found"),
        "take_out": _("Take out {name}"),
        "lies_in": _("Lies in {name}"),
        "elsewhere": _("Lies in {name}, outside your area"),
        "nowhere": _("Lies in no known area"),
        "take_place": _("Take the place from the position"),
        "keep_place": _("Keep the place"),
        "swap": _("Exchange longitude and latitude"),
        "repair": _("Put right what crosses, as drawn"),
        "no_map": _("The map cannot be drawn on this computer. Please type the coordinates."),
        "map": _("Map of the position"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "draw_point": _("Click where it lies."),
        "draw_linestring": _("Click along the line; click the last point again to end it."),
        "draw_polygon": _("Click around the area; click the first point again to close it."),
        "draw_select": _("Drag the points; the small ones between add a point. Delete takes a point away."),
        "point": _("Point"),
        "line": _("Line of {length}"),
        "area": _("Outline of {area}"),
        "mu": _("mu"),
    }
