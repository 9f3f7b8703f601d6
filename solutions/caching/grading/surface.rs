//! The public interface, item by item. Compiled only if the driver did not compile with a submission, to tell the
//! student which item is missing or has another signature.
//!
//! Each item from one PROBE line to the next is independent of the others. Students read the text after `EXPECT`.
//! The given files are probed too, so that a student who changed one is told. Probes marked `(timed)` are compiled
//! when the kernels do not compile, those marked `(audit)` when an audited function is not found.

#![allow(dead_code, unused, reason = "only whether it compiles counts")]

use tinytorch::Tensor;

// PROBE given: CacheError
// EXPECT: pub enum CacheError, which implements Debug, Display and From<TensorError>, as handed out in src/error.rs
fn given_error(error: tinytorch::TensorError) -> (String, String) {
    let error = caching::CacheError::from(error);
    (format!("{error:?}"), error.to_string())
}

// PROBE given: KvView and Storage
// EXPECT: pub struct KvView and pub struct Storage, as handed out in src/view.rs
fn given_view<'a>(data: &'a [f32]) -> ([&'a [f32]; 2], [&'a [f32]; 2], usize) {
    let storage = caching::Storage { n_heads: 1, head_dim: 2, room: 3 };
    let view: caching::KvView<'a> = caching::KvView::new(storage, (data, data), 0, 3);
    (view.keys(0, 0), view.values(0, 0), view.len())
}

// PROBE cache: KvCache::new
// EXPECT: pub fn new(max_seq_len: usize, n_layers: usize, n_heads: usize, head_dim: usize) -> Result<Self>
fn cache_new() -> Result<caching::KvCache, caching::CacheError> {
    caching::KvCache::new(1_usize, 2_usize, 3_usize, 4_usize)
}

// PROBE cache: KvCache::with_batch
// EXPECT: pub fn with_batch(batch: usize, max_seq_len: usize, n_layers: usize, n_heads: usize, head_dim: usize) -> Result<Self>
fn cache_with_batch() -> Result<caching::KvCache, caching::CacheError> {
    caching::KvCache::with_batch(1_usize, 2_usize, 3_usize, 4_usize, 5_usize)
}

// PROBE cache: KvCache::update
// EXPECT: pub fn update(&mut self, layer: usize, k: &Tensor, v: &Tensor) -> Result<()>
fn cache_update(cache: &mut caching::KvCache, k: &Tensor) -> Result<(), caching::CacheError> {
    cache.update(0_usize, k, k)
}

// PROBE cache: KvCache::get
// EXPECT: pub fn get(&self, layer: usize) -> Result<KvView<'_>>
fn cache_get(cache: &caching::KvCache) -> Result<caching::KvView<'_>, caching::CacheError> {
    cache.get(0_usize)
}

// PROBE cache: KvCache::advance
// EXPECT: pub fn advance(&mut self, tokens: usize) -> Result<()>
fn cache_advance(cache: &mut caching::KvCache) -> Result<(), caching::CacheError> {
    cache.advance(1_usize)
}

// PROBE cache: KvCache::truncate
// EXPECT: pub fn truncate(&mut self, len: usize) -> Result<()>
fn cache_truncate(cache: &mut caching::KvCache) -> Result<(), caching::CacheError> {
    cache.truncate(1_usize)
}

// PROBE cache: KvCache::reset
// EXPECT: pub fn reset(&mut self)
fn cache_reset(cache: &mut caching::KvCache) {
    cache.reset();
}

// PROBE cache: the sizes of KvCache
// EXPECT: pub fn len, max_seq_len, batch, n_layers, allocated_bytes and used_bytes (&self) -> usize, and is_empty(&self) -> bool
fn cache_sizes(cache: &caching::KvCache) -> ([usize; 6], bool) {
    let sizes = [
        cache.len(),
        cache.max_seq_len(),
        cache.batch(),
        cache.n_layers(),
        cache.allocated_bytes(),
        cache.used_bytes(),
    ];
    (sizes, cache.is_empty())
}

// PROBE cache (timed): KvCache
// EXPECT: pub struct KvCache, without parameters, so that it can be kept
fn cache_kept(cache: caching::KvCache) -> Box<dyn std::any::Any> {
    Box::new(cache)
}

// PROBE window: WindowCache::new
// EXPECT: pub fn new(window: usize, n_layers: usize, n_heads: usize, head_dim: usize) -> Result<Self>
fn window_new() -> Result<caching::WindowCache, caching::CacheError> {
    caching::WindowCache::new(1_usize, 2_usize, 3_usize, 4_usize)
}

// PROBE window: WindowCache::with_batch
// EXPECT: pub fn with_batch(batch: usize, window: usize, n_layers: usize, n_heads: usize, head_dim: usize) -> Result<Self>
fn window_with_batch() -> Result<caching::WindowCache, caching::CacheError> {
    caching::WindowCache::with_batch(1_usize, 2_usize, 3_usize, 4_usize, 5_usize)
}

// PROBE window: WindowCache::push
// EXPECT: pub fn push(&mut self, layer: usize, k: &Tensor, v: &Tensor) -> Result<()>
fn window_push(cache: &mut caching::WindowCache, k: &Tensor) -> Result<(), caching::CacheError> {
    cache.push(0_usize, k, k)
}

// PROBE window: WindowCache::get
// EXPECT: pub fn get(&self, layer: usize) -> Result<KvView<'_>>
fn window_get(cache: &caching::WindowCache) -> Result<caching::KvView<'_>, caching::CacheError> {
    cache.get(0_usize)
}

// PROBE window: WindowCache::positions
// EXPECT: pub fn positions(&self, layer: usize) -> Result<Range<usize>>
fn window_positions(
    cache: &caching::WindowCache,
) -> Result<std::ops::Range<usize>, caching::CacheError> {
    cache.positions(0_usize)
}

// PROBE window: WindowCache::attend
// EXPECT: pub fn attend(&mut self, layer: usize, q: &Tensor, k: &Tensor, v: &Tensor) -> Result<Tensor>
fn window_attend(
    cache: &mut caching::WindowCache,
    q: &Tensor,
) -> Result<Tensor, caching::CacheError> {
    cache.attend(0_usize, q, q, q)
}

// PROBE window: the rest of WindowCache
// EXPECT: pub fn reset(&mut self), and pub fn window, batch and allocated_bytes (&self) -> usize
fn window_rest(cache: &mut caching::WindowCache) -> [usize; 3] {
    cache.reset();
    [cache.window(), cache.batch(), cache.allocated_bytes()]
}

// PROBE attention: CachedMultiHeadAttention::new
// EXPECT: pub fn new(attention: &MultiHeadAttention) -> Self
fn attention_new(
    attention: &tinytorch::nn::MultiHeadAttention,
) -> caching::CachedMultiHeadAttention {
    caching::CachedMultiHeadAttention::new(attention)
}

// PROBE attention: CachedMultiHeadAttention::forward
// EXPECT: pub fn forward(&self, input: &Tensor, past_kv: &mut KvCache, layer: usize) -> Result<Tensor>
fn attention_forward(
    attention: &caching::CachedMultiHeadAttention,
    input: &Tensor,
    past_kv: &mut caching::KvCache,
) -> Result<Tensor, caching::CacheError> {
    attention.forward(input, past_kv, 0_usize)
}

// PROBE model: CachedTransformerBlock
// EXPECT: pub fn new(block: &TransformerBlock) -> Self, and pub fn forward(&self, input: &Tensor, past_kv: &mut KvCache, layer: usize) -> Result<Tensor>
fn model_block(
    block: &tinytorch::nn::TransformerBlock,
    input: &Tensor,
    past_kv: &mut caching::KvCache,
) -> Result<Tensor, caching::CacheError> {
    let block: caching::CachedTransformerBlock = caching::CachedTransformerBlock::new(block);
    block.forward(input, past_kv, 0_usize)
}

// PROBE model (audit): CachedTransformerBlock::forward
// EXPECT: pub fn forward(&self, input: &Tensor, past_kv: &mut KvCache, layer: usize) -> Result<Tensor>
fn model_block_forward(
    block: &caching::CachedTransformerBlock,
    input: &Tensor,
    past_kv: &mut caching::KvCache,
) -> Result<Tensor, caching::CacheError> {
    caching::CachedTransformerBlock::forward(block, input, past_kv, 0_usize)
}

// PROBE model: CachedGpt
// EXPECT: pub struct CachedGpt, without parameters, so that it can be kept after its Gpt is gone
fn model_kept(gpt: &tinytorch::models::Gpt) -> Box<dyn std::any::Any> {
    Box::new(caching::CachedGpt::new(gpt))
}

// PROBE model: CachedGpt::new
// EXPECT: pub fn new(gpt: &Gpt) -> Self
fn model_new(gpt: &tinytorch::models::Gpt) -> caching::CachedGpt {
    caching::CachedGpt::new(gpt)
}

// PROBE model: CachedGpt::config
// EXPECT: pub fn config(&self) -> &GptConfig
fn model_config(model: &caching::CachedGpt) -> usize {
    model.config().n_heads
}

// PROBE model: CachedGpt::new_cache
// EXPECT: pub fn new_cache(&self, batch: usize) -> Result<KvCache>
fn model_new_cache(
    model: &caching::CachedGpt,
) -> Result<caching::KvCache, caching::CacheError> {
    model.new_cache(1_usize)
}

// PROBE model: CachedGpt::forward
// EXPECT: pub fn forward(&self, ids: &[Vec<usize>], past_kv: &mut KvCache) -> Result<Tensor>
fn model_forward(
    model: &caching::CachedGpt,
    past_kv: &mut caching::KvCache,
) -> Result<Tensor, caching::CacheError> {
    model.forward(&[vec![1_usize]], past_kv)
}

// PROBE generate: Sampling
// EXPECT: pub enum Sampling { Greedy, Random { temperature: f32, top_k: Option<usize> } }, which is Clone and Copy
fn generate_sampling() -> [caching::Sampling; 2] {
    let random = caching::Sampling::Random { temperature: 1.0_f32, top_k: Some(3_usize) };
    [caching::Sampling::Greedy, random]
}

// PROBE generate: Sampler
// EXPECT: pub fn new(sampling: Sampling, seed: u64) -> Result<Self>, and pub fn next(&mut self, logits: &[f32]) -> Result<usize>
fn generate_sampler() -> Result<usize, caching::CacheError> {
    let mut sampler: caching::Sampler = caching::Sampler::new(caching::Sampling::Greedy, 1_u64)?;
    sampler.next(&[1.0, 2.0])
}

// PROBE generate: GenerateOptions
// EXPECT: pub struct GenerateOptions { pub max_new_tokens: usize, pub stop: Option<usize>, pub sampling: Sampling, pub seed: u64 }
fn generate_options() -> caching::GenerateOptions {
    let sampling = caching::Sampling::Greedy;
    caching::GenerateOptions { max_new_tokens: 1, stop: Some(2), sampling, seed: 3 }
}

// PROBE generate: generate_with_cache
// EXPECT: pub fn generate_with_cache(model: &CachedGpt, prompts: &[Vec<usize>], options: GenerateOptions, past_kv: &mut KvCache) -> Result<Vec<Vec<usize>>>
fn generate_generate(
    model: &caching::CachedGpt,
    options: caching::GenerateOptions,
    past_kv: &mut caching::KvCache,
) -> Result<Vec<Vec<usize>>, caching::CacheError> {
    caching::generate_with_cache(model, &[vec![1_usize]], options, past_kv)
}

// PROBE analysis: cache_bytes
// EXPECT: pub fn cache_bytes(config: &GptConfig, batch: usize, tokens: usize) -> u64
fn analysis_bytes(config: &tinytorch::models::GptConfig) -> u64 {
    caching::cache_bytes(config, 1_usize, 2_usize)
}

// PROBE analysis: decode_macs
// EXPECT: pub fn decode_macs(config: &GptConfig, position: usize) -> u64
fn analysis_decode(config: &tinytorch::models::GptConfig) -> u64 {
    caching::decode_macs(config, 1_usize)
}

// PROBE analysis: forward_macs
// EXPECT: pub fn forward_macs(config: &GptConfig, tokens: usize) -> u64
fn analysis_forward(config: &tinytorch::models::GptConfig) -> u64 {
    caching::forward_macs(config, 1_usize)
}

// PROBE analysis: cached_work
// EXPECT: pub fn cached_work(config: &GptConfig, prompt: usize, new: usize) -> Vec<u64>
fn analysis_cached(config: &tinytorch::models::GptConfig) -> Vec<u64> {
    caching::cached_work(config, 1_usize, 2_usize)
}

// PROBE analysis: recomputed_work
// EXPECT: pub fn recomputed_work(config: &GptConfig, prompt: usize, new: usize) -> Vec<u64>
fn analysis_recomputed(config: &tinytorch::models::GptConfig) -> Vec<u64> {
    caching::recomputed_work(config, 1_usize, 2_usize)
}

// PROBE analysis: break_even
// EXPECT: pub fn break_even(set_up: f64, cached: &[f64], recomputed: &[f64]) -> Result<Option<usize>>
fn analysis_break_even() -> Result<Option<usize>, caching::CacheError> {
    caching::break_even(1.0_f64, &[1.0], &[2.0])
}

// PROBE analysis: Growth
// EXPECT: pub struct Growth { pub exponent: f64, pub factor: f64, pub r_squared: f64 }, and pub fn predict(&self, x: f64) -> f64
fn analysis_growth(growth: &caching::Growth) -> [f64; 4] {
    [growth.exponent, growth.factor, growth.r_squared, growth.predict(2.0)]
}

// PROBE analysis: fit_growth
// EXPECT: pub fn fit_growth(points: &[(f64, f64)]) -> Result<Growth>
fn analysis_fit() -> Result<caching::Growth, caching::CacheError> {
    caching::fit_growth(&[(1.0, 1.0), (2.0, 4.0)])
}
