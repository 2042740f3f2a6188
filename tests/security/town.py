"""One case with a marker in every text, and everybody who stands around it."""

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask

from services.cases.household.commands import NewMember, RecordTenancy, record_tenancy
from services.cases.model import TeamRole
from services.cases.notes import commands as notes
from services.cases.tasks import commands as tasks
from services.evictions.dates import overrides
from services.evictions.hearings import commands as hearings
from services.evictions.hearings import striking
from services.evictions.hearings.model import PostingKind
from services.evictions.law.acts import ActKind
from services.evictions.procedures import acts
from services.evictions.terms import arrears
from services.evictions.terms import commands as terms
from services.evictions.terms.arrears_model import EntryKind
from services.evictions.terms.model import TermKind
from services.evictions.welfare_centre import oppositions as welfare_oppositions
from services.evictions.welfare_centre import steps as welfare_steps
from services.evictions.welfare_centre.model import Manner, Teller
from services.shared.actor import Actor
from services.shared.categories import ALL, Category
from tests.consent.model import EVERYTHING, Given, Says
from tests.consent.story import Story
from tests.guards.canaries import canary
from tests.once.acquaintances import registered
from tests.outside.issuer import Issuer
from tests.security.populated.agendas import draft, leave
from tests.security.populated.circles import bring
from tests.security.populated.tables import sit

PEOPLE = Path(__file__).parent / "people.toml"
START = datetime(2026, 2, 18, 9, tzinfo=UTC)
FACTS = Category.IDENTITY | Category.TENANCY | Category.PROCEDURE
CANTON = "Schaerbeek 1"
# Its digits are of no other use: where they stand in clear, they got out.
MOBILE_NUMBER = "+32471987653"


@dataclass(frozen=True)
class Canary:
    """A marker and who may read it: whom the household opened `category` to, and `also` these.

    `to_liaison`: the liaison too, as far as the category is open to them.
    """

    mark: str
    category: int
    also: frozenset[str] = frozenset()
    to_liaison: bool = False
    lead_only: bool = False


@dataclass
class Town:
    story: Story
    issuer: Issuer
    app: Flask
    superuser: psycopg.Connection
    case: UUID
    canaries: list[Canary] = field(default_factory=list)
    # What a path may name: the parameter's name -> the id of a thing in the case.
    ids: dict[str, UUID | str] = field(default_factory=dict)
    # The same things where the closed categories are: a health note, a health task.
    closed: dict[str, UUID] = field(default_factory=dict)
    # What was proposed to `refuser`, who said no.
    refused: UUID | None = None

    @property
    def people(self) -> dict[str, Actor]:
        return self.story.cast.actors

    def call(self, who: str | None, method: str, path: str, **request: Any) -> Any:
        """The answer to somebody with a bearer token, or to nobody."""
        headers = dict(request.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.issuer.remembered(sub=who)}"
        # Read to the end and closed, as a server does: a file's answer holds the file open.
        client = self.app.test_client()
        return client.open(path, method=method, headers=headers, buffered=True, **request)

    def does(
        self,
        who: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        version: int | None = None,
        method: str = "POST",
    ) -> Any:
        """What came of a request that must succeed. `version`: 1 if it is not said."""
        headers = {"If-Match": f'"v{version or 1}"'}
        sent = {} if body is None else {"json": body}
        answer = self.call(who, method, path, headers=headers, **sent)
        assert answer.status_code in (200, 201), answer.text
        return answer.get_json()

    def mark(self, what: str, category: int, **rule: Any) -> str:
        """A new marker of at most ten characters and of no other use."""
        mark = canary(len(self.canaries), what)
        self.canaries.append(Canary(mark, category, **rule))
        return mark

    def may_read(self, who: str, canary: Canary) -> bool:
        """By the model: through the team, or as the liaison where that is enough."""
        now, key = self.story.now, self.people[who].id
        if who in canary.also or self.story.world.dossiers[self.case].lead == key:
            return True
        mask = self.story.world.as_participant(key, self.case, now)
        if canary.to_liaison:
            mask |= self.story.world.as_liaison(key, self.case, now)
        return not canary.lead_only and bool(mask & canary.category)

    def rows(self, query: str, *values: Any) -> list[Any]:
        return self.superuser.execute(query, values).fetchall()


def build(town: Town) -> None:
    """From the opening to a file in which every table has rows."""
    _renew_protocol(town.story)
    town.case = _open(town)
    _share(town)
    _write(town)
    _procedure(town)
    _recomputed(town)
    _second_look(town)
    _hand_over(town)
    _refuse(town)
    _renew(town)
    _documents(town)
    _wishes(town)
    _absence(town)
    _webhook(town)
    _circle(town)
    _number(town)
    _sealed(town)
    _emergency(town)
    _portal(town)
    _plan(town)
    _kept(town)
    _late_words(town)
    _bundles(town)
    _proposed(town)
    # A file of somebody else, for those who would reach from one to the other.
    town.ids["elsewhere"] = town.story.open(
        _who(town, "neighbour"), members=(NewMember(role="adult", pseudonym="Elsewhere"),)
    )
    town.story.cast.clock.advance(days=3)
    # Time has passed: what was open until now is in the ledger of the household.
    town.superuser.execute("SELECT refresh_access(%s)", (town.case,))


def _who(town: Town, key: str) -> UUID:
    return town.people[key].id


def _renew_protocol(story: Story) -> None:
    """A new version which one organisation has not signed."""
    story.publish(story.cast.actors["coordinator"].id)
    for key in ("coordinator", "lead", "partner", "healer", "lawyer", "liaison", "stranger"):
        story.sign(story.cast.actors[key].id)


def _open(town: Town) -> UUID:
    members = tuple(
        NewMember(
            role=role,
            pseudonym=town.mark("alias", Category.IDENTITY),
            family_name=town.mark("famil", Category.IDENTITY),
            given_name=town.mark("given", Category.IDENTITY),
            birth_date=date(1911, 11, 11),
        )
        for role in ("adult", "child")
    )
    town.canaries.append(Canary("1911-11-11", Category.IDENTITY))
    commune = town.mark("commu", Category.TENANCY)
    return town.story.open(_who(town, "lead"), commune=commune, members=members)


def _share(town: Town) -> None:
    story, case = town.story, town.case
    cpas, law = (town.people[key].organisation_id for key in ("partner", "lawyer"))
    _give(town, Says(True, "organisation", cpas, FACTS))
    _give(town, Says(True, "role", "lawyer", Category.PROCEDURE | Category.INCOME))
    _give(town, Says(True, "role", "liaison", Category.PROCEDURE))
    _give(town, Says(True, "person", _who(town, "healer"), Category.HEALTH))
    _give(town, Says(True, "person", _who(town, "unsigned"), ALL))
    _give(town, Says(True, "person", _who(town, "invited"), ALL))
    _give(town, Says(True, "person", _who(town, "refuser"), ALL))
    _give(town, Says(True, "organisation", law, Category.PROCEDURE))
    _give(town, Says(False, "person", _who(town, "denied"), ALL))
    _give(town, Says(True, "person", _who(town, "excluded"), ALL))
    _give(town, Says(True, "person", _who(town, "expired"), ALL), days=1)
    taken_back = _give(town, Says(True, "person", _who(town, "withdrawn"), ALL))
    for key, role in GUESTS.items():
        ends_at = story.now + timedelta(days=1) if key == "lapsed" else None
        reason = town.mark("reaso", EVERYTHING, lead_only=True)
        town.ids["participation_id"] = story.join(
            case, _who(town, key), role, ends_at=ends_at, reason=reason
        )
        if key == "left":
            story.leave(case, town.ids["participation_id"], by=_who(town, "lead"))
    _note(town, "withdrawn", Category.WORK)
    story.withdraw(case, taken_back)
    reason = town.mark("reaso", EVERYTHING, lead_only=True, also=frozenset({"invited"}))
    story.invite(case, _who(town, "invited"), "specialist", reason=reason)


GUESTS = {
    "partner": "generalist",
    "healer": "specialist",
    "lawyer": "lawyer",
    "denied": "generalist",
    "left": "generalist",
    "lapsed": "generalist",
    "withdrawn": "specialist",
    "expired": "specialist",
    "excluded": "specialist",
    "unsigned": "specialist",
}


def _give(town: Town, says: Says, *, days: int = 180) -> UUID:
    key = town.story.consent(
        town.case,
        says,
        until=town.story.now + timedelta(days=days),
        purpose=town.mark("purpo", EVERYTHING, lead_only=True),
        witness=town.mark("witne", EVERYTHING, lead_only=True),
    )
    town.ids["consent_id"] = key
    return key


def _write(town: Town) -> None:
    with town.story.acts(_who(town, "lead")) as (actor, uow):
        cmd = RecordTenancy(
            address=town.mark("addre", Category.TENANCY),
            postal_code=town.mark("post", Category.TENANCY),
            landlord=town.mark("landl", Category.TENANCY),
            lease_kind="main_residence",
            rent_eur=Decimal("7319.37"),
        )
        record_tenancy(town.case, cmd, version=None, actor=actor, uow=uow)
    town.canaries.append(Canary("7319.37", Category.TENANCY))
    for category in Category:
        note = _note(town, "lead", category)
        task = _task(town, category)
        if category is Category.TENANCY:
            town.ids |= {"note_id": note, "task_id": task}
        if category is Category.HEALTH:
            town.closed |= {"note_id": note, "task_id": task}
    healed = _note(town, "healer", Category.HEALTH)
    with town.story.acts(_who(town, "healer")) as (actor, uow):
        body, reason = (town.mark(what, Category.HEALTH) for what in ("amend", "why"))
        notes.amend_note(town.case, healed, body, reason, version=1, actor=actor, uow=uow)
    town.closed["amended_note"] = healed
    (town.ids["member_id"], *_) = (
        row[0] for row in town.rows("SELECT id FROM members WHERE case_id = %s", town.case)
    )


def _note(town: Town, author: str, category: Category) -> UUID:
    body = town.mark("note", category)
    with town.story.acts(_who(town, author)) as (actor, uow):
        cmd = notes.WriteNote(case_id=town.case, category=category, body=body)
        return notes.write_note(cmd, actor=actor, uow=uow).id


def _task(town: Town, category: Category) -> UUID:
    cmd = tasks.AddTask(
        case_id=town.case,
        category=category,
        title=town.mark("task", category),
        remind_at=town.story.now + timedelta(days=1),
    )
    with town.story.acts(_who(town, "lead")) as (actor, uow):
        return tasks.add_task(cmd, actor=actor, uow=uow).id


def _procedure(town: Town) -> None:
    opens = {"to_liaison": True}
    roll = town.mark("roll", Category.PROCEDURE, **opens)
    key = town.ids["procedure_id"] = town.story.procedure(town.case, CANTON, roll)
    with town.story.acts(_who(town, "lead")) as (actor, uow):
        act = acts.RecordAct(procedure_id=key, kind=ActKind.PETITION, acted_on=date(2026, 2, 16))
        acts.record_act(act, actor=actor, uow=uow)
        slip = acts.RecordAct(procedure_id=key, kind=ActKind.SUMMONS, acted_on=date(2026, 2, 17))
        struck = acts.record_act(slip, actor=actor, uow=uow).id
        reason = town.mark("strik", Category.PROCEDURE)
        striking.strike_act(key, struck, reason, actor=actor, uow=uow)
        room = town.mark("room", Category.PROCEDURE, **opens)
        at = datetime(2026, 3, 31, 7, tzinfo=UTC)
        roll = town.mark("hroll", Category.PROCEDURE, **opens)
        cmd = hearings.SetHearing(procedure_id=key, starts_at=at, room=room, roll_number=roll)
        first = hearings.set_hearing(cmd, actor=actor, uow=uow).id
    moved = {
        "starts_at": "2026-03-04T08:00:00Z",
        "room": town.mark("room", Category.PROCEDURE, **opens),
    }
    path = f"/api/v1/procedures/{key}/hearings/{first}/move"
    town.call("lead", "POST", path, json=moved, headers={"If-Match": '"v1"'})
    (town.ids["hearing_id"],) = town.rows("SELECT id FROM hearings WHERE state = 'set'")[0]
    body = {"role": "companion", "outside": town.mark("along", Category.PROCEDURE)}
    path = f"/api/v1/hearings/{town.ids['hearing_id']}/accompaniments"
    made = town.does("lead", path, body)["hearings"]
    (town.ids["accompaniment_id"],) = [k["id"] for h in made for k in h["accompaniments"]]
    (deadline, version), *_ = town.rows("SELECT id, version FROM deadlines")
    town.ids["deadline_id"] = deadline
    _term(town)
    _opposed(town, key)
    (town.ids["act_id"],) = town.rows("SELECT id FROM acts WHERE kind = 'petition'")[0]
    with town.story.acts(_who(town, "lead")) as (actor, uow):
        day, lifted = date(2026, 4, 2), town.mark("lifte", Category.PROCEDURE)
        who = {"actor": actor, "uow": uow}
        overrides.override_deadline(deadline, day, "At first", version=version, **who)
        overrides.lift_override(deadline, lifted, version=version + 1, **who)
        reason = town.mark("overr", Category.PROCEDURE)
        overrides.override_deadline(deadline, day, reason, version=version + 2, **who)
    with town.story.acts(_who(town, "liaison")) as (actor, uow):
        cmd = hearings.PostDate(
            procedure_id=key,
            kind=PostingKind.HEARING_MOVED,
            starts_at=datetime(2026, 4, 21, 7, tzinfo=UTC),
            room=town.mark("poste", Category.PROCEDURE, **opens),
        )
        town.ids["posting_id"] = hearings.post_date(cmd, actor=actor, uow=uow).id


def _opposed(town: Town, procedure: UUID) -> None:
    """The tenant did not want the welfare centre told, and then did; the clerk told it."""
    with town.story.acts(_who(town, "lead")) as (actor, uow):
        cmd = welfare_oppositions.Oppose(
            procedure_id=procedure, opposed_on=uow.today(), how=Manner.ORALLY
        )
        key = welfare_oppositions.oppose(cmd, actor=actor, uow=uow).id
        town.ids["opposition_id"] = key
    with town.story.acts(_who(town, "lead")) as (actor, uow):
        welfare_oppositions.withdraw_opposition(key, version=1, actor=actor, uow=uow)
    step, version = town.rows("SELECT id, version FROM welfare_steps")[0]
    town.ids["step_id"] = step
    with town.story.acts(_who(town, "lead")) as (actor, uow):
        told = {"version": version, "actor": actor, "uow": uow}
        welfare_steps.record_told(step, uow.today(), Teller.CLERK, **told)


def _term(town: Town) -> None:
    """A plan agreed with the landlord, and a line of the ledger."""
    with town.story.acts(_who(town, "lead")) as (actor, uow):
        one = terms.NewInstalment(due_on=date(2026, 6, 1), amount_eur=Decimal(150))
        plan = {"case_id": town.case, "kind": TermKind.PAYMENT_PLAN, "instalments": (one,)}
        term = terms.SetTerm(**plan, words=town.mark("plan", Category.TENANCY))
        town.ids["term_id"] = terms.set_term(term, actor=actor, uow=uow).id
        line = arrears.RecordArrears(
            case_id=town.case,
            day=date(2026, 2, 1),
            kind=EntryKind.COST,
            amount_eur=Decimal("9.50"),
            words=town.mark("ledge", Category.TENANCY),
        )
        arrears.record_arrears(line, actor=actor, uow=uow)
        given_up = terms.set_term(terms.SetTerm(**plan), actor=actor, uow=uow)
        why = town.mark("given", Category.TENANCY)
        terms.cancel_term(given_up.id, why, version=1, actor=actor, uow=uow)
    (town.ids["instalment_id"],) = town.rows(
        "SELECT id FROM instalments WHERE term_id = %s", town.ids["term_id"]
    )[0]


def _recomputed(town: Town) -> None:
    """A date that a previewed holiday would move, as the workers note it."""
    town.superuser.execute(
        """
        WITH change AS (
          INSERT INTO rule_changes (id, version, kind, state, reason, day, made_by, made_at)
          SELECT gen_random_uuid(), 1, 'holiday_removed', 'draft', 'R', '2026-07-21', %(who)s, now()
          RETURNING id),
        run AS (
          INSERT INTO recomputations (id, version, change_id, retires, state, procedures_done,
            changed, locked, new, gone, skipped, asked_by, asked_at)
          SELECT gen_random_uuid(), 1, id, false, 'previewed', 1, 0, 1, 0, 0, 0, %(who)s, now()
          FROM change RETURNING id)
        INSERT INTO recomputed_deadlines (id, recomputation_id, case_id, procedure_id, act_id,
          rule_id, computes, kind, before, after)
        SELECT gen_random_uuid(), run.id, d.case_id, d.procedure_id, d.act_id, d.rule_id,
          d.computes, 'locked', d.falls_on, d.falls_on + 1
        FROM run, deadlines d WHERE d.id = %(deadline)s
        """,
        {"who": town.people["lead"].id, "deadline": town.ids["deadline_id"]},
    )


def _hand_over(town: Town) -> None:
    """One that was refused, and one that waits."""
    reason = town.mark("refus", EVERYTHING, lead_only=True)
    town.refused = town.story.propose(town.case, _who(town, "refuser"), stays=True, reason=reason)
    town.story.take_over(town.refused, accept=False)
    reason = town.mark("hando", EVERYTHING, lead_only=True, also=frozenset({"receiver"}))
    town.ids["handover_id"] = town.story.propose(
        town.case, _who(town, "receiver"), stays=False, reason=reason
    )
    town.ids["case_id"] = town.case


def _refuse(town: Town) -> None:
    """Somebody with consent and a place in the team, whom the household will not have any more."""
    who = _who(town, "excluded")
    reason = town.mark("exclu", EVERYTHING, lead_only=True)
    made = town.does(
        "lead",
        f"/api/v1/cases/{town.case}/exclusions",
        {"professional_id": str(who), "reason": reason},
    )
    dossier = town.story.world.dossiers[town.case]
    town.ids["exclusion_id"] = UUID(made["id"])
    dossier.refused[town.ids["exclusion_id"]] = who
    for place in dossier.places.values():
        place.over = place.over or place.who == who


def _renew(town: Town) -> None:
    """What the lawyers' consent says, once more and on paper."""
    law = town.people["lawyer"].organisation_id
    dossier = town.story.world.dossiers[town.case]
    key, known = next(
        (key, given)
        for key, given in dossier.consents.items()
        if any(each.recipient == law for each in given.says)
    )
    until = town.story.now + timedelta(days=200)
    body = {"evidence": "written", "language": "fr", "valid_until": until.isoformat()}
    body["document"] = town.mark("paper", EVERYTHING, lead_only=True)
    path = f"/api/v1/cases/{town.case}/consents/{key}/renewal"
    made = town.does("lead", path, body)
    known.until = town.story.now
    dossier.consents[UUID(made["id"])] = Given(town.story.now, until, known.says)


def _documents(town: Town) -> None:
    """A file in every category; the scanner found all of them clean."""
    for category in Category:
        title, name, text = (town.mark(each, category) for each in ("title", "file", "inner"))
        data = {
            **{"category": str(category.name).lower(), "kind": "other", "title": title},
            "file": (BytesIO(f"{text}\n".encode()), f"{name}.txt", "text/plain"),
        }
        answer = town.call("lead", "POST", f"/api/v1/cases/{town.case}/documents", data=data)
        assert answer.status_code == 201, answer.text
        key = UUID(answer.get_json()["id"])
        if category is Category.TENANCY:
            town.ids |= {"document_id": key, "number": "1"}
        if category is Category.HEALTH:
            town.closed["document_id"] = key
    town.superuser.execute("UPDATE document_versions SET scan_state = 'clean', scanned_at = now()")


def _second_look(town: Town) -> None:
    """A closing that the partner refused: from then on it is the reference worker's alone."""
    body = {"reason": "other", "reviewer_id": str(_who(town, "partner"))}
    for what in ("words", "despite"):
        body[what] = town.mark(what, EVERYTHING, lead_only=True)
    made = town.does("lead", f"/api/v1/cases/{town.case}/closings", body)
    town.ids["closing_id"] = UUID(made["id"])
    refusal = {"reason": town.mark("nolook", EVERYTHING, lead_only=True)}
    town.does("partner", f"/api/v1/closings/{made['id']}/refusal", refusal)


def _wishes(town: Town) -> None:
    """The household asked twice for another reference worker: answered once, open once."""
    path = f"/api/v1/cases/{town.case}/worker-requests"
    for answered in (True, False):
        made = town.does("lead", path, {"reason": town.mark("wish", Category.IDENTITY)})
        town.ids["request_id"] = UUID(made["id"])
        if answered:
            answer = {"answer": town.mark("answe", Category.IDENTITY)}
            town.does("lead", f"{path}/{made['id']}/answer", answer, version=made["version"])


def _absence(town: Town) -> None:
    """Of somebody who answers for no case: nobody comes to see anything by it."""
    body = {"substitute_id": str(_who(town, "colleague")), "first_day": "2026-02-18"}
    made = town.does("partner", "/api/v1/me/substitutions", {**body, "last_day": "2026-12-31"})
    town.ids["substitution_id"] = UUID(made["id"])


def _webhook(town: Town) -> None:
    """Of the organisation of somebody who administers it, with a test event."""
    body = {"url": "https://hooks.example/alerts", "kinds": []}
    made = town.does("partner", "/api/v1/webhooks", body)["webhook"]["id"]
    town.ids["webhook_id"] = UUID(made)
    trial = town.does("partner", f"/api/v1/webhooks/{made}/test")["id"]
    town.ids["webhook_delivery_id"] = town.ids["delivery_id"] = UUID(trial)


def _circle(town: Town) -> None:
    """A session of peers, to which the reference worker is about to bring the case."""
    words = [canary(900 + number, "peers") for number in range(3)]
    town.ids |= bring(town.superuser, _who(town, "lead"), town.case, words)
    said = [town.mark(what, EVERYTHING, lead_only=True) for what in ("minute", "addend")]
    session, proposal = (town.ids[name] for name in ("session_id", "proposal_id"))
    town.ids |= sit(town.superuser, session, proposal, [_who(town, "lead")], said)
    town.ids["professional_id"] = _who(town, "lead")
    _follow_up(town)


def _follow_up(town: Town) -> None:
    """What its table left to do, which became a task of the case."""
    town.ids["item_id"] = draft(town.superuser, town.ids["session_id"])
    words = [canary(910 + number, "peers") for number in range(2)]
    ids = {**town.ids, "case_id": town.case}
    left = leave(town.superuser, _who(town, "lead"), ids, words, task_id=town.ids["task_id"])
    town.ids["follow_up_id"] = left


def _number(town: Town) -> None:
    """For alerts by SMS, of somebody in the team: nobody else may ever meet its digits."""
    body = {"number": MOBILE_NUMBER}
    town.does("partner", "/api/v1/me/mobile-number", body, method="PUT")


def _sealed(town: Town) -> None:
    """Nobody but the reference worker: no consent names anybody in the team for violence."""
    path = f"/api/v1/cases/{town.case}/members/{town.ids['member_id']}/compartment"
    made = town.does("lead", path)
    body = {each: town.mark(each, EVERYTHING, lead_only=True) for each in ("address", "phone")}
    town.does("lead", path, body, version=made["version"], method="PUT")


def _emergency(town: Town) -> None:
    """One hour that is over and was judged; its reason is for two, and the comment for two."""
    ((code,),) = town.rows("SELECT code FROM cases WHERE id = %s", town.case)
    reason = town.mark("glass", EVERYTHING, lead_only=True, also=frozenset({"breaker"}))
    body = {"case_code": code, "danger": "violence", "reason": f"{reason}, and it is urgent."}
    made = town.does("breaker", "/api/v1/break-glass", body)
    town.ids["opening_id"] = UUID(made["id"])
    told = town.mark("comme", EVERYTHING, lead_only=True, also=frozenset({"coordinator"}))
    path = f"/api/v1/break-glass/{made['id']}/review"
    body = {"verdict": "justified", "comment": told}
    town.does("coordinator", path, body, version=made["version"])


def _portal(town: Town) -> None:
    """The adult entered once and asked for a correction; what they wrote is for the lead."""
    path = f"/api/v1/cases/{town.case}/members/{town.ids['member_id']}/portal-codes"
    code = town.does("lead", path)["code"]
    browser, door = town.app.test_client(), "/api/v1/household"
    entered = browser.post(f"{door}/session", json={"code": code})
    assert entered.status_code == 201, entered.text
    marks = {name: town.mark(name, EVERYTHING, lead_only=True) for name in ("about", "words")}
    headers = {"X-CSRF-Token": entered.get_json()["csrf_token"]}
    asked = browser.post(f"{door}/requests", json={"kind": "correction", **marks}, headers=headers)
    assert asked.status_code == 201, asked.text


def _plan(town: Town) -> None:
    """A goal and an action in every category, each answered; one action of the partner's."""
    path = f"/api/v1/cases/{town.case}/plan"
    ((adult,),) = town.rows(
        "SELECT id FROM members WHERE case_id = %s AND role = 'adult'", town.case
    )
    said = {"member_id": str(adult), "evidence": "oral"}
    for category in Category:
        name = str(category.name).lower()
        body = {"category": name, "words": town.mark("goal", category)}
        made = town.does("lead", f"{path}/goals", body)
        said["witness"] = town.mark("heard", EVERYTHING, lead_only=True)
        body = {**said, "kind": "words", "words": town.mark("said", category)}
        town.does("lead", f"{path}/goals/{made['id']}/answers", body)
        body = {"category": name, "what": town.mark("step", category)}
        step = town.does("lead", f"{path}/goals/{made['id']}/actions", body)
        body = {**said, "kind": "objected", "words": town.mark("objec", category)}
        town.does("lead", f"{path}/actions/{step['id']}/answers", body)
        keys = {"goal_id": UUID(made["id"]), "action_id": UUID(step["id"])}
        if category is Category.TENANCY:
            town.ids |= keys
        if category is Category.HEALTH:
            town.closed |= keys
            body = {"reason": town.mark("drop", category)}
            town.does("lead", f"{path}/actions/{step['id']}/drop", body)


def _kept(town: Town) -> None:
    """On hold for a reason, and its erasure asked for."""
    until = (town.story.now + timedelta(days=90)).isoformat()
    body = {"until": until, "reason": town.mark("held", EVERYTHING, lead_only=True)}
    town.does("lead", f"/api/v1/cases/{town.case}/hold", body, method="PUT")
    ((town.ids["erasure_id"],),) = town.superuser.execute(
        "INSERT INTO erasures (id, version, case_id, case_code, ground, state, requested_by,"
        " requested_at) SELECT gen_random_uuid(), 1, id, code, 'unlawful', 'requested', %s, %s"
        " FROM cases WHERE id = %s RETURNING id",
        (_who(town, "lead"), town.story.now, town.case),
    ).fetchall()


def _late_words(town: Town) -> None:
    """Texts of states which this file is not in, or not for long."""
    corrected = town.mark("corre", Category.PROCEDURE)
    town.superuser.execute(
        "UPDATE acts SET correction_reason = %s WHERE case_id = %s", (corrected, town.case)
    )
    # A stranger's row of another liaison's list: nobody here is entitled to it.
    listed = [canary(900, "lroll"), canary(901, "lroom")]
    town.superuser.execute(
        "WITH list AS (INSERT INTO hearing_lists (id, professional_id, uploaded_at, rows)"
        " VALUES (gen_random_uuid(), %(who)s, %(at)s, 1) RETURNING id)"
        " INSERT INTO hearing_list_rows"
        " (id, list_id, professional_id, uploaded_at, line, state, canton, roll_number, room)"
        " SELECT gen_random_uuid(), id, %(who)s, %(at)s, 2, 'unmatched', 'Uccle', %(roll)s,"
        " %(room)s"
        " FROM list",
        {
            **{"who": _who(town, "other_liaison"), "at": town.story.now},
            **{"roll": listed[0], "room": listed[1]},
        },
    )
    again = town.mark("again", EVERYTHING, lead_only=True)
    town.superuser.execute(
        "INSERT INTO closings (id, version, case_id, reason, open_items, state, proposed_by,"
        " proposed_at, reviewer_id, decided_at, reopened_at, reopened_by, reopening_reason)"
        " SELECT gen_random_uuid(), 3, case_id, 'moved', open_items, 'reopened', proposed_by,"
        " proposed_at, reviewer_id, decided_at, decided_at, proposed_by, %s FROM closings"
        " WHERE case_id = %s",
        (again, town.case),
    )
    ((request,),) = town.rows("SELECT id FROM household_requests WHERE case_id = %s", town.case)
    answer = {"outcome": "refused", "answer": town.mark("reply", EVERYTHING, lead_only=True)}
    town.does("lead", f"/api/v1/cases/{town.case}/household-requests/{request}/answer", answer)
    ((goal, adult),) = town.rows(
        "SELECT goal_id, member_id FROM plan_answers WHERE case_id = %s AND goal_id IS NOT NULL"
        " ORDER BY category LIMIT 1",
        town.case,
    )
    paper = town.mark("paper", EVERYTHING, lead_only=True)
    said = {"member_id": str(adult), "evidence": "written", "document": paper, "kind": "cosigned"}
    town.does("lead", f"/api/v1/cases/{town.case}/plan/goals/{goal}/answers", said)


def _bundles(town: Town) -> None:
    """A frozen bundle with a piece of the tenancy, one with a piece of health, one download."""
    path = f"/api/v1/procedures/{town.ids['procedure_id']}"
    for kept, left_out in ((town.ids, "health"), (town.closed, "tenancy")):
        body = {"item": "other", "state": "present", "number": 1}
        body["document_id"] = str(kept["document_id"])
        made = town.does("lead", f"{path}/bundle-ticks", body)
        ticks = {each["document_id"]: each["id"] for each in made["items"][-1]["ticks"]}
        kept["tick_id"] = UUID(ticks[body["document_id"]])
        body = {"language": "fr", "words": "W", "leave_out": [left_out]}
        kept["bundle_id"] = UUID(town.does("lead", f"{path}/bundles", body)["id"])
    why = {"reason": town.mark("noapp", Category.PROCEDURE)}
    body = {"item": "payment_plan", "state": "not_applicable", **why}
    town.does("lead", f"{path}/bundle-ticks", body)
    town.call("lead", "GET", f"/api/v1/bundles/{town.ids['bundle_id']}/content")


def _proposed(town: Town) -> None:
    """The household's answers to intervision, an impasse, and what lies beside the proposal."""
    said = {"answer": "refused", "evidence": "written"}
    path = f"/api/v1/cases/{town.case}/intervision-agreements"
    town.does("lead", path, said | {"document": town.mark("paper", EVERYTHING, lead_only=True)})
    body = {"answer": "agreed", "evidence": "oral"}
    body["witness"] = town.mark("witne", EVERYTHING, lead_only=True)
    town.ids["agreement_id"] = UUID(town.does("lead", path, body)["id"])
    town.does("lead", f"/api/v1/cases/{town.case}/impasse")
    words = town.mark("words", EVERYTHING, lead_only=True)
    query = "INSERT INTO proposal_attachments (proposal_id, number, words) VALUES (%s, 1, %s)"
    town.superuser.execute(query, (town.ids["proposal_id"], words))


def cast_of(owner: Any, api: Any, clock: Any, issuer: str) -> Any:
    people = tomllib.loads(PEOPLE.read_text(encoding="utf-8"))
    return registered(people, owner=owner, api=api, clock=clock, issuer=issuer)


__all__ = ["Canary", "TeamRole", "Town", "build", "cast_of"]
