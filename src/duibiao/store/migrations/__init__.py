"""The steps from one layout of the data base to the next, in order; Alembic runs them."""
