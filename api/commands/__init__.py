"""Commands of `wangge`, one module a subject."""
