"""Documents archived by content hash, and citations that point into them."""
