"""Variational autoencoders and posterior sharing, on tensors only.

No files, data sets or optimizers: those are the business of the rooms above.
"""
