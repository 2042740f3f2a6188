"""HTTP for intervisions: series, sessions, and what is done in them."""
