//! Plain data as the given types of the crate.

#![allow(dead_code, reason = "some of it is for tasks that may be missing")]

use super::contract::{Mask, ModelMasks};
use grader_protocol::Answer;

pub(super) fn mask(of: Mask) -> Answer<compression::Mask> {
    Ok(compression::Mask::new(&of.shape, of.kept)?)
}

pub(super) fn model_masks(of: ModelMasks) -> Answer<compression::ModelMasks> {
    let masks = of.masks.into_iter().map(|(name, of)| Ok((name, mask(of)?)));
    Ok(compression::ModelMasks::new(masks.collect::<Answer<_>>()?))
}
