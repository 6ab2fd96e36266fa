"""A believable year of a made-up council, the same for the same seed: for demonstrations and benchmarks alike."""
