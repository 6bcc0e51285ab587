"""Supervision: the rules of an organisation, the filings it owes, what a site's day looks like to them."""
