"""Durable things: model folders, written whole or not at all, never pickled."""
