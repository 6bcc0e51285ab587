"""The calculators of the command line, the pages and the API: text in, an answer with its units out."""
