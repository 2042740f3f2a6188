"""What in a text would tell a peer whose situation it is: found by this case's own identifiers, in
any way they are written, and by Belgian formats. Pure; docs/decisions/0041.
"""
