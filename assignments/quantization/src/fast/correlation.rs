//! The loops around the tiles of a convolution.
