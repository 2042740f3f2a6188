"""The headline figures (engineering/performance.md §4): each is a ratio to a peer measured in the
same run, in turns. Nothing here asserts: a figure is printed with its spread and its n.
"""
