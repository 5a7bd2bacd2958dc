"""Promise against result: pace, status, forecast, disagreement of methods, closing verdicts."""
