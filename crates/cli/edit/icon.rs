//! The program's icon: a cable between two ports, drawn point by point.

use egui::IconData;

/// Points on a side.
const SIDE: usize = 64;
/// Half the width of the cable, and the radius of a port.
const CABLE: f32 = 2.6;
const PORT: f32 = 7.0;
const BACKGROUND: [f32; 3] = [36.0, 36.0, 38.0];
const LINE: [f32; 3] = [255.0, 138.0, 61.0];

/// The icon.
pub(crate) fn icon() -> IconData {
    let mut rgba = Vec::with_capacity(SIDE * SIDE * 4);
    for y in 0..SIDE {
        for x in 0..SIDE {
            rgba.extend(point(x as f32 + 0.5, y as f32 + 0.5));
        }
    }
    IconData { rgba, width: SIDE as u32, height: SIDE as u32 }
}

fn point(x: f32, y: f32) -> [u8; 4] {
    let cover = |distance: f32| (0.5 - distance).clamp(0.0, 1.0);
    // A square with round corners.
    let half = SIDE as f32 / 2.0;
    let corner = |along: f32| ((along - half).abs() - (half - 14.0)).max(0.0);
    let square = cover(length(corner(x), corner(y)) - 13.0);
    let ports = [(14.0_f32, 20.0_f32), (50.0, 44.0)].map(|(px, py)| length(x - px, y - py) - PORT);
    // The cable is a smooth step from one port to the other; its slope thins its distance.
    let part = ((x - 14.0) / 36.0).clamp(0.0, 1.0);
    let height = 20.0 + 24.0 * part * part * (3.0 - 2.0 * part);
    let slope = 24.0 / 36.0 * 6.0 * part * (1.0 - part);
    let cable = (y - height).abs() / length(1.0, slope) - CABLE;
    let inside = (14.0..=50.0).contains(&x);
    let line = cover(ports[0].min(ports[1]).min(if inside { cable } else { f32::MAX }));
    let colour = |channel: usize| (BACKGROUND[channel] + (LINE[channel] - BACKGROUND[channel]) * line) as u8;
    [colour(0), colour(1), colour(2), (square * 255.0) as u8]
}

/// The length of the vector (x, y).
fn length(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_round_corners_and_a_cable_from_port_to_port() {
        let icon = icon();
        assert_eq!(icon.rgba.len(), (icon.width * icon.height * 4) as usize);
        let at = |x: usize, y: usize| &icon.rgba[(y * SIDE + x) * 4..][..4];
        assert_eq!(at(0, 0)[3], 0);
        for (x, y) in [(14, 20), (32, 32), (50, 44)] {
            assert_eq!(at(x, y), [255, 138, 61, 255]);
        }
    }
}
