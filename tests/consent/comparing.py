"""What the database says of who may read, beside what the model says: three ways to ask it.

The rows of the rule at every instant they speak of, `may_see` as the API asks it, and what
row-level security leaves of a case that has a row in every category.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import make_url

from tests.consent.model import EVERYTHING, GROUNDS, IDENTITY, PROCEDURE, World, union
from tests.consent.story import Story
from tests.consent.turns import TICK, edges

TENANCY = 2
CONTEXT = "SELECT set_config('app.professional', %s, true), set_config('app.now', %s, true)"
SEE = """
    SELECT case_id, mask, write_mask, leads, in_team, as_liaison, takes_part, basis FROM may_see
"""
RULE = """
    SELECT case_id, principal_id, basis, category_mask, valid_from, nullif(valid_until, 'infinity')
    FROM access_grants
"""
DRIFT = """
    (TABLE access_grants EXCEPT SELECT c.id, r.* FROM cases c, access_rule(c.id) r)
    UNION ALL
    (SELECT c.id, r.* FROM cases c, access_rule(c.id) r EXCEPT TABLE access_grants)
"""
# Of each case: the categories of what is shown, and how many rows of what has no category.
SHOWN = """
    SELECT c.id,
      (SELECT coalesce(bit_or(category), 0) FROM notes WHERE case_id = c.id),
      (SELECT coalesce(bit_or(category), 0) FROM note_revisions WHERE case_id = c.id),
      (SELECT coalesce(bit_or(category), 0) FROM readable_notes WHERE case_id = c.id),
      (SELECT coalesce(bit_or(category), 0) FROM tasks WHERE case_id = c.id AND template = 'm'),
      (SELECT coalesce(bit_or(category), 0) FROM documents WHERE case_id = c.id),
      (SELECT coalesce(bit_or(category), 0) FROM document_versions WHERE case_id = c.id),
      EXISTS (SELECT FROM cases WHERE id = c.id),
      EXISTS (SELECT FROM members WHERE case_id = c.id),
      EXISTS (SELECT FROM tenancies WHERE case_id = c.id),
      EXISTS (SELECT FROM procedures WHERE case_id = c.id),
      EXISTS (SELECT FROM households WHERE case_id = c.id),
      EXISTS (SELECT FROM exclusions WHERE case_id = c.id AND lifted_at IS NULL),
      EXISTS (SELECT FROM audit_entries WHERE case_id = c.id),
      EXISTS (SELECT FROM sealed_contacts WHERE case_id = c.id),
      (SELECT count(*) FROM access_grants WHERE principal_id <> app_professional())
    FROM unnest(%s::uuid[]) c (id)
"""


class Comparison:
    """Asserts that both say the same; `figures` counts what was compared."""

    def __init__(self, cluster: Any, superuser: Any) -> None:
        url = make_url(cluster.url("maillage_api")).set(drivername="postgresql")
        self._api = psycopg.connect(url.render_as_string(), prepare_threshold=0)
        self._superuser = superuser
        self.figures: Counter[str] = Counter()

    def close(self) -> None:
        self._api.close()

    def check(self, story: Story, number: int) -> None:
        """All people × all categories now and at each edge; the walls by turns."""
        instants = {story.now}
        for case in story.world.dossiers:
            instants |= {at - less for at in edges(story.world, case) for less in (TICK, 0 * TICK)}
        self._rule(story.world, sorted(instants))
        self._sight(story, story.now)
        everybody = list(story.world.people)
        # Now and at some other instant by turns, and at each for everybody in the course of time.
        some = sorted(instants)[number * 7 % len(instants)]
        self._walls(story, everybody[number % len(everybody)], some if number % 4 else story.now)
        if number % 5 == 0:
            self._sight(story, some)
            assert self._superuser.execute(DRIFT).fetchall() == []

    def _rule(self, world: World, instants: list[datetime]) -> None:
        rows = defaultdict(list)
        for case, who, *row in self._superuser.execute(RULE):
            rows[case, who].append(row)
        for case in world.dossiers:
            for who in world.people:
                mine = rows.pop((case, who), [])
                for at in instants:
                    wanted = world.grounds(who, case, at)
                    assert _standing(mine, at) == wanted, (who, case, at)
                    self.figures["cells"] += 10
                    self.figures["open"] += union(wanted).bit_count()
        assert not rows, "grants for somebody whom the model does not know"

    def _as(self, who: UUID, at: datetime, query: str, *values: Any) -> list[Any]:
        self._api.execute(CONTEXT, (str(who), at.isoformat()))
        return self._api.execute(query, values).fetchall()

    def _undo(self) -> None:
        """Past psycopg, which would forget every plan (as `KeepsPlans`)."""
        self._api.pgconn.exec_(b"ROLLBACK")

    def _sight(self, story: Story, at: datetime) -> None:
        """Everybody's view in one exchange with the server."""
        world, asked = story.world, {}
        with self._api.pipeline():
            for who in world.people:
                self._api.execute(CONTEXT, (str(who), at.isoformat()))
                asked[who] = self._api.execute(SEE)
            found = {who: {row[0]: row[1:] for row in rows} for who, rows in asked.items()}
        self._undo()
        for who, seen in found.items():
            wanted = {case: _sight(world.grounds(who, case, at)) for case in world.dossiers}
            assert seen == {case: sight for case, sight in wanted.items() if sight}, (who, at)
            self.figures["sights"] += len(wanted)

    def _walls(self, story: Story, who: UUID, at: datetime) -> None:
        cases = list(story.world.dossiers)
        rows = self._as(who, at, SHOWN, cases)
        self._undo()
        for case, *shown in rows:
            assert tuple(shown) == tuple(_shown(story, who, case, at)), (who, case, at)
            self.figures["walls"] += len(shown)


def _standing(rows: list[Any], at: datetime) -> dict[str, int]:
    opened: dict[str, int] = {}
    for ground, mask, since, until in rows:
        if since <= at and (until is None or at < until):
            opened[ground] = opened.get(ground, 0) | mask
    return opened


def _sight(grounds: dict[str, int]) -> tuple[Any, ...]:
    """The columns of `may_see`: what a person may do here, and on which ground."""
    if not grounds:
        return ()
    return (
        union(grounds),
        union(grounds, "liaison", "break_glass"),
        "reference" in grounds,
        bool(grounds.keys() - {"liaison"}),
        "liaison" in grounds,
        bool(grounds.keys() - {"liaison", "break_glass"}),
        next(each for each in GROUNDS if each in grounds),
    )


def _shown(story: Story, who: UUID, case: UUID, at: datetime) -> Iterator[Any]:
    """What row-level security must leave of the rows that `fill` put there."""
    world, dossier = story.world, story.world.dossiers[case]
    grounds = world.grounds(who, case, at)
    team, mask = union(grounds, "liaison"), union(grounds)
    leads = "reference" in grounds
    # Whoever is asked to join or to take over knows the case by its code.
    invited = any(
        place.who == who
        and place.accepted_at is None
        and not place.over
        and (place.ends_at is None or at < place.ends_at)
        for place in dossier.places.values()
    )
    asked = any(about == case and to == who for about, to, _ in story.handovers.values())
    asked = asked and not dossier.refuses(world.people[who])
    yield from [team] * 6
    yield bool(grounds) or invited or asked
    yield bool(mask & IDENTITY)
    yield bool(team & TENANCY)
    yield bool(mask & PROCEDURE and dossier.cantons)
    yield bool(team)
    yield bool(leads and dossier.refused)
    yield leads
    yield world.unseals(who, case, at)
    yield 0


def stranger(superuser: Any) -> tuple[UUID, UUID]:
    """The author of all that is there to be read: of no other person's house, and in no team."""
    organisation, person = uuid4(), uuid4()
    superuser.execute(
        "INSERT INTO organisations (id, version, name, sector, kind)"
        " VALUES (%s, 1, 'Elsewhere', 'none', 'specialist')",
        (organisation,),
    )
    superuser.execute(
        "INSERT INTO professionals (id, version, organisation_id, name, email, language, active)"
        " VALUES (%s, 1, %s, 'Author', 'author@elsewhere.example', 'fr', false)",
        (person, organisation),
    )
    return person, organisation


def fill(superuser: Any, case: UUID, author: tuple[UUID, UUID], at: datetime) -> None:
    """A row in every category, put there without any command and by nobody of the story."""
    who, house = author
    for bit in range(EVERYTHING.bit_length()):
        category = 1 << bit
        note, document = uuid4(), uuid4()
        superuser.execute(
            "INSERT INTO notes (id, case_id, category, author_id, organisation_id, written_at,"
            " latest) VALUES (%s, %s, %s, %s, %s, %s, 1)",
            (note, case, category, who, house, at),
        )
        superuser.execute(
            "INSERT INTO note_revisions (note_id, number, case_id, category, author_id, body,"
            " written_at) VALUES (%s, 1, %s, %s, %s, 'b', %s)",
            (note, case, category, who, at),
        )
        superuser.execute(
            "INSERT INTO tasks (id, version, case_id, category, title, template, state,"
            " created_by, created_at) VALUES (%s, 1, %s, %s, 't', 'm', 'open', %s, %s)",
            (uuid4(), case, category, who, at),
        )
        superuser.execute(
            "INSERT INTO documents (id, case_id, category, kind, title, uploaded_by, uploaded_at,"
            " latest) VALUES (%s, %s, %s, 'other', 't', %s, %s, 1)",
            (document, case, category, who, at),
        )
        superuser.execute(
            "INSERT INTO document_versions (document_id, number, case_id, category, uploaded_by,"
            " organisation_id, uploaded_at, original_name, media_type, size, sha256, stored_name,"
            " scan_state, scan_next_at) VALUES (%s, 1, %s, %s, %s, %s, %s, 'n', 'text/plain', 1,"
            " 'x', %s, 'clean', %s)",
            (document, case, category, who, house, at, str(document), at),
        )
    superuser.execute(
        "INSERT INTO tenancies (id, version, case_id, lease_kind) VALUES (%s, 1, %s, 'social')",
        (uuid4(), case),
    )
    superuser.execute(
        "INSERT INTO sealed_contacts (id, version, case_id, member_id, recorded_at, recorded_by)"
        " SELECT gen_random_uuid(), 1, case_id, id, %s, %s FROM members WHERE case_id = %s",
        (at, who, case),
    )
