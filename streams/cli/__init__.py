"""The door bell: one file per verb, parsing and printing only."""
