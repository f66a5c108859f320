"""The parts of the Factors dock."""
