"""The cockpit (驾驶舱): thin over ``views``; every page is also an answer of the API."""
