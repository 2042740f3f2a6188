"""Who takes part in a case: invitations, places, exclusions, leaving."""
