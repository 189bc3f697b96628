# METADATA
# scope: package
# title: What annotations say
# custom:
#   severity: warning
package team.described

# METADATA
# title: One rule
# description: With everything that an annotation may have.
# related_resources:
# - https://example.org/rules/one
# custom:
#   remedy: Say it again.
deny_one contains {"msg": "described", "severity": "info", "remedy": "none"}

# METADATA
# title: Another
# scope: rule
warn_two contains msg if msg := "described too"

# A helper, whatever its name is like.
warned contains "a helper"

warn_of_helper contains sprintf("%s, read", [text]) if some text in warned

deny_a_b2 contains "several words"

warn_two_more contains {"msg": "an object", "note": [1, 2]}

violation_three contains {"msg": "a violation", "details": {}}
