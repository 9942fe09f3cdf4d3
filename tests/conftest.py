"""What holds of every test."""

from hypothesis import settings

# A claim is no less true on a busy machine.
settings.register_profile("planner", deadline=None)
settings.load_profile("planner")
