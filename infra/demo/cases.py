"""Six cases in different states, told by the people who follow them. All of it is invented."""

from infra.demo.cast import Cast
from infra.demo.file import File
from services.cases.handovers import commands as handovers
from services.cases.model import TeamRole
from services.cases.team import commands as team
from services.consent import commands as consent
from services.evictions.law.acts import ActKind
from services.shared.categories import Category

FACTS = Category.IDENTITY | Category.TENANCY | Category.PROCEDURE


def open_all(cast: Cast) -> None:
    _hearing_soon(cast)
    _formal_notice(cast)
    _judgment_served(cast)
    _handover_waiting(cast)
    _consent_withdrawn(cast)
    _pseudonymous(cast)


def _hearing_soon(cast: Cast) -> None:
    """Nora's: a hearing in about ten days, shared with the CPAS, a psychologist and the liaison."""
    file = File.open(
        cast,
        "nora",
        "fr",
        "Schaerbeek",
        ("Madame T.", "Yildiz", "Selin"),
        ("Fils aîné", None, None),
        ("Fille", None, None),
    )
    file.tenancy(
        address="rue de l'Olivier 12, 1030", rent="685.00", arrears="3", landlord="Immo Verlaine"
    )
    file.consent(("organisation", "cpas", FACTS), ("role", "liaison", FACTS))
    file.consent(("person", "ines", FACTS | Category.HEALTH))
    file.join("lotte", TeamRole.GENERALIST, "Aide financière et plan d'apurement")
    file.join("ines", TeamRole.SPECIALIST, "Soutien psychologique de madame")
    file.note(
        "nora",
        Category.TENANCY,
        "Trois mois d'arriérés depuis la perte du deuxième salaire. Madame a gardé "
        "toutes les preuves de paiement ; elle peut payer 150 € par mois en plus du loyer.",
    )
    file.note(
        "ines",
        Category.HEALTH,
        "Madame dort mal et appréhende l'audience. Accompagnement souhaité le jour même.",
    )
    file.note(
        "lotte",
        Category.TENANCY,
        "Dossier steun huurachterstal ingediend; antwoord van het comité verwacht binnen de week.",
    )
    file.procedure("Schaerbeek 1", "26A1234")
    file.act(ActKind.FORMAL_NOTICE, -95)
    file.act(ActKind.PETITION, -52)
    file.hearing(10)


def _formal_notice(cast: Cast) -> None:
    """Lotte's: only a formal notice so far."""
    file = File.open(cast, "lotte", "nl", "Saint-Josse", ("Familie D.", "Diallo", "Mariama"))
    file.tenancy(
        address="Liefdadigheidsstraat 40, 1210", rent="720.00", arrears="2", landlord="Dhr. Peers"
    )
    file.consent(("organisation", "uln", Category.TENANCY | Category.PROCEDURE))
    file.join("karim", TeamRole.SPECIALIST, "Juridisch advies over de huur")
    file.note(
        "lotte",
        Category.TENANCY,
        "Ingebrekestelling ontvangen. Mevrouw betwist de afrekening van de lasten; "
        "de verhuurder heeft nog geen bewijsstukken bezorgd.",
    )
    file.procedure("Saint-Josse", None)
    file.act(ActKind.FORMAL_NOTICE, -12)


def _judgment_served(cast: Cast) -> None:
    """Sam's: judgment served, the appeal period runs."""
    file = File.open(cast, "sam", "en", "Ixelles", ("Mr. A.", "Adeyemi", "Tunde"))
    file.tenancy(
        address="rue Sans Souci 8, 1050", rent="810.00", arrears="6", landlord="Mme Lacroix"
    )
    file.consent(("organisation", "uln", FACTS))
    file.join("nora", TeamRole.SPECIALIST, "Weigh an appeal before it is too late")
    file.note(
        "sam",
        Category.PROCEDURE,
        "Judgment by default: he was in hospital on the day. He wants to appeal and has asked "
        "for legal aid; the bailiff served the judgment last week.",
    )
    file.procedure("Ixelles", "26B0077")
    for kind, days in (
        (ActKind.FORMAL_NOTICE, -140),
        (ActKind.PETITION, -100),
        (ActKind.JUDGMENT, -20),
        (ActKind.SERVICE, -8),
    ):
        file.act(kind, days)


def _handover_waiting(cast: Cast) -> None:
    """Karim's: he asks Lotte to take over."""
    file = File.open(cast, "karim", "fr", "Molenbeek-Saint-Jean", ("Monsieur B.", "Baert", "Luc"))
    file.consent(("organisation", "cpas", FACTS))
    file.join("lotte", TeamRole.GENERALIST, "Suivi social au CPAS")
    file.note(
        "karim",
        Category.PROCEDURE,
        "Accord trouvé avec le bailleur à l'audience ; reste le suivi budgétaire.",
    )
    with cast.acts("karim") as (actor, uow):
        handovers.propose_handover(
            handovers.ProposeHandover(
                case_id=file.case_id,
                to_id=cast.actors["lotte"].id,
                reason="Le volet juridique est clos, le CPAS suit le budget",
                former_stays=True,
            ),
            actor=actor,
            uow=uow,
        )


def _consent_withdrawn(cast: Cast) -> None:
    """Ruben's: the household took back its consent; Inès sees nothing any more."""
    file = File.open(cast, "ruben", "nl", "Schaerbeek", ("Mevrouw V.", "Vermeulen", "An"))
    given = file.consent(("organisation", "ssm", FACTS | Category.HEALTH))
    file.join("ines", TeamRole.SPECIALIST, "Begeleiding na opname")
    file.note(
        "ruben",
        Category.INCOME,
        "Leefloon aangevraagd; tot de beslissing springt haar zus bij voor de huur.",
    )
    with cast.acts("ruben") as (actor, uow):
        consent.withdraw_consent(file.case_id, given, version=1, actor=actor, uow=uow)


def _pseudonymous(cast: Cast) -> None:
    """Inès's: a household without a name, and an invitation that waits for Sam."""
    file = File.open(cast, "ines", "fr", None, ("Ménage du rez-de-chaussée", None, None))
    file.consent(("person", "sam", Category.TENANCY))
    file.note(
        "ines",
        Category.VIOLENCE,
        "Madame ne souhaite pas que son ancien compagnon sache qu'elle est suivie.",
    )
    with cast.acts("ines") as (actor, uow):
        invitation = team.Invite(
            case_id=file.case_id,
            professional_id=cast.actors["sam"].id,
            role=TeamRole.SPECIALIST,
            reason="English-speaking support for the household",
        )
        team.invite(invitation, actor=actor, uow=uow)
