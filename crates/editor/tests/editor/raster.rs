//! A painter without a graphics card: fills egui's triangles on the processor, so that pictures of the
//! editor come out the same on every machine.

use egui::epaint::{ImageData, ImageDelta, Primitive, Vertex};
use egui::{Color32, Mesh, Rect, TextureId, TexturesDelta};
use egui_kittest::TestRenderer;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Pixels, row by row.
#[derive(Clone)]
pub(crate) struct Image {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<Color32>,
}

/// The textures egui has sent: glyphs, mostly.
#[derive(Clone, Default)]
pub(crate) struct Textures(Rc<RefCell<BTreeMap<TextureId, Image>>>);

impl TestRenderer for Textures {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        let mut textures = self.0.borrow_mut();
        for (id, parts) in delta.set.drain() {
            for part in parts {
                put(&mut textures, id, part);
            }
        }
        for id in delta.free.drain() {
            textures.remove(&id);
        }
    }
}

fn put(textures: &mut BTreeMap<TextureId, Image>, id: TextureId, part: ImageDelta) {
    let ImageData::Color(image) = part.image;
    let [width, height] = image.size;
    match (part.pos, textures.get_mut(&id)) {
        (Some([left, top]), Some(texture)) => {
            for (row, pixels) in image.pixels.chunks_exact(width).enumerate() {
                let start = (top + row) * texture.width + left;
                texture.pixels[start..start + width].copy_from_slice(pixels);
            }
        }
        _ => {
            textures.insert(id, Image { width, height, pixels: image.pixels.clone() });
        }
    }
}

impl Textures {
    /// Draws what a frame has put out.
    pub(crate) fn draw(&self, context: &egui::Context, output: &egui::FullOutput) -> Image {
        let scale = output.pixels_per_point;
        let size = context.content_rect().size() * scale;
        let (width, height) = (size.x.round() as usize, size.y.round() as usize);
        let mut image = Image { width, height, pixels: vec![Color32::BLACK; width * height] };
        let textures = self.0.borrow();
        for primitive in context.tessellate(output.shapes.clone(), scale) {
            let Primitive::Mesh(mesh) = &primitive.primitive else { continue };
            let clip = primitive.clip_rect * scale;
            if let Some(texture) = textures.get(&mesh.texture_id) {
                image.mesh(mesh, scale, clip, texture);
            }
        }
        image
    }
}

impl Image {
    fn mesh(&mut self, mesh: &Mesh, scale: f32, clip: Rect, texture: &Self) {
        for triangle in mesh.indices.chunks_exact(3) {
            let corners = [0, 1, 2].map(|corner| {
                let mut vertex = mesh.vertices[triangle[corner] as usize];
                vertex.pos = (vertex.pos.to_vec2() * scale).to_pos2();
                vertex
            });
            self.triangle(corners, clip, texture);
        }
    }

    /// Fills the pixels whose middles lie inside; one on an edge belongs to one of the two triangles.
    fn triangle(&mut self, [a, mut b, mut c]: [Vertex; 3], clip: Rect, texture: &Self) {
        let cross = |o: Vertex, p: Vertex, x: f32, y: f32| {
            (p.pos.x - o.pos.x) * (y - o.pos.y) - (p.pos.y - o.pos.y) * (x - o.pos.x)
        };
        let mut area = cross(a, b, c.pos.x, c.pos.y);
        if area == 0.0 {
            return;
        }
        if area < 0.0 {
            (b, c, area) = (c, b, -area);
        }
        let bounds = Rect::from_points(&[a.pos, b.pos, c.pos]).intersect(clip);
        let from = |low: f32| (low - 0.5).ceil().max(0.0) as usize;
        let to = |high: f32, most: usize| ((high - 0.5).floor() + 1.0).clamp(0.0, most as f32) as usize;
        let owns = |o: Vertex, p: Vertex, weight: f32| {
            let edge = p.pos - o.pos;
            weight > 0.0 || weight == 0.0 && (edge.y < 0.0 || edge.y == 0.0 && edge.x > 0.0)
        };
        for row in from(bounds.min.y)..to(bounds.max.y, self.height) {
            for column in from(bounds.min.x)..to(bounds.max.x, self.width) {
                let (x, y) = (column as f32 + 0.5, row as f32 + 0.5);
                let weights = [cross(b, c, x, y), cross(c, a, x, y), cross(a, b, x, y)];
                if owns(b, c, weights[0]) && owns(c, a, weights[1]) && owns(a, b, weights[2]) {
                    let weights = weights.map(|weight| weight / area);
                    let colour = mixed([a, b, c], weights, texture);
                    let pixel = &mut self.pixels[row * self.width + column];
                    *pixel = over(colour, *pixel);
                }
            }
        }
    }

    /// The nearest pixel to a place, 0 to 1 each way.
    fn at(&self, x: f32, y: f32) -> Color32 {
        let place = |part: f32, size: usize| ((part * size as f32) as usize).min(size - 1);
        self.pixels[place(y, self.height) * self.width + place(x, self.width)]
    }

    /// As a PNG file.
    pub(crate) fn to_png(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header().unwrap();
        let bytes: Vec<u8> = self.pixels.iter().flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()]).collect();
        writer.write_image_data(&bytes).unwrap();
        writer.finish().unwrap();
        file
    }

    /// From such a file.
    pub(crate) fn from_png(file: &[u8]) -> Self {
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        let pixels = bytes.chunks_exact(3).map(|rgb| Color32::from_rgb(rgb[0], rgb[1], rgb[2])).collect();
        Self { width: info.width as usize, height: info.height as usize, pixels }
    }

    /// How many pixels look different from those of another image.
    pub(crate) fn differences(&self, other: &Self) -> usize {
        if (self.width, self.height) != (other.width, other.height) {
            return usize::MAX;
        }
        let differs = |a: &Color32, b: &Color32| {
            a.to_array().iter().zip(b.to_array()).any(|(a, b)| a.abs_diff(b) > VISIBLE)
        };
        self.pixels.iter().zip(&other.pixels).filter(|(a, b)| differs(a, b)).count()
    }
}

/// By how much a channel has to differ to be seen.
const VISIBLE: u8 = 24;

/// The colour inside a triangle: that of its corners times the texture.
fn mixed(corners: [Vertex; 3], weights: [f32; 3], texture: &Image) -> Color32 {
    let sum = |part: &dyn Fn(&Vertex) -> f32| -> f32 {
        corners.iter().zip(weights).map(|(corner, weight)| part(corner) * weight).sum()
    };
    let texel = texture.at(sum(&|corner| corner.uv.x), sum(&|corner| corner.uv.y));
    let channel = |channel: usize| {
        let colour = sum(&|corner| f32::from(corner.color.to_array()[channel]));
        (colour * f32::from(texel.to_array()[channel]) / 255.0).round() as u8
    };
    Color32::from_rgba_premultiplied(channel(0), channel(1), channel(2), channel(3))
}

/// A colour laid over another; both premultiplied.
fn over(above: Color32, below: Color32) -> Color32 {
    let through = 255 - u32::from(above.a());
    let [r, g, b, _] = below.to_array().map(|channel| (u32::from(channel) * through / 255) as u8);
    let add = |a: u8, b: u8| a.saturating_add(b);
    Color32::from_rgb(add(above.r(), r), add(above.g(), g), add(above.b(), b))
}
