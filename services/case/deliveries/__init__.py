"""Words on their way to people: to whom they are owed, made from the case's own bundle, offered with an address for a
few hours to whoever sends them, and what became of them.
"""
