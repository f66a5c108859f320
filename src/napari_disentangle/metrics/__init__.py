"""Disentanglement scores: f(codes (N, J), factors (N, K)) -> a frozen record.

Arrays in, records out: no torch, no files. `docs/scores.md` says what each score means.
"""
