"""What was promised: plans with their clauses, targets, tasks, departments and links."""
