"""From a few numbers a cell to its class, with scores that can be believed.

Arrays and tables in, records out: no torch, no files. `docs/classify.md` is for users.
"""
