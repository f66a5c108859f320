"""Whole workflows: what a dock, a command or a notebook calls.

Each is a Task, named `iter_...`, with a plain twin that runs it at once. The modules
import torch only inside their functions, so that forms open quickly.
"""
