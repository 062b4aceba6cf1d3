//! The crate's copy of `domain/rng.ts`: same numbers for the same seeds.

/// 32-bit finaliser of MurmurHash3.
pub fn mix(value: u32) -> u32 {
    let mut h = value;
    h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}

/// Hash of integers; order matters.
pub fn hash32(parts: &[u32]) -> u32 {
    parts.iter().fold(0x9e37_79b9, |h, &part| {
        mix(h ^ mix(part.wrapping_add(0x9e37_79b9)))
    })
}

/// FNV-1a of bytes, finalised by `mix`.
pub fn hash_bytes(bytes: &[u8]) -> u32 {
    mix(bytes.iter().fold(0x811c_9dc5, |h: u32, &b| {
        (h ^ u32::from(b)).wrapping_mul(0x0100_0193)
    }))
}

/// Uniform in [0, 1) from a hash.
pub fn uniform_at(parts: &[u32]) -> f64 {
    f64::from(hash32(parts)) / 4_294_967_296.0
}

/// sfc32.
pub struct Rng {
    a: u32,
    b: u32,
    c: u32,
    counter: u32,
}

impl Rng {
    pub fn new(seed: &[u32]) -> Self {
        let part = |k: u32| {
            let mut parts = vec![k];
            parts.extend_from_slice(seed);
            hash32(&parts)
        };
        let mut rng = Self {
            a: part(1),
            b: part(2),
            c: part(3),
            counter: 1,
        };
        for _ in 0..12 {
            rng.next_u32();
        }
        rng
    }

    pub fn next_u32(&mut self) -> u32 {
        let t = self.a.wrapping_add(self.b).wrapping_add(self.counter);
        self.counter = self.counter.wrapping_add(1);
        self.a = self.b ^ (self.b >> 9);
        self.b = self.c.wrapping_add(self.c << 3);
        self.c = self.c.rotate_left(21).wrapping_add(t);
        t
    }

    pub fn uniform(&mut self) -> f64 {
        f64::from(self.next_u32()) / 4_294_967_296.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_typescript_generator() {
        assert_eq!(hash32(&[1, 2, 3]), HASH_123);
        assert_eq!(hash_bytes("u0001".as_bytes()), HASH_U0001);
        let mut rng = Rng::new(&[7]);
        assert_eq!([rng.next_u32(), rng.next_u32(), rng.next_u32()], SFC_7);
    }

    const HASH_123: u32 = 1_759_541_826;
    const HASH_U0001: u32 = 4_068_949_415;
    const SFC_7: [u32; 3] = [2_407_125_758, 2_557_436_063, 4_058_562_635];
}
