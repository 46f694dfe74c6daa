"""Large pictures: coded chunk by chunk, in memory that follows the chunk."""
