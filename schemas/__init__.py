"""The words: everything that is said between the outside, the rooms and the channels. No I/O, no clock, no chance."""
