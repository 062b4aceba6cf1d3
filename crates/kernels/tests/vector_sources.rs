//! Sources that search vectors: what they find may stand in the list, and is the best there is.

mod support;

use deepcuts_kernels::col::ColBuilder;
use deepcuts_kernels::encode::files::write_index;
use deepcuts_kernels::encode::unit_vectors::dot;
use deepcuts_kernels::listeners::Bucket;
use deepcuts_kernels::model::Model;
use deepcuts_kernels::rng::Rng;
use deepcuts_kernels::vector_source::Tastes;

const TRACKS: usize = 200;
const D: usize = 16;

fn item_vectors(folder: &std::path::Path) -> std::path::PathBuf {
    let path = folder.join("item2vec.col");
    let mut rng = Rng::new(&[5]);
    let input: Vec<f32> = (0..TRACKS * D)
        .map(|_| (rng.uniform() - 0.5) as f32)
        .collect();
    let count: Vec<u32> = (0..TRACKS as u32).map(|t| u32::from(t != 17)).collect();
    let mut b = ColBuilder::default();
    b.put("input", &input).put("count", &count);
    b.write(&path, &serde_json::json!({ "dimensions": D }))
        .unwrap();
    path
}

/// Three listeners: one with rights abroad, one who blocks, one without a history.
fn bucket(folder: &std::path::Path) -> std::path::PathBuf {
    let path = folder.join("listeners-0000.col");
    let at = support::AS_OF - 3600;
    let mut b = ColBuilder::default();
    b.put("user_id.off", &[0u32, 1, 2, 3])
        .put("user_id.bytes", b"abc".as_slice())
        .put("seed", &[1u32, 2, 3])
        .put("country", &[1u16, 2, 0])
        .put("language", &[0u16; 3])
        .put("age", &[0u8; 3])
        .put("gender", &[0u8; 3])
        .put("flags", &[15u8, 14, 15])
        .put("events", &[9u32, 9, 0])
        .put("hist.off", &[0u32, 3, 6, 6])
        .put("hist.track", &[5u32, 60, 61, 5, 60, 61])
        .put(
            "hist.last",
            &[at, at - 60, at - 90_000, at, at - 60, at - 90_000],
        )
        .put("hist.positives", &[2u16, 1, 1, 2, 1, 1])
        .put("hist.positives28", &[2u16, 1, 1, 2, 1, 1])
        .put("hist.positives7", &[2u16, 1, 1, 2, 1, 1])
        .put("hist.skips", &[0u16; 6])
        .put("hist.saved", &[0u8; 6])
        .put("hist.weight", &[1000i32; 6])
        .put("heard.off", &[0u32, 4, 7, 7])
        .put("heard.recording", &[5u32, 60, 61, 90, 5, 60, 61])
        .put("block.off", &[0u32, 0, 1, 1])
        .put("block.artist", &[30u32])
        .put("blocked.off", &[0u32, 0, 1, 1])
        .put("blocked.track", &[120u32]);
    b.write(&path, &serde_json::json!({})).unwrap();
    path
}

fn model(folder: &std::path::Path, probe: usize) -> Model {
    let (vectors, index) = (item_vectors(folder), folder.join("index.col"));
    let catalogue = folder.join("catalogue.col");
    write_index(&catalogue.to_string_lossy(), &vectors, 1, &index).unwrap();
    let spec = serde_json::json!({
        "catalogue": catalogue,
        "sources": [],
        "itemVectors": vectors,
        "vectorSources": [{
            "id": 9, "name": "item2vec", "query": "pool", "topK": 40, "weight": 0.5, "probe": probe,
            "history": 0, "halfLifeDays": 1.0, "power": 1.0, "newArtistsOnly": false,
            "path": index,
        }],
        "ranker": null, "artistRates": null, "exploration": null,
        "deliverAt": support::AS_OF, "candidates": 500, "list": { "length": 30, "reserve": 60 },
        "seed": 0, "week": 0,
    });
    Model::open(&spec.to_string()).unwrap()
}

#[test]
fn finds_the_nearest_tracks_that_may_stand() {
    let world = support::world("vector-sources", TRACKS, 4);
    let model = model(&world.folder, 0);
    let bucket = Bucket::open(bucket(&world.folder), &model.catalogue).unwrap();
    let tastes = Tastes::of(&model, &bucket, &[0, 1, 2]).unwrap();
    let items = &model.vectors.as_ref().unwrap().items;
    for i in 0..2 {
        let taste = tastes.at(i);
        let found: Vec<u32> = taste.found[0].rows.iter().map(|row| row.0).collect();
        assert_eq!(found.len(), 40);
        let l = bucket.listener(i);
        let may = |t: u32| {
            let c = &world.catalogue;
            t != 17
                && !l.heard.contains(&t)
                && (c.markets_of(t as usize).is_empty() || l.country == 1)
                && (c.explicit[t as usize] == 0 || i == 0)
                && (i == 0 || (c.artist[t as usize] != 30 && t != 120))
        };
        assert!(found.iter().all(|&t| may(t)));
        let short = &taste.pools[D..2 * D];
        let mut all: Vec<(f32, u32)> = (0..TRACKS as u32)
            .filter(|&t| may(t))
            .map(|t| (dot(short, items.row(t)), t))
            .collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let best: Vec<u32> = all[..40].iter().map(|row| row.1).collect();
        let shared = found.iter().filter(|t| best.contains(t)).count();
        assert!(shared >= 38, "{shared} of the 40 nearest");
        assert!(taste.found[0].rows.windows(2).all(|w| w[0].1 >= w[1].1));
    }
}

#[test]
fn a_listener_is_searched_the_same_alone_and_in_company() {
    let world = support::world("vector-company", TRACKS, 4);
    let model = model(&world.folder, 3);
    let bucket = Bucket::open(bucket(&world.folder), &model.catalogue).unwrap();
    let together = Tastes::of(&model, &bucket, &[0, 1, 2]).unwrap();
    for i in 0..3u32 {
        let alone = Tastes::of(&model, &bucket, &[i]).unwrap();
        assert_eq!(
            alone.at(0).found[0].rows,
            together.at(i as usize).found[0].rows
        );
        assert_eq!(alone.at(0).pools, together.at(i as usize).pools);
    }
}

#[test]
fn vectors_of_another_catalogue_are_refused() {
    let world = support::world("vector-mixed", TRACKS, 4);
    let other = support::world("vector-mixed-other", TRACKS - 1, 4);
    let vectors = item_vectors(&world.folder);
    let spec = serde_json::json!({
        "catalogue": other.folder.join("catalogue.col"), "sources": [], "itemVectors": vectors,
        "ranker": null, "artistRates": null, "exploration": null,
        "deliverAt": 0, "candidates": 500, "list": { "length": 30, "reserve": 60 },
        "seed": 0, "week": 0,
    });
    let error = Model::open(&spec.to_string()).err().unwrap();
    assert_eq!(error.code, "col.invalid");
}
