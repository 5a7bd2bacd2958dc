"""Evaluations that stand: performed once, frozen, computed again byte for byte, and corrected only by an addendum."""
