-- Beside the database of the case service, which the image makes. Keep audit's on a server of its own when in earnest.
CREATE DATABASE notify;
CREATE DATABASE audit;
