//! Weights in the order in which a tile reads them.
