"""Network: the organisations that work together, their professionals, and what binds them.

Purpose: say who a professional is, for whom they work, and whether their organisation has signed
the collaboration protocol in force, without which nothing is shared with it.
Glossary: generalist (medical house, public social welfare centre's front desk) and specialist
(tenants' union, mental-health centre); liaison (the justice-of-peace liaison, in some cantons);
identity (issuer and subject of an OpenID provider, never an e-mail address).
"""
