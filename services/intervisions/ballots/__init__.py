"""The secret vote on what a session discusses (docs/decisions/0042).

Glossary: an elector may vote; a paper holds the points that one elector gave; the ballot box holds
all papers, sealed, until the workers count them; the seed decides ties that nothing else decides;
a void ballot has no result.
"""
