"""Who sits where, dealt as evenly as the bars allow, the same for the same people. Pure;
docs/decisions/0043.
"""
