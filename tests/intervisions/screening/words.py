"""The words of the invented texts. `HARMLESS` sentences come close to identifiers on purpose."""

GIVEN_NAMES = (
    "Jan", "Ali", "Inès", "Fatima", "Zoé", "Léa", "Jean-Baptiste", "Marie-Claire", "Mohammed",
    "Aïcha", "Bülent", "Noémie", "Søren", "Karim", "Yasmine", "Sofie", "Lieven", "Annelies",
    "Joris", "Wout", "Ibrahim", "Oumar", "Mamadou", "Aminata", "Thérèse", "François", "Gaëlle",
    "Hélène", "Lucas", "Emma", "Nathan", "Chloé", "Ewa", "Katarzyna", "Ioana", "Mihai", "Sibel",
    "Mustafa", "Rosalie", "Béatrice", "Pieter-Jan", "Bernadette", "Armand", "Leïla", "Zeynep",
    "Salomé", "Ousmane", "Kevin", "Priscilla", "Anaïs", "Pierre", "Rose", "Claire", "Marie",
    "Tim", "Mark", "Wim", "Daan",
)  # fmt: skip
FAMILY_NAMES = (
    "Dupont", "Lefèvre", "Van den Berghe", "Van de Velde", "'t Kint", "D'Hondt", "El Amrani",
    "Ben Haddou", "Diallo", "Peeters", "Janssens", "Maes", "Claes", "De Smet", "Vandenbroucke",
    "Öztürk", "Yılmaz", "Kowalczyk", "Popescu", "Nguyen", "Bah", "Sow", "Ly", "Martin", "Bernard",
    "Müller", "Gonçalves", "Ferreira", "N'Diaye", "Mbuyi", "Kabongo", "Van 't Hof", "Ter Horst",
    "Vanhove", "Wauters", "Hermans", "Cornelis", "Lambrechts", "Thévenin", "Bocquet", "Marnef",
    "Verhaeghe", "Desmedt", "Bouazza", "Chérif", "Garcia-Moreno", "Hernández", "Rousseau",
    "Lemmens", "Stevens", "Petit", "Leblanc", "Dubois", "De Wit", "Wolf", "Bakker",
)  # fmt: skip
STREETS = (
    "Rue Haute", "Rue de la Senne", "Avenue de la Couronne", "Boulevard Lemonnier",
    "Chaussée de Haecht", "Rue du Progrès", "Place Liedts", "Rue de l'Église", "Avenue Rogier",
    "Rue des Palais", "Kerkstraat", "Hoogstraat", "Sint-Jansstraat", "Antwerpsesteenweg",
    "Lange Leemstraat", "Bondgenotenlaan", "Koningin Elisabethlaan", "Nieuwstraat",
    "Rue Vanderborght", "Boulevard du Jubilé", "Rue Gérard Mercator", "Vlaamsesteenweg",
    "Avenue Louis Bertrand", "Rue d'Aerschot", "Dorpsstraat", "Molenstraat",
)  # fmt: skip
PLACES = (
    ("Schaerbeek", "1030"), ("Molenbeek-Saint-Jean", "1080"), ("Ixelles", "1050"),
    ("Sint-Gillis", "1060"), ("Vilvoorde", "1800"), ("Leuven", "3000"), ("Gent", "9000"),
    ("Liège", "4000"), ("Namur", "5000"), ("Charleroi", "6000"), ("Antwerpen", "2060"),
    ("Saint-Josse-ten-Noode", "1210"), ("Mechelen", "2800"), ("Anderlecht", "1070"),
    ("Woluwe-Saint-Lambert", "1200"), ("Etterbeek", "1040"), ("Halle", "1500"), ("Mons", "7000"),
)  # fmt: skip
ORGANISATIONS = (
    "Le Foyer Rogier", "Huis der Buren", "Maison Médicale du Canal", "Wijkpartners Noord",
    "Service Étape", "Clinique des Tilleuls", "Het Open Raam", "Atelier Mosaïque",
)  # fmt: skip
MONTHS = {
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
           "octobre", "novembre", "décembre"),
    "nl": ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus",
           "september", "oktober", "november", "december"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December"),
}  # fmt: skip
ENDINGS = (".", ",", ";", " ...", ")", "\n", ". ", " !")
HARMLESS = {
    "fr": (
        "Madame a 43 ans et trois enfants.", "Le loyer est de 1.250 euros par mois.",
        "La famille attend depuis 18 mois un logement adapté.", "Le jugement est de semaine -12.",
        "Les arriérés montent à 3 400 EUR, soit 4 mois de loyer.", "Que faire si rien ne bouge ?",
        "Depuis 2024 monsieur travaille à mi-temps.", "L'article 1344 du Code s'applique.",
        "Le petit pont de confiance reste fragile.", "Elle est allée à la rue après la séparation.",
        "Il a vu 2 services en 10 jours.", "Le propriétaire refuse tout plan au-delà de 12 mois.",
        "En mars 2024 l'aide a été refusée.", "Une audience a lieu dans 3 semaines.",
        "L'aîné, 15 ans, ne va plus à l'école.", "Le dossier passe au cours de la semaine 7.",
        "Les deux parents sont fatigués ; la maison est humide.", "Il reste 1 place en accueil.",
        "La claire volonté de madame est de rester.", "Sur 100 demandes, 35 sont acceptées.",
        "Il a reçu 250 euros, puis 1.000 euros en 2 fois.", "Le CPAS a payé la garantie.",
        "Les voisins se plaignent du bruit la nuit.", "Nous voyons un homme bon mais épuisé.",
        "La grand-mère vit seule au 3e étage.", "Il se marie bientôt et cherche un jardin.",
        "De 2019 à 2023, sortie de prison puis suivi.", "Le taux est passé de 2,5 à 3,75 %.",
        "Un long parcours d'exil, sans papiers jusqu'en 2021.", "Le rapport compte 1200 pages.",
    ),
    "nl": (
        "Mevrouw is 43 jaar en heeft drie kinderen.", "De huur is 1.250 euro per maand.",
        "Het gezin wacht al 18 maanden op een woning.", "Het vonnis is van week -12.",
        "De schuld is 3 400 EUR, dus 4 maanden huur.", "Wat als er niets verandert?",
        "Sinds 2024 werkt meneer halftijds.", "Artikel 1344 van het Gerechtelijk Wetboek geldt.",
        "Ja, na een jaar is het vertrouwen klein.", "Hij slaapt op straat na de scheiding.",
        "Ze zag 2 diensten in 10 dagen.", "De eigenaar weigert een plan langer dan 12 maanden.",
        "In maart 2024 werd de hulp geweigerd.", "Er is een zitting over 3 weken.",
        "De oudste, 15 jaar, gaat niet meer naar school.", "Onderweg 3 keer gestopt, daarna weg.",
        "De woonplaats 2 keer gewijzigd in 5 jaar.", "Een groot en wit huis met een lange gang.",
        "Van 100 aanvragen zijn er 35 aanvaard.", "Hij kreeg 250 euro en daarna 1.000 euro.",
        "Het OCMW betaalde de waarborg.", "De buren klagen over het lawaai 's nachts.",
        "Grootmoeder woont alleen op de 3e verdieping.", "Hij is een goed man, maar moe.",
        "Van 2019 tot 2023 in de gevangenis, daarna hulp.", "De rente ging van 2,5 naar 3 %.",
        "Al de kinderen zijn hier geboren, al is dat lang geleden.", "Wij zien een sterk gezin.",
        "De bakker en de mulder kennen haar niet.", "Tegen week 7 is er geen oplossing.",
    ),
    "en": (
        "She is 43 and has three children.", "The rent is 1,250 euros a month.",
        "The family has waited 18 months for a home.", "The judgment is of week -12.",
        "The debt is 3 400 EUR, or 4 months of rent.", "What if nothing moves?",
        "Since 2024 he works part time.", "Section 1344 of the Code applies.",
        "All of this may change in 3 weeks.", "They may lose it all, all the same.",
        "He saw 2 services in 10 days.", "The landlord refuses a plan of more than 12 months.",
        "In March 2024 help was refused.", "There is a hearing in 3 weeks.",
        "The eldest, 15, no longer goes to school.", "A white house, a young wolf of a dog.",
        "On the 3rd floor the walls are damp.", "We may have 1 place in a shelter.",
        "35 of 100 requests were accepted.", "He got 250 euros and then 1,000 euros.",
        "Welfare paid the deposit.", "Neighbours complain of noise at night.",
        "The grandmother lives alone.", "We see a strong family, tired of letters.",
        "From 2019 to 2023 in prison, then followed up.", "The rate went from 2.5 to 3.75 %.",
        "A long road of exile, without papers until 2021.", "He will mark every letter he gets.",
        "Hope is small, and help is far.", "The report has 1200 pages.",
    ),
}  # fmt: skip
_FR = {
    "name": ("Madame ", "Monsieur ", "C'est "), "address": ("Elle habite ", "Logement : "),
    "other_street": ("Avant, ils vivaient ", "La mère habite "), "place": ("Domicile : ", "à "),
    "own_place": ("Ils vivent à ", "commune de "), "phone": ("Tél. ", "Son numéro : "),
    "national_number": ("Registre national ", "NISS : "), "bank_account": ("Compte ", "IBAN "),
    "plate": ("Sa voiture, ", "plaque "), "email": ("Écrire à ", "Courriel : "),
    "date": ("Né le ", "Audience : "), "case_code": ("Dossier ", "voir "),
    "document": ("Voir le fichier ", "Annexe : "), "organisation": ("Suivi par ", "avec "),
}  # fmt: skip
_NL = {
    "name": ("Mevrouw ", "Meneer ", "Het gaat over "), "address": ("Ze woont in de ", "Woning: "),
    "other_street": ("Vroeger woonden ze in de ", "Moeder woont "), "place": ("Adres: ", "te "),
    "own_place": ("Ze wonen in ", "gemeente "), "phone": ("Tel. ", "Haar nummer: "),
    "national_number": ("Rijksregister ", "INSZ: "), "bank_account": ("Rekening ", "IBAN "),
    "plate": ("Zijn auto, ", "nummerplaat "), "email": ("Schrijf naar ", "Mail: "),
    "date": ("Geboren op ", "Zitting: "), "case_code": ("Dossier ", "zie "),
    "document": ("Zie het bestand ", "Bijlage: "), "organisation": ("Begeleid door ", "met "),
}  # fmt: skip
_EN = {
    "name": ("Mrs ", "Mr ", "This is "), "address": ("She lives at ", "Home: "),
    "other_street": ("They used to live at ", "Her mother is at "), "place": ("Home: ", "in "),
    "own_place": ("They live in ", "the commune of "), "phone": ("Phone ", "Her number: "),
    "national_number": ("National register ", "NISS: "), "bank_account": ("Account ", "IBAN "),
    "plate": ("His car, ", "plate "), "email": ("Write to ", "E-mail: "),
    "date": ("Born on ", "Hearing: "), "case_code": ("File ", "see "),
    "document": ("See the file ", "Annex: "), "organisation": ("Followed by ", "with "),
}  # fmt: skip
LEADS = {"fr": _FR, "nl": _NL, "en": _EN}
