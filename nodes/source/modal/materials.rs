//! What can be struck: where its modes lie and how loud they are.

use jackfield_node::choices;
use jackfield_node::dsp::Lanes;

choices! {
    /// What is struck.
    pub(super) enum MaterialKind {
        Bar = "bar",
        Marimba = "marimba",
        Skin = "skin",
        Bell = "bell",
        Bowl = "bowl",
        Plate = "plate",
        String = "string",
        Tube = "tube",
    }
}

/// How many modes something has.
pub(super) const MODES: usize = 12;

/// The modes of a thing, from the lowest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Material {
    /// Frequencies re the lowest.
    pub(super) ratios: [f32; MODES],
    /// The same in octaves.
    pub(super) octaves: [f32; MODES],
    /// How loud each is when all are struck alike.
    pub(super) levels: [f32; MODES],
}

impl Material {
    /// The modes of a kind of material. Control thread.
    pub(super) fn of(kind: MaterialKind) -> Self {
        match kind {
            MaterialKind::Bar => Self::new(BAR, FALLING),
            MaterialKind::Marimba => Self::new(MARIMBA, FALLING),
            MaterialKind::Skin => Self::new(SKIN, EVEN),
            MaterialKind::Bell => Self::new(BELL, RINGING),
            MaterialKind::Bowl => Self::new(BOWL, FALLING),
            MaterialKind::Plate => Self::new(PLATE, EVEN),
            MaterialKind::String => Self::new(STRING, FALLING),
            MaterialKind::Tube => Self::new(TUBE, FALLING),
        }
    }

    fn new(ratios: [f32; MODES], levels: [f32; MODES]) -> Self {
        Self { ratios, octaves: ratios.map(|ratio| Lanes(ratio).log2().0), levels }
    }
}

/// Levels that fall with the number of the mode.
const FALLING: [f32; MODES] = [1.0, 0.8, 0.65, 0.55, 0.45, 0.38, 0.32, 0.27, 0.23, 0.2, 0.17, 0.15];
/// Those of a church bell.
const RINGING: [f32; MODES] = [0.7, 0.8, 1.0, 0.5, 1.0, 0.6, 0.7, 0.5, 0.4, 0.35, 0.3, 0.25];
/// All alike.
const EVEN: [f32; MODES] = [1.0; MODES];

/// A free bar: the solutions of cos x cosh x = 1, squared, re the first (Fletcher and Rossing, "The Physics
/// of Musical Instruments", section 2.15).
const BAR: [f32; MODES] =
    [1.0, 2.756, 5.404, 8.933, 13.344, 18.638, 24.813, 31.87, 39.81, 48.632, 58.335, 68.921];
/// A bar undercut until its second mode is two octaves above the first, with what its resonator adds.
const MARIMBA: [f32; MODES] = [1.0, 4.0, 9.88, 16.2, 23.8, 31.5, 41.0, 51.0, 62.0, 74.0, 87.0, 101.0];
/// A round skin: zeros of Bessel functions re the first of J0.
const SKIN: [f32; MODES] = [1.0, 1.594, 2.136, 2.296, 2.653, 2.918, 3.156, 3.501, 3.6, 3.652, 4.06, 4.154];
/// A church bell, from its hum note: hum, prime, tierce, quint, nominal and above.
const BELL: [f32; MODES] = [1.0, 2.0, 2.4, 3.0, 4.0, 5.33, 6.0, 8.12, 10.9, 13.6, 16.4, 19.5];
/// A bowl or a wine glass: close to squares.
const BOWL: [f32; MODES] = [1.0, 2.83, 5.42, 8.77, 12.84, 17.5, 22.8, 28.8, 35.4, 42.6, 50.4, 58.9];
/// A square plate held at its edge: (m^2 + n^2) / 2, each a little apart where two would meet.
const PLATE: [f32; MODES] = [1.0, 2.5, 2.53, 4.0, 5.0, 5.06, 6.5, 6.57, 8.5, 8.6, 9.0, 10.0];
/// A string, a little stiff.
const STRING: [f32; MODES] =
    [1.0, 2.001, 3.003, 4.006, 5.012, 6.021, 7.034, 8.051, 9.073, 10.1, 11.132, 12.171];
/// A tube closed at one end: odd multiples.
const TUBE: [f32; MODES] = [1.0, 3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0, 17.0, 19.0, 21.0, 23.0];
