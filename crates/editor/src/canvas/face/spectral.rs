//! Spectra: as a line, and over time as colour.

use crate::analysis::{FLOOR, ROWS, resampled};
use crate::theme::Palette;
use egui::epaint::Vertex;
use egui::{Color32, Mesh, Painter, Pos2, Rect, Shape, Stroke, epaint, pos2};

/// Frequencies at the left and right, in hertz.
const RANGE: (f32, f32) = (20.0, 20_000.0);
/// Lines of the grid, in hertz.
const DECADES: [f32; 3] = [100.0, 1_000.0, 10_000.0];

/// Levels in decibels over a logarithmic scale of frequencies.
pub(crate) fn paint_spectrum(
    painter: &Painter,
    rect: Rect,
    levels: &[f32],
    sample_rate: f32,
    palette: &Palette,
) {
    for hertz in DECADES {
        let part = (hertz / RANGE.0).log2() / (RANGE.1 / RANGE.0).log2();
        painter.vline(rect.left() + part * rect.width(), rect.y_range(), Stroke::new(1.0, palette.line));
    }
    let points = ((rect.width() / 1.5) as usize).clamp(2, 200);
    let line: Vec<Pos2> = resampled(levels, sample_rate, RANGE.0, RANGE.1, points)
        .enumerate()
        .map(|(point, level)| {
            let x = rect.left() + point as f32 / (points - 1) as f32 * rect.width();
            pos2(x, rect.bottom() - (1.0 - level / FLOOR).clamp(0.0, 1.0) * (rect.height() - 4.0))
        })
        .collect();
    painter.add(Shape::mesh(below(&line, rect.bottom(), palette.text.gamma_multiply(0.14))));
    painter.add(Shape::line(line, Stroke::new(1.5, palette.text)));
}

/// The area below a line.
fn below(line: &[Pos2], bottom: f32, colour: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    for point in line {
        mesh.colored_vertex(*point, colour);
        mesh.colored_vertex(pos2(point.x, bottom), colour);
    }
    for piece in 1..line.len() as u32 {
        let corner = 2 * piece;
        mesh.add_triangle(corner - 2, corner - 1, corner);
        mesh.add_triangle(corner - 1, corner, corner + 1);
    }
    mesh
}

/// Columns of levels, the latest at the right.
pub(super) fn paint_spectrogram<'c>(
    painter: &Painter,
    rect: Rect,
    columns: impl ExactSizeIterator<Item = &'c [f32; ROWS]>,
    palette: &Palette,
) {
    const MOST: usize = 96;
    let count = columns.len();
    let mut mesh = Mesh::default();
    for (place, column) in columns.enumerate() {
        let x = rect.right() - (count - 1 - place) as f32 / (MOST - 1) as f32 * rect.width();
        for (row, level) in column.iter().enumerate() {
            let y = rect.bottom() - row as f32 / (ROWS - 1) as f32 * rect.height();
            let color = heat(1.0 - level / FLOOR, palette);
            mesh.vertices.push(Vertex { pos: pos2(x, y), uv: epaint::WHITE_UV, color });
        }
    }
    let rows = ROWS as u32;
    for column in 1..count as u32 {
        for row in 1..rows {
            let corner = column * rows + row;
            mesh.add_triangle(corner, corner - 1, corner - rows);
            mesh.add_triangle(corner - 1, corner - rows, corner - rows - 1);
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// From the background over the accent to the brightest there is.
fn heat(part: f32, palette: &Palette) -> Color32 {
    let part = part.clamp(0.0, 1.0).powi(2);
    if part < 0.5 {
        palette.sunken.lerp_to_gamma(palette.accent, part * 2.0)
    } else {
        palette.accent.lerp_to_gamma(palette.text, part * 2.0 - 1.0)
    }
}
