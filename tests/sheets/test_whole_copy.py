"""The printed copy holds all of the copy: each field is on paper, or left out for a reason."""

import tomllib
import types
import typing
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from uuid import UUID, uuid4

from case_api.sheets.household import household_sheet
from case_api.sheets.render import render
from services.cases.handover_model import WorkerRequestState
from services.cases.model import CaseState
from services.consent.break_glass.model import Danger, Verdict
from services.documents.model import DocumentKind
from services.evictions.law.acts import ActKind
from services.portal.model import RequestKind, RequestState
from services.portal.views import HouseholdCopy
from services.portal.wording import named
from services.shared.words.catalogue import day_in_words, euros, has_text
from tests.household import text_of

# Codes, and the part of the catalogue that says them.
SAID = {
    "HouseholdView.state": ("case_states", "watch"),
    "Housemate.role": ("member_roles", "child"),
    "RequestView.kind": ("request_kinds", "question"),
    "RequestView.state": ("request_states", "answered"),
    "GlassView.danger": ("dangers", "minor_at_risk"),
    "GlassView.verdict": ("verdicts", "unjustified"),
    "ReadView.categories": ("categories", "work"),
    "ShareView.categories": ("categories", "income"),
    "TenancyView.lease_kind": ("lease_kinds", "social"),
    "ActView.kind": ("acts", "citation"),
    "NoteView.category": ("categories", "family"),
    "DocumentView.kind": ("document_kinds", "payment_proof"),
    "DocumentView.category": ("categories", "detention"),
}
WORDS = {
    "DateToKnow.protective": "À faire avant cette date.",
    "TaskView.asked_by_me": "demandé par vous",
    "ConsentView.lifts_secrecy": "Lève le secret professionnel.",
    "ConsentView.mine": "Donné par vous-même.",
    "ConsentView.for_me_alone": "Montré à aucun autre adulte.",
}
# What is not on paper, and why not.
IN_WORDS = "its words are printed"
LEFT_OUT = {
    "HouseholdView.language": "the copy is written in it",
    "TeamMember.role": IN_WORDS,
    "TeamMember.state": "the days say it",
    "HearingView.starts_at": IN_WORDS,
    "HearingView.room": IN_WORDS,
    "HearingView.court": "it stands over the procedure",
    "HearingView.address": "it stands over the procedure",
    "ProcedureView.canton": "its court is named by it",
    "WelfareCentreView.opposed_on": IN_WORDS,
    "WelfareCentreView.mine": "who may take it back is on the screen",
    "DateToKnow.about": IN_WORDS,
    "DateToKnow.computes": IN_WORDS,
    **dict.fromkeys(
        [f"ProvisionView.{name}" for name in ("effect", "recipient_kind", "recipient_role")]
        + [f"ProvisionView.{name}" for name in ("recipient", "categories")],
        IN_WORDS,
    ),
    "ConsentView.evidence": IN_WORDS,
    "ConsentView.valid_until": "a renewal moved it",
    "ConsentView.valid_from": "a withdrawal ended it",
    "ConsentView.renewed_at": "a withdrawal ended it",
    "GlassView.new": "new on the screen",
    "ReadView.seq": "a number of the journal",
    "ReadView.what": "its categories are printed",
    "ReadView.basis": IN_WORDS,
    "ShareView.basis": IN_WORDS,
    "PlanGoalView.mine": "their own words, or not, are printed as they are",
    "PlanGoalView.agreement": IN_WORDS,
    "PlanStepView.agreement": IN_WORDS,
    "PlanStepView.state": IN_WORDS,
    "DateToKnow.certainty": IN_WORDS,
    "MessageView.kind": "said by the names of alerts",
}


class Populated:
    """A copy with something of its own in every field, and what must be read of each."""

    def __init__(self):
        self.number, self.expected = count(1), {}

    def of(self, kind):
        values = {}
        hints = typing.get_type_hints(kind)
        for each in fields(kind):
            name = f"{kind.__name__}.{each.name}"
            values[each.name] = self.value(hints[each.name], name)
        return kind(**values)

    def value(self, kind, name):
        if typing.get_origin(kind) is types.UnionType:
            kind = next(each for each in typing.get_args(kind) if each is not type(None))
        if typing.get_origin(kind) is list:
            return [self.value(typing.get_args(kind)[0], name)]
        if is_dataclass(kind):
            return self.of(kind)
        made, told = self.plain(kind, name)
        if kind is not UUID and not name.endswith(".version") and name not in LEFT_OUT:
            self.expected[name] = told
        return made

    def plain(self, kind, name):
        at = datetime(2031, 1, 1, 12, tzinfo=UTC) + timedelta(days=next(self.number))
        if name in SAID:
            part, code = SAID[name]
            return code, named(part, code, "fr")
        if name == "HouseholdView.language":
            return "fr", ""
        made = {
            str: f"Canary{next(self.number)}x",
            int: 7_000 + next(self.number),
            Decimal: Decimal(next(self.number)) + Decimal("0.25"),
            date: at.date(),
            datetime: at,
            bool: True,
            UUID: uuid4(),
        }[kind]
        told = str(made)
        if kind in (date, datetime):
            told = day_in_words(at.date(), "fr")
        elif name == "TenancyView.rent_eur":
            # An amount is printed without the space that does not break.
            told = euros(made, "fr").replace("\xa0", " ")
        return made, WORDS.get(name, told)


def test_every_field_of_the_copy_is_on_paper_or_left_out_for_a_reason():
    populated = Populated()
    copy = populated.of(HouseholdCopy)
    text = text_of(render(household_sheet(copy, whole=True)))
    missing = {name: told for name, told in populated.expected.items() if told not in text}
    assert missing == {}
    assert len(populated.expected) > 80
    assert str(copy.view.me.id) not in text


CODES = [
    *(("case_states", each) for each in CaseState),
    *(("acts", each) for each in ActKind),
    *(("document_kinds", each) for each in DocumentKind),
    *(("dangers", each) for each in Danger),
    *(("verdicts", each) for each in Verdict),
    *(("request_kinds", each) for each in RequestKind),
    *(("request_states", each) for each in (*RequestState, *WorkerRequestState)),
]


def test_no_code_is_printed_bare():
    bare = [f"{part}.{code}" for part, code in CODES if not has_text(f"household.{part}.{code}")]
    assert bare == []
    computed = {
        rule["computes"]
        for path in Path("services/evictions/law/rules").glob("*.toml")
        for rules in tomllib.loads(path.read_text(encoding="utf-8")).values()
        if isinstance(rules, list)
        for rule in rules
        if isinstance(rule, dict) and "computes" in rule
    }
    assert computed
    for beginning in ("household.dates", "date"):
        assert [each for each in computed if not has_text(f"{beginning}.{each}")] == []
