"""Stand between analysis and page: only what has passed here may be shown of pupils."""

from tilstand.disclosure_rules import DisclosureRules
from tilstand.protection.protect import protect
from tilstand.protection.protected import Protected

__all__ = ["DisclosureRules", "Protected", "protect"]
