"""``netsim comment``: the review of a pull request, where its readers are."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, job, options
from netsim.cli.review import BaseDir, BaseOption, conclude_review, find_repository
from netsim.errors import NetsimError, RequestError
from netsim.forge.sticky import Deed, Kept, News, When
from netsim.model.conventions import IpBlockPods
from netsim.report.render import Format

if TYPE_CHECKING:
    from netsim.app.base import BaseRevision
    from netsim.app.comment import CommentRequest

Key = Annotated[
    str,
    typer.Option(
        "--key", metavar="NAME", help="Tells the comments of several jobs apart, such as prod."
    ),
]
WhenOption = Annotated[
    When,
    typer.Option(
        "--when",
        metavar="changes|always|never",
        help="changes: where there is something to tell, and what was told before is brought "
        "up to date; always: where there is nothing, too; never: no comment.",
    ),
]
PullRequest = Annotated[
    int | None,
    typer.Option(
        "--pull-request",
        metavar="NUMBER",
        min=1,
        help="By default that of the CI job.",
        show_default=False,
    ),
]
Report = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="Write the comment to this file, too.", show_default=False
    ),
]


def comment(
    paths: options.Files,
    base: BaseOption = None,
    base_dir: BaseDir = None,
    scenario: options.Documented = None,
    no_scenario: options.NoScenario = False,
    key: Key = "default",
    when: WhenOption = When.CHANGES,
    pull_request: PullRequest = None,
    limit: options.Limit = options.COMMENT,
    allow_inconclusive: options.AllowInconclusive = False,
    namespace: options.HomeNamespace = None,
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    ingress_namespace: options.IngressNamespace = None,
    ingress_labels: options.IngressLabels = None,
    render: options.Render = False,
    output: Report = None,
) -> None:
    """Keep the review of a pull request on it, as one comment that each run brings up to date.

    In a job of GitHub or GitLab, which says the pull request and the base. On GitHub the review
    is in the job's summary, too, with annotations in place of text. Exit codes are those of
    review: no trouble with the comment changes them.
    """
    from netsim.app import comment as app
    from netsim.app import review as reviews
    from netsim.app.base import choose_base
    from netsim.forge.sticky import parse_key
    from netsim.report.render import render as render_result
    from netsim.report.style import Terminal

    given = choose_base(base, base_dir) if base or base_dir else None
    asked = app.CommentRequest(parse_key(key), when, os.environ, pull_request)
    console.check(output)
    try:
        result = reviews.review(
            reviews.ReviewRequest(
                tuple(paths),
                namespace,
                ipblock_pods,
                options.ranges(pod_ranges),
                sys.stdin,
                rendering=options.rendering(render),
                scenario=options.one(scenario),
                discovery=options.discovery(scenario, no_scenario),
                controller=options.known_controller(ingress_namespace, ingress_labels),
                base=given or _find_base(),
                repository=find_repository(os.environ),
            )
        )
    except NetsimError as error:
        # What an older comment says is true no longer.
        from netsim.report.review.failure import annotate_failure, write_failure

        if job.is_on_github():
            console.write_text(annotate_failure(error), None)
        _post(asked, write_failure(error), News.SOME, output)
        raise
    console.notes(result.now.notes, result.diagnostics)
    console.write(result, Format.GITHUB if job.is_on_github() else Format.TEXT, None)
    markdown = render_result(result, Format.MARKDOWN, Terminal(limit=limit))
    _post(asked, markdown, app.find_news(result), output)
    if result.comparison and result.comparison.differs is not None:
        job.add_outputs(
            {
                "opened": result.count(reviews.Way.OPENS),
                "closed": result.count(reviews.Way.CLOSES),
                "undocumented": result.undocumented,
            }
        )
    conclude_review(result, allow_inconclusive)


def _find_base() -> BaseRevision:
    """That of the job."""
    from netsim.app.base import BaseRevision
    from netsim.forge.surroundings import find_base

    found = find_base(os.environ)
    if found is None:
        message = "the job does not say what the change starts from: give --base or --base-dir"
        raise RequestError(message, "base")
    return BaseRevision(found)


def _post(asked: CommentRequest, markdown: str, news: News, output: Path | None) -> None:
    from netsim.app.comment import NotKept, comment

    job.add_summary(markdown)
    match comment(asked, markdown, news):
        case Kept(deed=Deed.LEFT_OUT):
            if asked.when is not When.NEVER:
                console.remark("no comment: there is nothing to tell")
        case Kept(deed=deed, url=url):
            console.remark(f"comment {deed.value}{url and f': {url}'}")
        case NotKept(why=why):
            where = "; the review is in the summary of the job" if job.is_on_github() else ""
            console.note(f"no comment: {why}{where}")
    if output is not None:
        console.write_text(markdown, output)
