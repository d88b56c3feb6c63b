"""Accounts: who may do what where, and how they sign in."""
