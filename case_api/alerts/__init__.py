"""HTTP for a professional's own alerts, and the page that the link in a message opens."""
