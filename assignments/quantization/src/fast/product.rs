//! The loops around the tiles of a linear layer.
