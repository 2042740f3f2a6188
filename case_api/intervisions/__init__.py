"""The HTTP operations and schemas of intervisions: series, sessions, and a room for each part."""
