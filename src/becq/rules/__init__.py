"""Limits as findings: a check never silently blocks or passes."""
