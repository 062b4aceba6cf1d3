//! Linear item-item models: EASE, exact for small systems and column by column for large ones.

pub mod column_ease;
pub mod ease;
pub mod spd_inverse;
