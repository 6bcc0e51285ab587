"""Dose rates of radioactive sources: emission lines, gamma constants, bremsstrahlung, shields, packages."""
