//! The pictures on the pages of the node reference, `docs/nodes/<category>/<node>.png`: each node's card as
//! the editor draws it. After a change of what cards look like: `cargo xtask record`.

#[path = "../../crates/editor/tests/editor/raster.rs"]
mod raster;

use egui::{Rect, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use jackfield_editor::{Document, Editor, NullHost, card_size};
use jackfield_node::NodeSpec;
use raster::{Image, Textures};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Points around a card for the editor's bars.
const BARS: f32 = 300.0;
/// Points around a card.
const MARGIN: f32 = 12.0;
/// Pixels that may differ: rounding differs between machines.
const DIFFERENCES: usize = 200;
/// Bytes of all pictures together, so that they don't outweigh the source; with two pixels a point they
/// would.
const MOST_BYTES: u64 = 2_000_000;

/// The card of a node of this type, which is called like it.
fn draw(spec: &'static NodeSpec) -> Image {
    let id = spec.id.rsplit('.').next().unwrap_or(spec.id);
    let registry = Arc::new(jackfield_nodes::registry());
    let text = format!(r#"{{"jackfield": 1, "nodes": {{"{id}": {{"type": "{}"}}}}}}"#, spec.id);
    let (patch, _) = jackfield_patch::read(&text, &registry).expect("a patch of one node");
    let node = patch.find(id).and_then(|index| patch.node(index)).expect("the node");
    let size = Vec2::from(card_size(node));
    let editor = Editor::with_document(Document::new(registry, patch, None));
    let textures = Textures::default();
    let mut harness = Harness::builder()
        .with_size(size + Vec2::splat(BARS))
        .renderer(textures.clone())
        .with_max_steps(60)
        .build_ui_state(|ui, editor: &mut Editor| drop(editor.ui(ui, &mut NullHost)), editor);
    harness.run();
    let place = harness.get_by_label_contains(&format!("{id}, ")).rect();
    let place = Rect::from_min_size(place.min, size).expand(MARGIN);
    cut(&textures.draw(&harness.ctx, harness.output()), place)
}

/// The pixels of an image in a rectangle inside it.
fn cut(image: &Image, place: Rect) -> Image {
    let [left, top] = [place.min.x, place.min.y].map(|start| start.round() as usize);
    let [width, height] = [place.width(), place.height()].map(|size| size.round() as usize);
    let row = |row: usize| {
        let start = row * image.width + left;
        &image.pixels[start..start + width]
    };
    Image { width, height, pixels: (top..top + height).flat_map(row).copied().collect() }
}

fn path(spec: &NodeSpec) -> PathBuf {
    let file = format!("docs/nodes/{}.png", spec.id.replacen('.', "/", 1));
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

#[test]
fn every_page_shows_the_card_as_it_is() {
    let mut stale = Vec::new();
    for &spec in jackfield_nodes::SPECS {
        let (path, picture) = (path(spec), draw(spec));
        if std::env::var_os("JACKFIELD_RECORD").is_some() {
            fs::create_dir_all(path.parent().expect("a folder")).expect("a writable folder");
            fs::write(&path, picture.to_png()).expect("a writable picture");
        }
        let kept = fs::read(&path).map(|file| Image::from_png(&file));
        if kept.map_or(usize::MAX, |kept| picture.differences(&kept)) > DIFFERENCES {
            stale.push(spec.id);
        }
    }
    assert!(stale.is_empty(), "run cargo xtask record; not current: {stale:?}");
}

#[test]
fn the_pictures_are_small() {
    let size = |spec: &&NodeSpec| fs::metadata(path(spec)).expect("a picture").len();
    let bytes: u64 = jackfield_nodes::SPECS.iter().map(size).sum();
    assert!(bytes <= MOST_BYTES, "{bytes} bytes");
}
