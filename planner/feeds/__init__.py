"""Price feeds of the providers, one file each: fetched without a login, parsed to price rows."""
