"""`maillage ballot recount BALLOT`: the same papers, counted again, give what was announced?"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from infra.cli.audit import connected
from infra.cli.kept import add_data
from infra.cli.parser import OneSentenceParser, complain
from services.intervisions.ballots.ballot_box import digest_of
from services.intervisions.ballots.count import Count, Option, Rules, papers_digest
from services.intervisions.ballots.stored_count import counted_again, paper_of

PROG = "maillage ballot recount"
_BALLOT = (
    "SELECT id, state, points, places, seed, seed_digest, turnout, papers_digest, result,"
    " (SELECT count(*) FROM ballot_voters v WHERE v.ballot_id = b.id) AS voters,"
    " NOT EXISTS (SELECT 1 FROM ballot_electors e WHERE e.ballot_id = b.id) AS voters_forgotten,"
    " (SELECT a.after ->> 'papers' FROM audit_entries a WHERE a.subject_kind = 'ballots'"
    "  AND a.subject_id = b.id AND a.action = 'close_ballot') AS journal_digest"
    " FROM ballots b WHERE id = %s"
)
_OPTIONS = (
    "SELECT proposal_id AS id, priority, waiting_weeks, void FROM ballot_options"
    " WHERE ballot_id = %s ORDER BY position"
)
_PAPERS = "SELECT choices FROM ballot_papers WHERE ballot_id = %s ORDER BY id"


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A closed ballot as it lies in the database."""

    ballot: dict[str, Any]
    options: list[Option]
    papers: list[dict[str, Any]]


def add_parser(subparsers: "argparse._SubParsersAction[OneSentenceParser]") -> None:
    parser = subparsers.add_parser("ballot").add_subparsers(dest="what", required=True)
    recount = parser.add_parser("recount", help="count the stored papers of a closed ballot again")
    recount.add_argument("ballot", type=UUID, metavar="BALLOT", help="its id")
    add_data(recount)
    recount.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 and the same result; 1 and every difference; 2 if there is nothing to count."""
    try:
        with connected(args.data) as connection:
            stored = _stored(connection, args.ballot)
    except (psycopg.Error, OSError) as error:
        return complain(PROG, f"the ballot could not be read: {type(error).__name__}")
    if stored is None:
        return complain(PROG, f"{args.ballot} is not a ballot that was closed and counted")
    result, counted = _count(stored)
    differences = list(_differences(stored, result, counted))
    for each in differences:
        print(f"Differs: {each}.")
    if stored.ballot["voters_forgotten"]:
        print("Who voted is forgotten: compared is the number that was announced.")
    if not differences:
        print(f"The same: {stored.ballot['turnout']} papers, as announced.")
    for line in result["lines"]:
        print(_line(line))
    for tie in result["ties"]:
        print(f"  tie at {tie['points']}: {tie['first_id']} before {tie['second_id']}", end="")
        print(f" by {tie['rule'].replace('_', ' ')}")
    return 1 if differences else 0


def _stored(connection: psycopg.Connection[Any], ballot_id: UUID) -> Stored | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        ballot = cursor.execute(_BALLOT, (ballot_id,)).fetchone()
        if ballot is None or ballot["state"] != "closed":
            return None
        options = cursor.execute(_OPTIONS, (ballot_id,)).fetchall()
        papers = cursor.execute(_PAPERS, (ballot_id,)).fetchall()
    return Stored(
        ballot=ballot,
        options=[Option(**row) for row in options],
        papers=[row["choices"] for row in papers],
    )


def _count(stored: Stored) -> tuple[dict[str, Any], Count]:
    rules = Rules(points=stored.ballot["points"], places=stored.ballot["places"])
    return counted_again(stored.options, stored.papers, rules, stored.ballot["seed"])


def _differences(stored: Stored, result: dict[str, Any], counted: Count) -> Iterator[str]:
    """What was announced, against the papers; and the papers against what was noted of them."""
    ballot = stored.ballot
    digest = papers_digest(paper_of(each) for each in stored.papers)
    for fault, number in counted.refused.items():
        yield f"{number} papers against the rules ({fault.value})"
    voters = ballot["turnout"] if ballot["voters_forgotten"] else ballot["voters"]
    if not len(stored.papers) == ballot["turnout"] == voters:
        yield (
            f"{len(stored.papers)} papers, {ballot['voters']} people who voted,"
            f" {ballot['turnout']} announced"
        )
    if digest_of(ballot["seed"]) != ballot["seed_digest"]:
        yield "the seed is not the one that was fixed at the opening"
    if digest != ballot["papers_digest"]:
        yield "the papers are not those of which the digest was announced"
    if digest != ballot["journal_digest"]:
        yield "the papers are not those of which the journal holds the digest"
    announced = {line["proposal_id"]: line for line in ballot["result"]["lines"]}
    for line in result["lines"]:
        if announced.get(line["proposal_id"]) != line:
            yield f"announced was{_line(announced.get(line['proposal_id'], {}))}"
    if ballot["result"] != result:
        yield "the result is not the announced one"


def _line(line: dict[str, Any]) -> str:
    rank = line.get("rank")
    place = "withdrawn" if rank is None else f"{rank}."
    table = ", gets a table" if line.get("chosen") else ""
    return f"  {place} {line.get('proposal_id')}: {line.get('points')} points{table}"
