"""The classes a user gives to cells: values, undo, and new label ids."""
