//! Implicit matrix factorisation: trained from interactions, searched with a folded-in listener.

pub mod file;
pub mod solve;
pub mod train;
