"""Official document → draft plan items, each with its passage; a person accepts."""
