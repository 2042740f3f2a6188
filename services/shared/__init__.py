"""What every feature stands on: actor, clock, errors, events, tables, unit of work, alerts."""
