DECOMPTE = {"principal": "10000", "due": "2025-05-31", "regime": "professional", "on": "2026-02-15"}
