"""From a network to a plan: dated future moves, unmet orders with their reasons, a proven gap."""
