//! How tensors flow through the GPT: every shape from ids to scores.
//!
#![doc = "<div style=\"display:flex;flex-wrap:wrap;gap:1em;align-items:flex-start\">"]
#![doc = include_str!("../../docs/gpt-model.svg")]
#![doc = include_str!("../../docs/gpt-block.svg")]
#![doc = "</div>"]
#![doc = ""]
#![doc = include_str!("../../docs/gpt.md")]
