"""A stand-in cloud on loopback that the real SDKs talk to."""
