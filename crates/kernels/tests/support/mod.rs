//! A small made-up catalogue and listeners for tests of the list builder.

use deepcuts_kernels::catalogue::Catalogue;
use deepcuts_kernels::col::ColBuilder;
use deepcuts_kernels::rng::Rng;
use std::path::PathBuf;

pub const AS_OF: u32 = 1_700_000_000;
const DAY: u32 = 86_400;

pub struct World {
    pub folder: PathBuf,
    pub catalogue: Catalogue,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// `tracks` tracks, three per artist, one or two of `genres` genres each; every fifth is a release of
/// the last 50 days with few listeners, every 40th explicit, every 50th blocked abroad.
pub fn world(name: &str, tracks: usize, genres: usize) -> World {
    let folder = std::env::temp_dir().join(format!("deepcuts-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("catalogue.col");
    let mut rng = Rng::new(&[11]);
    let artists = tracks.div_ceil(3);
    let fresh: Vec<bool> = (0..tracks).map(|t| t % 5 == 0).collect();
    let mut b = ColBuilder::default();
    let mut column = |f: &mut dyn FnMut(usize, &mut Rng) -> u32| -> Vec<u32> {
        (0..tracks).map(|t| f(t, &mut rng)).collect()
    };
    let listeners = column(&mut |t, rng| {
        let u = rng.uniform();
        if fresh[t] {
            (u * 8.0) as u32
        } else {
            (2.0 / (u + 1e-4)) as u32
        }
    });
    let skips = column(&mut |t, rng| (f64::from(listeners[t]) * rng.uniform()) as u32);
    let plays: Vec<u32> = listeners.iter().map(|n| n * 2).collect();
    let (mut genre_off, mut genre) = (vec![0u32], Vec::<u16>::new());
    for t in 0..tracks {
        genre.push((t / 3 % genres) as u16);
        if t % 3 == 0 && genres > 1 {
            genre.push(((t / 3 + 1) % genres) as u16);
        }
        genre_off.push(genre.len() as u32);
    }
    let (mut market_off, mut market) = (vec![0u32], Vec::<u16>::new());
    for t in 0..tracks {
        if t % 50 == 7 {
            market.push(1);
        }
        market_off.push(market.len() as u32);
    }
    let day = (AS_OF / DAY) as i32;
    let ages: Vec<i32> = (0..tracks as i32)
        .map(|t| if t % 5 == 0 { 1 + t % 50 } else { 900 })
        .collect();
    let ids: Vec<String> = (0..tracks).map(|t| format!("t{t:06}")).collect();
    b.put(
        "track_id.off",
        &(0..=tracks as u32).map(|t| t * 7).collect::<Vec<_>>(),
    );
    b.put("track_id.bytes", ids.concat().as_bytes());
    b.put("recording", &(0..tracks as u32).collect::<Vec<_>>());
    b.put(
        "artist",
        &(0..tracks as u32).map(|t| t / 3).collect::<Vec<_>>(),
    );
    b.put("genre.off", &genre_off).put("genre.id", &genre);
    b.put("market.off", &market_off)
        .put("market.country", &market);
    b.put("language", &vec![0u16; tracks]);
    b.put(
        "released",
        &ages.iter().map(|age| day - age).collect::<Vec<_>>(),
    );
    b.put(
        "first_event",
        &ages
            .iter()
            .map(|&age| AS_OF - age as u32 * DAY)
            .collect::<Vec<_>>(),
    );
    b.put(
        "explicit",
        &(0..tracks)
            .map(|t| u8::from(t % 40 == 3))
            .collect::<Vec<_>>(),
    );
    b.put("tempo", &vec![f32::NAN; tracks])
        .put("energy", &vec![f32::NAN; tracks]);
    b.put("key", &vec![-1i8; tracks]);
    b.put("from", &vec![0u32; tracks])
        .put("until", &vec![u32::MAX; tracks]);
    b.put("duration", &vec![200_000u32; tracks]);
    for name in [
        "listeners_all",
        "listeners_90d",
        "listeners_28d",
        "listeners_7d",
    ] {
        b.put(name, &listeners);
    }
    for name in ["plays_all", "plays_90d", "plays_28d", "plays_7d"] {
        b.put(name, &plays);
    }
    b.put("skips_90d", &skips).put(
        "saves_90d",
        &listeners.iter().map(|n| n / 3).collect::<Vec<_>>(),
    );
    for name in [
        "artist.listeners_all",
        "artist.listeners_28d",
        "artist.plays_all",
        "artist.plays_28d",
        "artist.plays_7d",
    ] {
        b.put(name, &vec![1u32; artists]);
    }
    b.put("genre.name.off", &(0..=genres as u32).collect::<Vec<_>>());
    b.put("country.name.off", &[0u32, 1, 2, 3]);
    b.put("country_track.off", &[0u32; 4]);
    b.put("country_track.track", &[] as &[u32])
        .put("country_track.listeners", &[] as &[u32]);
    b.write(&path, &serde_json::json!({ "asOf": AS_OF }))
        .unwrap();
    let catalogue = Catalogue::open(&path).unwrap();
    World { folder, catalogue }
}
