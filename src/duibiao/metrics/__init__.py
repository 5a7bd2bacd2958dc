"""What can be measured and what was: units, indicators, definitions, observations and their roll-up."""
