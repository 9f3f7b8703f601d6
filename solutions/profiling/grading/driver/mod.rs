//! The driver: code that the bodies of the contract call. It does not know which answers are right.

#![allow(unexpected_cfgs, reason = "`missing_*` is set only when a submission is compiled")]

#[cfg(not(missing_timer))]
mod timer;
mod workloads;

profiling_driver!();

#[cfg(not(missing_flops))]
fn convolution(layer: Layer) -> profiling::ConvShape {
    let Layer::Conv2d { in_channels, out_channels, kernel, stride, padding, bias } = layer else {
        unreachable!("the contract says that the layer is a convolution")
    };
    profiling::ConvShape { in_channels, out_channels, kernel, stride, padding, bias }
}

#[cfg(not(missing_bottleneck))]
fn analyzer(parts: Vec<Part>) -> Answer<profiling::BottleneckAnalyzer> {
    let parts = parts.into_iter().map(|part| (part.name, part.seconds));
    Ok(profiling::BottleneckAnalyzer::new(parts.collect())?)
}
