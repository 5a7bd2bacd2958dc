"""What others read: the figures of an evaluation or a plan as tidy tables, Frictionless, SDMX, Open SDG and DHIS2."""
