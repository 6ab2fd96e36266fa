"""The rules, one file per family: `RULES` names each with what it refuses, `judge` yields what it finds."""
