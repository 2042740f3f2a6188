"""Takes an alert that is due to a person who was told: who may know, by which channel, in words."""
