"""From an event to alerts: who is to be told of what. The words are in `templates/`."""
