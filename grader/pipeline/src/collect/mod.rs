//! Stage 1: taking the sources out of a folder or an archive.
