"""French collection law and dunning logic: plain Python, no odoo import.

Values in, values out, dates always given. Import the module you need (``from .rules.interest import decompte``);
nothing is imported here, so that a caller only loads what it uses.
"""
