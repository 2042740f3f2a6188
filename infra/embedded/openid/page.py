"""The two pages of the demo provider. No script; nothing is loaded from anywhere."""

import base64
import hashlib
from urllib.parse import urlsplit

STYLE = """
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b1b1b; background: #fff; }
.demo { border: 3px solid #8a4b00; background: #fff6e5; padding: 1rem; }
ul { list-style: none; padding: 0; }
button { font: inherit; text-align: left; width: 100%; padding: .6rem 1rem; margin: .25rem 0;
  background: #fff; color: #1b1b1b; border: 2px solid #1d4f91; cursor: pointer; }
button:hover, button:focus { background: #e8f0fb; }
button:focus-visible { outline: 3px solid #8a4b00; outline-offset: 2px; }
small { display: block; color: #444; }
"""

_HEAD = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Maillage – demonstration login</title>
<style>{STYLE}</style>
</head>
<body>
<main>
"""

PEOPLE = (
    _HEAD
    + """<h1>Demonstration login</h1>
<div class="demo">
<p><strong>This is a demo.</strong> There is no password: choose who you want to be. All people and
households are invented. Never enter real data here.</p>
<p lang="fr">Ceci est une démonstration : choisissez une personne, sans mot de passe.</p>
<p lang="nl">Dit is een demonstratie: kies een persoon, zonder wachtwoord.</p>
</div>
{% if people %}
<form method="post">
<input type="hidden" name="proof" value="{{ proof }}">
<ul>
{% for person in people %}
<li><button type="submit" name="subject" value="{{ person.subject }}">{{ person.name }}
<small>{% if person.role %}{{ person.role }} · {% endif %}{{ person.email }}</small></button></li>
{% endfor %}
</ul>
</form>
{% else %}
<p>There are no demo people yet: run <code>maillage demo</code>, then reload this page.</p>
{% endif %}
</main>
</body>
</html>
"""
)

GOODBYE = (
    _HEAD
    + """<h1>Logged out</h1>
<p>You have left the demonstration. You can close this page.</p>
</main>
</body>
</html>
"""
)


def policy(application: str) -> str:
    """The form may only lead back here and, by redirection, to the application."""
    style = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    scheme, host = urlsplit(application)[:2]
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self' {scheme}://{host}"
    )
