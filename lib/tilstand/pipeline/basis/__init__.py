"""Know what a build rests on: what is ordered, its contents, inputs and surroundings."""
