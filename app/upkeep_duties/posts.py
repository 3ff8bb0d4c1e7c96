"""Upkeep posts: the list, one post with who has filled it, and the forms that change it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app import db
from app.i18n import gettext as _
from app.i18n import language
from app.i18n import lazy_gettext as _l
from app.lists.answers import show_list
from app.lists.columns import Choice, Column, Listing, place_columns
from app.lists.sending import send_list
from app.records.answering import answer_form, may_write
from app.records.form import RetireForm
from app.records.trail import trail_of
from app.upkeep_duties.forms import EndForm, HolderForm, PostForm
from assets.editing import require_writer
from assets.filters import Filter
from assets.maintenance import filling, posts
from assets.maintenance.models import Duty
from assets.masks import masked_name, masked_phone
from assets.ownership.queries import in_force
from assets.parties.models import Person, Post, PostHolding
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.terms import queries as terms

bp = Blueprint("posts", __name__, url_prefix="/posts")


def _of_holder(asked: Filter, what: Any) -> Any:
    return (
        select(what)
        .select_from(PostHolding)
        .join(Person, Person.id == PostHolding.person_id)
        .where(PostHolding.post_id == Post.id, in_force(PostHolding, asked.day))
        .limit(1)
        .scalar_subquery()
    )


def _assets(asked: Filter) -> Any:
    return (
        select(func.count(Duty.asset_id.distinct()))
        .where(Duty.post_id == Post.id, in_force(Duty, asked.day))
        .scalar_subquery()
    )


POSTS = Listing(
    name="posts",
    title=_l("Upkeep posts"),
    endpoint="posts.index",
    export="posts.export",
    record="posts.show",
    record_key="post_id",
    layer="",
    matching=posts.matching,
    id=Post.id,
    region_id=Post.region_id,
    columns=(
        Column("title", _l("Post"), lambda _asked: Post.title, show="name"),
        *place_columns(),
        Column("sector", _l("Sector"), lambda _asked: Post.sector, show="term", words="sector"),
        Column(
            "person",
            _l("Person responsible"),
            lambda asked: _of_holder(asked, masked_name(Person)),
            sortable=False,
        ),
        Column("phone", _l("Telephone"), lambda asked: _of_holder(asked, masked_phone(Person.phone)), sortable=False),
        Column("since", _l("In the post since"), lambda asked: _of_holder(asked, PostHolding.valid_from), show="date"),
        Column("assets", _l("Assets"), _assets, show="number", adds_up=True),
    ),
    usual_sort="title",
    choices=(Choice("sector", "sector", term="sector"),),
)


TABS = (
    ("registry.index", _l("Asset ledger")),
    ("parties.index", _l("Holders")),
    ("posts.index", _l("Upkeep posts")),
)


@bp.get("/")
def index() -> str | Response:
    """The posts."""
    return show_list(
        POSTS,
        tabs=TABS,
        tabs_name=_("Assets and who answers for them"),
        new=url_for("posts.register") if may_write() else None,
    )


@bp.get("/export.<form>")
def export(form: str) -> str | Response:
    """The posts as a file of that form."""
    return send_list(POSTS, form)


@bp.get("/<int:post_id>")
def show(post_id: int) -> str:
    """One post: who fills it, who did, and what it keeps."""
    post, day = posts.get_post(db.session, post_id), db.current_day()
    count, kept = posts.assets_kept_by(db.session, post_id, day)
    return render_template(
        "upkeep_duties/post.html",
        post=post,
        day=day,
        above=regions.ancestors(db.session, db.session.get_one(Region, post.region_id)),
        sector=terms.names(db.session, "sector", day=day, language=language()).get(post.sector or ""),
        holders=posts.holders_of(db.session, post_id),
        count=count,
        kept=kept,
        writable=may_write(post) and post.retired_on is None,
        steps=trail_of(db.session, post, post_id),
    )


@bp.route("/new", methods=["GET", "POST"])
def register() -> Response | tuple[str, int]:
    """Register a post."""
    return answer_form(
        PostForm,
        title=_("Register a post"),
        save=lambda form: posts.register_post(
            db.session, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        done=_address,
        saved=lambda post: _("“%(name)s” is registered.", name=post.title),
        back=url_for("posts.index"),
    )


@bp.route("/<int:post_id>/correct", methods=["GET", "POST"])
def correct(post_id: int) -> Response | tuple[str, int]:
    """Correct a post."""
    post = posts.get_post(db.session, post_id)
    return answer_form(
        PostForm,
        record=post,
        title=_("Correct “%(name)s”", name=post.title),
        save=lambda form: posts.correct_post(
            db.session,
            post_id,
            revision=form.revision.data,
            reason=form.reason.data,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=_address,
        saved=lambda made: _("“%(name)s” is corrected.", name=made.title),
    )


@bp.route("/<int:post_id>/retire", methods=["GET", "POST"])
def retire(post_id: int) -> Response | tuple[str, int]:
    """Give a post up."""
    post = posts.get_post(db.session, post_id)
    return answer_form(
        RetireForm,
        record=post,
        title=_("Withdraw “%(name)s”", name=post.title),
        start={"on": db.current_day()},
        button=_("Withdraw"),
        save=lambda form: posts.retire_post(
            db.session,
            post_id,
            revision=form.revision.data,
            on=form.on.data,
            reason=form.reason.data,
            today=db.current_day(),
        ),
        done=_address,
        saved=lambda made: _("“%(name)s” is withdrawn.", name=made.title),
    )


@bp.route("/<int:post_id>/fill", methods=["GET", "POST"])
def fill(post_id: int) -> Response | tuple[str, int]:
    """Put somebody into the post."""
    post = _writable(post_id)
    return answer_form(
        HolderForm,
        title=_("Who fills “%(name)s”", name=post.title),
        intro=_("Whoever fills it so far leaves it on that day. All duties of the post pass on at once."),
        save=lambda form: filling.fill_post(
            db.session, post_id, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        done=lambda _holding: _address(post),
        saved=_("The post is filled."),
        start={"valid_from": db.current_day()},
        back=_address(post),
    )


@bp.route("/<int:post_id>/vacate", methods=["GET", "POST"])
def vacate(post_id: int) -> Response | tuple[str, int]:
    """Say that nobody fills the post any more."""
    post = _writable(post_id)
    return answer_form(
        EndForm,
        title=_("Leave “%(name)s” vacant", name=post.title),
        intro=_("Its assets will show as without a person responsible until somebody fills it."),
        start={"on": db.current_day()},
        button=_("Leave it vacant"),
        save=lambda form: filling.vacate_post(
            db.session, post_id, on=form.on.data, reason=form.reason.data, today=db.current_day()
        ),
        done=lambda _holding: _address(post),
        saved=_("The post is vacant."),
        back=_address(post),
    )


def _writable(post_id: int) -> Post:
    post = posts.get_post(db.session, post_id)
    require_writer(db.session, post.region_path, post.sector)
    return post


def _address(post: Post) -> str:
    return url_for("posts.show", post_id=post.id)
