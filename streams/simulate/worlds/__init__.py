"""Worlds: firms, permits and reports made up from a seed, on real estates and regencies, as stories."""
