"""Plans edited by hand: moves of buildings, locks, undo, and how the plan then stands to its rules."""
