//! What reads files from outside, each with files that it accepts.

use crate::support::{self, World, world};
use deepcuts_kernels::baseline::baseline_bucket;
use deepcuts_kernels::block::{Select, score_bucket};
use deepcuts_kernels::catalogue::Catalogue;
use deepcuts_kernels::col::{Col, ColBuilder};
use deepcuts_kernels::encode::files::{InputPaths, write_examples, write_index, write_tracks};
use deepcuts_kernels::error::Result;
use deepcuts_kernels::examples::{ExampleParams, Truth, examples_bucket};
use deepcuts_kernels::exploration_build;
use deepcuts_kernels::item2vec::{
    Item2vecFiles, Item2vecParams, ItemVectors, carry_files, train_files,
};
use deepcuts_kernels::join::{Everything, Index, SearchOptions, search};
use deepcuts_kernels::listeners::Bucket;
use deepcuts_kernels::model::Model;
use deepcuts_kernels::recipes::{self, Recipe, SnapshotPaths};
use deepcuts_kernels::source::Source;
use deepcuts_kernels::towers::file::{Side, Towers, encode_file};
use deepcuts_kernels::towers::input::Rows;
use deepcuts_kernels::towers::network::Tower;
use deepcuts_kernels::towers::params::TowerParams;
use deepcuts_kernels::trees::Ensemble;
use std::path::Path;

pub struct Target {
    pub name: &'static str,
    /// Files of the folder that are spoiled, one at a time.
    pub files: &'static [&'static str],
    pub run: fn(&Path) -> Result<()>,
}

pub const TARGETS: &[Target] = &[
    Target {
        name: "catalogue",
        files: &["catalogue.col"],
        run: catalogue,
    },
    Target {
        name: "listeners",
        files: &["listeners.col"],
        run: listeners,
    },
    Target {
        name: "source",
        files: &["source.col"],
        run: source,
    },
    Target {
        name: "recipes",
        files: &["catalogue.col", "listeners.col", "sessions.col"],
        run: compile,
    },
    Target {
        name: "item2vec",
        files: &["item2vec.col", "sessions.col", "catalogue.col"],
        run: item2vec,
    },
    Target {
        name: "index",
        files: &["index.col", "item2vec.col"],
        run: index,
    },
    Target {
        name: "towers",
        files: &["towers.col", "tower-tracks.col"],
        run: towers,
    },
    Target {
        name: "tower inputs",
        files: &["item2vec.col", "listeners.col", "responses.col"],
        run: inputs,
    },
    Target {
        name: "exploration",
        files: &["exploration.col", "catalogue.col"],
        run: exploration,
    },
    Target {
        name: "lightgbm text",
        files: &["model.txt"],
        run: |folder| trees(folder, "model.txt"),
    },
    Target {
        name: "xgboost json",
        files: &["model.json"],
        run: |folder| trees(folder, "model.json"),
    },
    Target {
        name: "model",
        files: &[
            "spec.json",
            "listeners.col",
            "exploration.col",
            "index.col",
            "source.col",
            "rates.col",
        ],
        run: model,
    },
    Target {
        name: "examples",
        files: &["truth.col", "shown.col", "listeners.col"],
        run: examples,
    },
];

const TRACKS: usize = 60;
const GENRES: usize = 4;

const XGBOOST_MODEL: &str = r#"{"learner":{"feature_names":["a","b","c"],
"gradient_booster":{"name":"gbtree","model":{"trees":[{"left_children":[1,-1,3,-1,-1],
"right_children":[2,-1,4,-1,-1],"split_indices":[0,0,2,0,0],"split_conditions":[0.5,0.1,0.0,0.2,0.3],
"split_type":[0,0,0,0,0],"default_left":[0,0,1,0,0]}]}},"learner_model_param":{"base_score":"[5E-1]",
"num_class":"0","num_target":"1"},"objective":{"name":"binary:logistic"}}}"#;
const MODEL: &str = "tree
version=v4
num_class=1
num_tree_per_iteration=1
objective=binary sigmoid:1
feature_names=a b c
Tree=0
num_leaves=3
num_cat=1
split_feature=0 2
threshold=0.5 0
decision_type=2 1
left_child=1 -1
right_child=-3 -2
leaf_value=0.1 -0.2 0.3
cat_boundaries=0 1
cat_threshold=6


Tree=1
num_leaves=1
leaf_value=0.05


end of trees
";

const MOMENTS: &str = r#"{"minHistory":1,"historyTracks":20,"momentsPerListener":4,"pairsPerMoment":4,
"horizonDays":7,"negativesPerMoment":2,"maxPairs":100,"seed":1}"#;

/// Every file that a target reads, whole.
pub fn prepare() -> World {
    let world = world("hostile-files", TRACKS, GENRES);
    assert_eq!(world.catalogue.tracks, TRACKS);
    let at = |name: &str| world.folder.join(name);
    bucket(&at("listeners.col"));
    let mut sessions = ColBuilder::default();
    sessions
        .put("session.off", &[0u32, 4, 8])
        .put("session.listener", &[0u32, 1])
        .put("session.track", &[5u32, 6, 7, 8, 6, 7, 9, 10])
        .put("session.ts", &[support::AS_OF - 9000; 8]);
    sessions
        .write(&at("sessions.col"), &serde_json::json!({}))
        .unwrap();
    source_file(&world.folder).unwrap();
    train(&world.folder, "item2vec.col").unwrap();
    let catalogue = at("catalogue.col");
    write_index(
        &catalogue.to_string_lossy(),
        &at("item2vec.col"),
        1,
        &at("index.col"),
    )
    .unwrap();
    let mut responses = ColBuilder::default();
    responses
        .put("response.off", &[0u32, 3, 6, 6])
        .put("response.track", &[5u32, 30, 31, 5, 30, 31])
        .put(
            "response.ts",
            &[1u32, 2, 3, 1, 2, 3].map(|days| support::AS_OF - 90_000 * (9 - days)),
        )
        .put("response.weight", &[1000i16, -2000, 1000, 1000, 1000, 500]);
    responses
        .write(&at("responses.col"), &serde_json::json!({}))
        .unwrap();
    write_tracks(
        MOMENTS,
        &input_paths(&world.folder),
        &at("tower-tracks.col"),
    )
    .unwrap();
    let params = TowerParams {
        dimensions: 8,
        hidden: 8,
        ..TowerParams::default()
    };
    let col = Col::open(at("tower-tracks.col")).unwrap();
    let (shape, _) = Rows::open(&col).unwrap();
    let towers = Towers {
        listener: Tower::new(&shape, &params, 1),
        track: Tower::new(&shape, &params, 2),
        params,
    };
    towers.write(&at("towers.col")).unwrap();
    build_exploration(&world.folder, "exploration.col").unwrap();
    std::fs::write(at("model.txt"), MODEL).unwrap();
    std::fs::write(at("model.json"), XGBOOST_MODEL).unwrap();
    let mut rates = ColBuilder::default();
    rates
        .put("rate", &[0.5f32; TRACKS / 3])
        .put("bucket", &[1.0f32; TRACKS / 3]);
    rates
        .write(&at("rates.col"), &serde_json::json!({}))
        .unwrap();
    truths(&world.folder);
    std::fs::write(at("spec.json"), spec().to_string()).unwrap();
    world
}

fn bucket(path: &Path) {
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
        .put("hist.track", &[5u32, 30, 31, 5, 30, 31])
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
        .put("heard.recording", &[5u32, 30, 31, 40, 5, 30, 31])
        .put("block.off", &[0u32, 0, 1, 1])
        .put("block.artist", &[3u32])
        .put("blocked.off", &[0u32, 0, 1, 1])
        .put("blocked.track", &[12u32]);
    b.write(path, &serde_json::json!({})).unwrap();
}

fn truths(folder: &Path) {
    let mut truth = ColBuilder::default();
    truth
        .put("user_id.off", &[0u32, 1, 2])
        .put("user_id.bytes", b"ab".as_slice())
        .put("truth.off", &[0u32, 2, 3])
        .put("truth.track", &[20u32, 21, 22])
        .put("truth.positive", &[1u8, 1, 0])
        .put("truth.saved", &[0u8, 1, 0]);
    truth
        .write(&folder.join("truth.col"), &serde_json::json!({}))
        .unwrap();
    let mut shown = ColBuilder::default();
    shown
        .put("user_id.off", &[0u32, 1])
        .put("user_id.bytes", b"a".as_slice())
        .put("shown.off", &[0u32, 2])
        .put("shown.track", &[20u32, 50])
        .put("shown.slot", &[1u16, 2]);
    shown
        .write(&folder.join("shown.col"), &serde_json::json!({}))
        .unwrap();
}

fn spec() -> serde_json::Value {
    let source = |id: u8, name: &str, path: &str| {
        serde_json::json!({
            "id": id, "name": name, "topK": 40, "weight": 0.5, "history": 20, "path": path,
            "halfLifeDays": 30.0, "power": 1.0, "newArtistsOnly": false,
        })
    };
    let mut vectors = source(9, "item2vec", "index.col");
    vectors["query"] = "pool".into();
    vectors["probe"] = 0.into();
    serde_json::json!({
        "catalogue": "catalogue.col",
        "sources": [source(1, "own-artists", "source.col")],
        "itemVectors": "item2vec.col",
        "vectorSources": [vectors],
        "ranker": null, "artistRates": "rates.col", "exploration": "exploration.col",
        "deliverAt": support::AS_OF, "candidates": 500,
        "list": { "length": 30, "reserve": 60, "mmr": 0.1, "calibration": 0.5,
                  "explorationSlots": 3, "spacing": 3, "popularityMargin": 0.05 },
        "seed": 0, "week": 202_647,
    })
}

fn text(folder: &Path, name: &str) -> String {
    folder.join(name).to_string_lossy().into_owned()
}

fn open(folder: &Path) -> Result<Catalogue> {
    Catalogue::open(folder.join("catalogue.col"))
}

fn catalogue(folder: &Path) -> Result<()> {
    let c = open(folder)?;
    for t in 0..c.tracks {
        std::hint::black_box((c.genres_of(t), c.markets_of(t), c.fade[t]));
    }
    Ok(())
}

fn listeners(folder: &Path) -> Result<()> {
    let c = open(folder)?;
    let bucket = Bucket::open(folder.join("listeners.col"), &c)?;
    for i in 0..bucket.len {
        std::hint::black_box(bucket.listener(i));
    }
    std::hint::black_box(bucket.find(b"b"));
    Ok(())
}

fn source(folder: &Path) -> Result<()> {
    let c = open(folder)?;
    let source = Source::open(folder.join("source.col"), &c)?;
    for artist in 0..c.artists {
        if source.key.name() == "artist" {
            std::hint::black_box(source.postings(artist));
        }
    }
    Ok(())
}

fn snapshot(folder: &Path) -> SnapshotPaths {
    SnapshotPaths {
        catalogue: folder.join("catalogue.col"),
        listeners: vec![folder.join("listeners.col")],
        sessions: vec![text(folder, "sessions.col")],
    }
}

fn recipe(folder: &Path, json: &str, out: &str) -> Result<()> {
    let recipe: Recipe = serde_json::from_str(json).unwrap();
    recipes::compile(&recipe, "x", &snapshot(folder), &folder.join(out)).map(|_| ())
}

fn source_file(folder: &Path) -> Result<()> {
    recipe(
        folder,
        r#"{"kind":"own-artists","k":20,"power":0.5}"#,
        "source.col",
    )
}

fn compile(folder: &Path) -> Result<()> {
    for json in [
        r#"{"kind":"own-artists","k":20,"power":0.5}"#,
        r#"{"kind":"similar-artists","artists":5,"tracksEach":5,"power":1,"shrinkage":1,"history":50}"#,
        r#"{"kind":"cooccurrence","k":9,"window":3,"placeDecay":0.8,"backward":0.5,"halfLifeDays":30,"gamma":0.5}"#,
        r#"{"kind":"rp3beta","k":9,"alpha":1,"beta":0.5,"history":50}"#,
        r#"{"kind":"cosine","k":9,"shrinkage":5,"history":50}"#,
        r#"{"kind":"country-popularity","k":9}"#,
        r#"{"kind":"fresh","k":9,"days":60}"#,
        r#"{"kind":"recent-popularity","k":9}"#,
    ] {
        recipe(folder, json, "made.col")?;
    }
    Ok(())
}

fn train(folder: &Path, out: &str) -> Result<()> {
    let params = Item2vecParams::parse(r#"{"dimensions":8,"epochs":1}"#)?;
    let warm = (out != "item2vec.col").then(|| folder.join("item2vec.col"));
    let files = Item2vecFiles {
        catalogue: folder.join("catalogue.col"),
        sessions: vec![folder.join("sessions.col")],
        playlists: None,
        warm,
        out: folder.join(out),
    };
    train_files(&params, &files).map(|_| ())
}

fn item2vec(folder: &Path) -> Result<()> {
    train(folder, "made.col")?;
    let (base, catalogue) = (folder.join("item2vec.col"), folder.join("catalogue.col"));
    carry_files(&base, &[], &catalogue, &folder.join("made.col"))?;
    let vectors = ItemVectors::open(&base, &open(folder)?)?;
    std::hint::black_box(vectors.row(0));
    Ok(())
}

fn index(folder: &Path) -> Result<()> {
    let catalogue = text(folder, "catalogue.col");
    write_index(
        &catalogue,
        &folder.join("item2vec.col"),
        1,
        &folder.join("made.col"),
    )?;
    let index = Index::open(folder.join("index.col"))?;
    let query = vec![0.1f32; index.dimensions];
    let options = SearchOptions {
        k: 10,
        probe: 2,
        ..SearchOptions::default()
    };
    search(&index, &query, &options, &Everything).map(|_| ())
}

fn towers(folder: &Path) -> Result<()> {
    let (towers, input) = (folder.join("towers.col"), folder.join("tower-tracks.col"));
    encode_file(&towers, Side::Track, &input, &folder.join("made.col")).map(|_| ())
}

fn input_paths(folder: &Path) -> InputPaths {
    InputPaths {
        catalogue: text(folder, "catalogue.col"),
        listeners: vec![text(folder, "listeners.col")],
        responses: vec![text(folder, "responses.col")],
        item_vectors: text(folder, "item2vec.col"),
        audio: None,
    }
}

fn inputs(folder: &Path) -> Result<()> {
    write_tracks(MOMENTS, &input_paths(folder), &folder.join("made.col"))?;
    write_examples(MOMENTS, &input_paths(folder), &folder.join("made.col")).map(|_| ())
}

fn build_exploration(folder: &Path, out: &str) -> Result<()> {
    let params = serde_json::from_str(
        r#"{"arms":5,"releaseDays":60,"maxListeners":50,"prior":10,"ucb":1,"seed":1}"#,
    )
    .unwrap();
    exploration_build::build(&open(folder)?, &params, &folder.join(out)).map(|_| ())
}

fn exploration(folder: &Path) -> Result<()> {
    build_exploration(folder, "made.col")?;
    deepcuts_kernels::explore::Exploration::open(folder.join("exploration.col"), &open(folder)?)
        .map(|_| ())
}

fn trees(folder: &Path, name: &str) -> Result<()> {
    let bytes = std::fs::read(folder.join(name)).unwrap();
    let model = Ensemble::parse(&String::from_utf8_lossy(&bytes))?;
    let (mut scratch, mut out) = (Default::default(), Vec::new());
    let row = [0.3, f32::NAN, 1.0]
        .into_iter()
        .cycle()
        .take(model.features.len() * 9);
    model.raw_rows(&row.collect::<Vec<f32>>(), &mut scratch, &mut out);
    Ok(())
}

/// The specification with its files in the folder.
fn opened(folder: &Path) -> Result<Model> {
    let bytes = std::fs::read(folder.join("spec.json")).unwrap();
    let mut json = String::from_utf8_lossy(&bytes).into_owned();
    for name in [
        "catalogue",
        "source",
        "item2vec",
        "index",
        "rates",
        "exploration",
    ] {
        let path = text(folder, &format!("{name}.col"));
        json = json.replace(&format!("\"{name}.col\""), &format!("\"{path}\""));
    }
    Model::open(&json)
}

fn model(folder: &Path) -> Result<()> {
    let (model, bucket, out) = (
        opened(folder)?,
        folder.join("listeners.col"),
        folder.join("made.col"),
    );
    score_bucket(&model, &bucket, &out, &Select::All, &|_| true)?;
    for source in 0..=model.source_ids.len() {
        baseline_bucket(&model, source, 20, &bucket, &out, &Select::All)?;
    }
    Ok(())
}

fn examples(folder: &Path) -> Result<()> {
    let truth = Truth::open(&folder.join("truth.col"), Some(&folder.join("shown.col")))?;
    let params = ExampleParams {
        negatives: 10,
        listener_share: 1.0,
        save_weight: 2.0,
        seed: 1,
        folds: 3,
    };
    let (bucket, out) = (folder.join("listeners.col"), folder.join("made.col"));
    examples_bucket(&opened(folder)?, &truth, &bucket, &out, &params).map(|_| ())
}
