"""The system of record (units, returns, work flow, audit) and the immutable snapshots made from it."""
