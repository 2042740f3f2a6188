"""HTTP for consent: what the household agreed to, and its withdrawal."""
