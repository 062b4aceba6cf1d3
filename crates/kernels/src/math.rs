//! Elementary functions that give the same bits on every machine: the pure Rust ports of musl's
//! algorithms, never the platform's libm.

pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

pub fn ln1p(x: f64) -> f32 {
    libm::log1p(x) as f32
}

const COUNTS: usize = 1 << 14;
static LN1P: std::sync::LazyLock<Vec<f32>> =
    std::sync::LazyLock::new(|| (0..COUNTS).map(|n| ln1p(n as f64)).collect());

/// ln(1 + n), small counts from a table.
pub fn ln1p_count(n: u32) -> f32 {
    match LN1P.get(n as usize) {
        Some(&value) => value,
        None => ln1p(f64::from(n)),
    }
}

pub fn log2(x: f64) -> f64 {
    libm::log2(x)
}

pub fn powf(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// 2^(-age / half_life); ages below zero count as zero.
pub fn decay(age: f64, half_life: f64) -> f64 {
    libm::exp2(-age.max(0.0) / half_life)
}

pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// IEEE 754 half from single, round to nearest even; overflow to infinity.
pub fn half_from_f32(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = ((bits >> 16) & 0x8000) as u16;
    let exponent = ((bits >> 23) & 0xff) as i32;
    let mantissa = bits & 0x7f_ffff;
    if exponent == 0xff {
        return sign | 0x7c00 | u16::from(mantissa != 0) << 9;
    }
    let e = exponent - 127 + 15;
    if e >= 31 {
        return sign | 0x7c00;
    }
    if e <= 0 {
        if e < -10 {
            return sign;
        }
        let m = mantissa | 0x80_0000;
        let shift = (14 - e) as u32;
        let half = m >> shift;
        let rest = m & ((1 << shift) - 1);
        let midpoint = 1 << (shift - 1);
        let up = rest > midpoint || (rest == midpoint && half & 1 == 1);
        return sign | (half + u32::from(up)) as u16;
    }
    let half = ((e as u32) << 10) | (mantissa >> 13);
    let rest = mantissa & 0x1fff;
    let up = rest > 0x1000 || (rest == 0x1000 && half & 1 == 1);
    sign | (half + u32::from(up)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_singles_to_halves() {
        assert_eq!(half_from_f32(1.0), 0x3c00);
        assert_eq!(half_from_f32(-2.0), 0xc000);
        assert_eq!(half_from_f32(65504.0), 0x7bff);
        assert_eq!(half_from_f32(1e6), 0x7c00);
        assert_eq!(half_from_f32(5.960_464_5e-8), 1);
        assert_eq!(half_from_f32(0.333_333_34), 0x3555);
        assert_eq!(half_from_f32(0.0), 0);
    }

    #[test]
    fn halves_an_age_of_one_half_life() {
        assert_eq!(decay(7.0, 7.0), 0.5);
        assert_eq!(decay(-1.0, 7.0), 1.0);
    }
}
