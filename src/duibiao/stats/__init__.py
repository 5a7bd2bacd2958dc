"""Pure functions on arrays: trend, interval, pooled variance. numpy and scipy only, no domain."""
