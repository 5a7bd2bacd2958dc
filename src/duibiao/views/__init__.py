"""What a page, a report or the terminal shows, as documented dataclasses: one figure, one place."""
