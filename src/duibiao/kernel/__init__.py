"""Value types without a domain: text, period, quantity, problem, and readers that remember file and line."""
