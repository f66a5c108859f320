"""Frozen image networks that turn crops into feature vectors.

`catalogue` says which there are, `extract` runs them, `scaling` prepares their features
for a model. Nothing is imported here, so that a dock can list backbones without torch.
"""
