"""Stand between analysis and page: only what has passed here may be shown of pupils."""

from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.pupils.protection.protect import protect
from tilstand.pupils.protection.protected import Protected

__all__ = ["DisclosureRules", "Protected", "protect"]
