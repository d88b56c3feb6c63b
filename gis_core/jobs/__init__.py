"""The engine beside the planner: jobs that work out proposals for a plan, in processes of their own."""
