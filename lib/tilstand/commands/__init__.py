"""Say what each command takes and tells, and call the library: no logic of their own."""
