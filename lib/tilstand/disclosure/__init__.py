"""Keep published tables from giving any pupil away: rules, blanks, and the attack on both."""
