"""Every code that a message can contain, in words, in both languages: one table per set of codes, and the phrases around them.

`codes` and `phrases` are common to all letters; `incident`, `duty`, `source` and `digest` have the words of their own letter.
"""
