-- Records of notify.results.v1 that could not be taken, by their place: nobody knows what is in them, so nothing of them is
-- kept.
CREATE TABLE parked_results (
    place text PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    reason text NOT NULL
);
