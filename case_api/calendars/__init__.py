"""HTTP for calendars: one's feeds, and the feed itself, read by a calendar program."""
