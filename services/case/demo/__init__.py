"""Two stories that `demo` tells, as data in `stories/`, and what walks them over HTTP as the people in them would."""
