//! Two-tower retrieval, trained by hand-written steps: a listener and a track become unit vectors whose
//! cosine, over a temperature, is the logit of their meeting. (Yi et al. 2019, sampling-bias-corrected
//! softmax; Yang et al. 2020, mixed negative sampling.)

mod batch;
pub mod file;
pub mod gemm;
pub mod input;
mod loss;
pub mod network;
mod optimiser;
pub mod params;
pub mod probe;
pub mod train;

#[cfg(test)]
mod gradient_tests;
#[cfg(test)]
mod planted_world_tests;
#[cfg(test)]
mod torch_tests;
