"""The parts of the Explore dock."""
