"""The mobile number that a professional gave for alerts by SMS: their own, sealed, shown to nobody
else. It counts once they typed the code that was sent to it; they take it back whenever they like.
"""
