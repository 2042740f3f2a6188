"""The first page: what runs here, who can log in to the demo, where to go next."""
