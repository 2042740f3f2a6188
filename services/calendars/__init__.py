"""A person's dates in their own calendar program: the feed, and how a date is written there.

Feed: an address that holds a secret and is read without a login (RFC 5545). Series: a hearing and
every later date of it; a calendar knows it by one UID for ever.
"""
