//! The desk: an editor in a harness, with hands.

use crate::raster::{Image, Textures};
use crate::specs::registry;
use egui::accesskit::{Role, Toggled};
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use jackfield_editor::{Command, Document, Editor, Host, Level, Overview, PlanFacts, Tap, Transport};
use jackfield_node::{Midi, SettingValue};
use jackfield_patch::{Edit, NodeBody, Patch, read};
use std::f32::consts::TAU;

/// What the host was told.
#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) plays: usize,
    pub(crate) turns: Vec<(String, String, f32)>,
    pub(crate) commands: Vec<Command>,
    pub(crate) midi: Vec<Midi>,
    pub(crate) listening: Option<Tap>,
    /// What is watched, and the samples of what has a waveform.
    pub(crate) taps: Vec<(Tap, Vec<f32>)>,
    /// Whether every output sounds.
    pub(crate) sounds: bool,
    received: u64,
    /// What the compiler made of the patch, where a test says so.
    pub(crate) plan: Option<PlanFacts>,
    /// The tempo of the transport.
    pub(crate) tempo: Option<f32>,
}

/// A tone of 220 Hz with a few harmonics, half a second at 48 kHz; another phase for each output.
fn tone(tap: &Tap) -> Vec<f32> {
    let phase = tap.output.len() as f32;
    let harmonic = |at: f32, number: f32| (TAU * number * (at * 220.0 / 48_000.0) + phase).sin() / number;
    (0..24_000_u16)
        .map(|at| (1..6_u8).map(|one| harmonic(f32::from(at), f32::from(one))).sum::<f32>() * 0.4)
        .collect()
}

impl Host for Heard {
    fn play(&mut self, _: &Patch) {
        self.plays += 1;
    }

    fn set_knob(&mut self, node: &str, input: &str, shown: f32) {
        self.turns.push((node.to_owned(), input.to_owned(), shown));
    }

    fn watch(&mut self, taps: &[Tap]) {
        self.taps =
            taps.iter().map(|tap| (tap.clone(), if tap.waveform { tone(tap) } else { Vec::new() })).collect();
    }

    fn levels(&mut self, levels: &mut [Level]) {
        if self.sounds {
            self.received += 800;
            levels.fill(Level { peak: 0.5, rms: 0.25, now: 0.125 });
            for ((tap, _), level) in self.taps.iter().zip(levels) {
                // What a tuner's gate says while it has found a pitch.
                level.now = if &*tap.output == "found" { 1.0 } else { level.now };
            }
        } else {
            levels.fill(Level::default());
        }
    }

    fn waveform(&mut self, tap: usize) -> &[f32] {
        match self.taps.get(tap) {
            Some((_, samples)) if self.sounds => samples,
            _ => &[],
        }
    }

    fn received(&mut self, _: usize) -> u64 {
        self.received
    }

    fn overview(&mut self, path: &str) -> Option<Overview> {
        let stretch = |at: u16| {
            let height = (f32::from(at) * 0.07).sin().abs() * (1.0 - f32::from(at) / 256.0);
            [-height, height]
        };
        (path == "drum.wav").then(|| (0..256).map(stretch).collect())
    }

    fn listen(&mut self, output: Option<&Tap>) {
        self.listening = output.cloned();
    }

    fn midi(&mut self, message: Midi) {
        self.midi.push(message);
    }

    fn transport(&mut self) -> Option<Transport> {
        self.tempo.map(|tempo| Transport { playing: true, tempo, beat: 0.0 })
    }

    fn plan(&mut self) -> PlanFacts {
        let usual = || PlanFacts { voices: vec![("tone".into(), 4)], ..PlanFacts::default() };
        self.plan.clone().unwrap_or_else(usual)
    }
}

pub(crate) struct World {
    pub(crate) editor: Editor,
    pub(crate) heard: Heard,
    pub(crate) copied: Option<String>,
}

/// An editor on a table, and two hands.
pub(crate) struct Desk {
    harness: Harness<'static, World>,
    textures: Textures,
}

/// A tone at the left, a filter in the middle, a speaker at the right: 64 points between them.
pub(crate) const CHAIN: &str = r#"{
    "jackfield": 1,
    "nodes": {
        "tone": {"type": "source.tone", "at": [0, 0]},
        "shaper": {"type": "filter.shaper", "at": [240, 0]},
        "speaker": {"type": "device.speaker", "at": [480, 0]},
        "wave": {"type": "modulator.wave", "at": [0, 240]}
    },
    "cables": [
        {"from": "tone.out", "to": "shaper.in"},
        {"from": "shaper.low", "to": "speaker.left", "depth": 0.5}
    ]
}"#;

impl Desk {
    /// A desk with this patch.
    pub(crate) fn new(patch: &str) -> Self {
        Self::of_size(patch, Vec2::new(1280.0, 800.0), 1.0)
    }

    /// A desk of this size in points, with so many pixels each.
    pub(crate) fn of_size(patch: &str, size: Vec2, pixels_per_point: f32) -> Self {
        let registry = registry();
        let (patch, _) = read(patch, &registry).unwrap();
        let editor = Editor::with_document(Document::new(registry, patch, None));
        let world = World { editor, heard: Heard::default(), copied: None };
        let textures = Textures::default();
        let harness = Harness::builder()
            .with_size(size)
            .with_pixels_per_point(pixels_per_point)
            .renderer(textures.clone())
            .with_step_dt(1.0 / 60.0)
            .with_max_steps(60)
            .build_ui_state(
                |ui, world: &mut World| {
                    let commands = world.editor.ui(ui, &mut world.heard);
                    world.heard.commands.extend(commands);
                    ui.output(|output| {
                        for command in &output.commands {
                            if let egui::OutputCommand::CopyText(text) = command {
                                world.copied = Some(text.clone());
                            }
                        }
                    });
                },
                world,
            );
        let mut desk = Self { harness, textures };
        desk.settle();
        desk
    }

    /// Runs until nothing moves.
    pub(crate) fn settle(&mut self) {
        self.harness.run();
    }

    pub(crate) fn world(&self) -> &World {
        self.harness.state()
    }

    pub(crate) fn editor(&mut self) -> &mut Editor {
        &mut self.harness.state_mut().editor
    }

    pub(crate) fn patch(&self) -> &Patch {
        self.world().editor.document().patch()
    }

    /// Where something with this label is on the screen.
    pub(crate) fn place(&self, label: &str) -> Pos2 {
        self.harness.get_by_label(label).rect().center()
    }

    /// The place of something with this label on the screen.
    pub(crate) fn rect(&self, label: &str) -> egui::Rect {
        self.harness.get_by_label(label).rect()
    }

    /// Whether something with this label is on the screen.
    pub(crate) fn sees(&self, label: &str) -> bool {
        self.harness.query_by_label(label).is_some()
    }

    /// The value a screen reader tells of something.
    pub(crate) fn value(&self, label: &str) -> String {
        self.harness.get_by_label(label).accesskit_node().value().unwrap_or_default()
    }

    /// The place of a knob's value text.
    pub(crate) fn value_place(&self, knob: &str) -> Pos2 {
        self.place(knob) + Vec2::new(0.0, 43.5)
    }

    pub(crate) fn hold(&mut self, modifiers: Modifiers) {
        self.harness.event(Event::ModifiersChanged(modifiers));
        self.harness.step();
    }

    /// Presses and releases keys between two frames, modifiers included.
    pub(crate) fn in_one_frame(&mut self, keys: &[(Modifiers, Key)]) {
        for &(modifiers, key) in keys {
            self.harness.event(Event::ModifiersChanged(modifiers));
            for pressed in [true, false] {
                self.harness.event(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
            }
            self.harness.event(Event::ModifiersChanged(Modifiers::NONE));
        }
        self.settle();
    }

    fn button(&mut self, at: Pos2, button: PointerButton, pressed: bool) {
        let modifiers = Modifiers::NONE;
        self.harness.event(Event::PointerButton { pos: at, button, pressed, modifiers });
        self.harness.step();
    }

    pub(crate) fn point(&mut self, at: Pos2) {
        self.harness.event(Event::PointerMoved(at));
        self.harness.step();
    }

    /// Drags with the left button, in a few steps.
    pub(crate) fn drag(&mut self, from: Pos2, to: Pos2) {
        self.drag_with(PointerButton::Primary, from, to);
    }

    pub(crate) fn drag_with(&mut self, button: PointerButton, from: Pos2, to: Pos2) {
        self.lift_with(button, from, to);
        self.button(to, button, false);
        self.settle();
    }

    /// Drags, but does not let go.
    pub(crate) fn lift(&mut self, from: Pos2, to: Pos2) {
        self.lift_with(PointerButton::Primary, from, to);
    }

    fn lift_with(&mut self, button: PointerButton, from: Pos2, to: Pos2) {
        self.point(from);
        self.button(from, button, true);
        for step in 1..=4_u8 {
            self.point(from + (to - from) * (f32::from(step) / 4.0));
        }
    }

    pub(crate) fn release(&mut self, at: Pos2) {
        self.button(at, PointerButton::Primary, false);
        self.settle();
    }

    pub(crate) fn click(&mut self, at: Pos2) {
        self.point(at);
        self.button(at, PointerButton::Primary, true);
        self.button(at, PointerButton::Primary, false);
        self.settle();
    }

    pub(crate) fn double_click(&mut self, at: Pos2) {
        // A pause, or the clicks before would count too.
        self.harness.run_steps(30);
        self.point(at);
        for _ in 0..2 {
            self.button(at, PointerButton::Primary, true);
            self.button(at, PointerButton::Primary, false);
        }
        self.settle();
    }

    pub(crate) fn secondary_click(&mut self, at: Pos2) {
        self.point(at);
        self.button(at, PointerButton::Secondary, true);
        self.button(at, PointerButton::Secondary, false);
        self.settle();
    }

    pub(crate) fn scroll(&mut self, at: Pos2, lines: f32) {
        self.scroll_with(Modifiers::NONE, at, lines);
    }

    pub(crate) fn scroll_with(&mut self, modifiers: Modifiers, at: Pos2, lines: f32) {
        self.point(at);
        self.harness.event(Event::MouseWheel {
            unit: egui::MouseWheelUnit::Line,
            delta: Vec2::new(0.0, lines),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers,
        });
        self.settle();
    }

    pub(crate) fn key(&mut self, key: Key) {
        self.harness.key_press(key);
        self.settle();
    }

    pub(crate) fn keys(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    pub(crate) fn type_text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_owned()));
        self.settle();
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.harness.event(event);
        self.settle();
    }

    /// Clicks something by its label.
    pub(crate) fn choose(&mut self, label: &str) {
        let at = self.place(label);
        self.click(at);
    }

    /// All cables as `from.output -> to.input`, sorted.
    pub(crate) fn cables(&self) -> Vec<String> {
        let patch = self.patch();
        let mut cables: Vec<_> =
            patch.cables().map(|(cable, ..)| patch.ends(cable).unwrap().to_string()).collect();
        cables.sort();
        cables
    }

    /// The ids of all nodes.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.patch().nodes().map(|(_, node)| node.id.to_string()).collect()
    }

    pub(crate) fn at(&self, id: &str) -> [f32; 2] {
        self.patch().node(self.patch().find(id).unwrap()).unwrap().at
    }

    pub(crate) fn knob(&self, id: &str, input: &str) -> f32 {
        let node = self.patch().node(self.patch().find(id).unwrap()).unwrap();
        let NodeBody::Known { spec, knobs, .. } = &node.body else { panic!("a known node") };
        knobs[spec.input(input).unwrap().index]
    }

    pub(crate) fn setting(&self, id: &str, setting: &str) -> SettingValue {
        let node = self.patch().node(self.patch().find(id).unwrap()).unwrap();
        let NodeBody::Known { spec, settings, .. } = &node.body else { panic!("a known node") };
        settings.values()[spec.setting(setting).unwrap().index].clone()
    }

    pub(crate) fn depth(&self, from: &str, output: &str, to: &str, input: &str) -> f32 {
        let ends = jackfield_patch::CableEnds::new(from, output, to, input);
        let cable = self.patch().find_cable(&ends).unwrap();
        self.patch().cable(cable).unwrap().2.depth
    }

    /// Does an edit behind the editor's back.
    pub(crate) fn edit(&mut self, edit: Edit) {
        self.editor().document_mut().edit(edit).unwrap();
        self.settle();
    }

    pub(crate) fn undo(&mut self) {
        self.keys(Modifiers::COMMAND, Key::Z);
    }
}

/// What is seldom needed.
impl Desk {
    /// Whether something whose label holds this is on the screen.
    pub(crate) fn sees_like(&self, label: &str) -> bool {
        self.harness.query_by_label_contains(label).is_some()
    }

    /// Clicks something whose label begins like this.
    pub(crate) fn choose_like(&mut self, label: &str) {
        let at = self.harness.get_by_label_contains(label).rect().center();
        self.click(at);
    }

    /// Lets the compiler have made this of the patch.
    pub(crate) fn set_plan(&mut self, plan: PlanFacts) {
        self.harness.state_mut().heard.plan = Some(plan);
        // The plan of another patch.
        self.edit(Edit::SetSeed(1));
    }

    /// Sets the tempo of the transport.
    pub(crate) fn set_tempo(&mut self, tempo: f32) {
        self.harness.state_mut().heard.tempo = Some(tempo);
        self.settle();
    }

    /// Lets every output sound.
    pub(crate) fn sound(&mut self) {
        self.harness.state_mut().heard.sounds = true;
        self.rest(30);
    }

    /// Lets every output fall silent.
    pub(crate) fn fall_silent(&mut self) {
        self.harness.state_mut().heard.sounds = false;
        self.rest(1);
    }

    /// Lets some frames go by.
    pub(crate) fn rest(&mut self, frames: usize) {
        self.harness.run_steps(frames);
    }

    /// What was sent by MIDI since the last call.
    pub(crate) fn played(&mut self) -> Vec<Midi> {
        std::mem::take(&mut self.harness.state_mut().heard.midi)
    }

    /// Presses a key of the computer keyboard, or lets go of it.
    pub(crate) fn finger(&mut self, key: Key, pressed: bool) {
        let modifiers = Modifiers::NONE;
        self.harness.event(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
        self.harness.step();
    }

    /// The window gets or loses the keyboard.
    pub(crate) fn focus_window(&mut self, focused: bool) {
        self.harness.input_mut().focused = focused;
        self.harness.step();
    }

    /// What is on the screen.
    pub(crate) fn picture(&self) -> Image {
        self.textures.draw(&self.harness.ctx, self.harness.output())
    }

    /// What can be used but has neither name nor value nor a label in it, as a screen reader finds it.
    pub(crate) fn nameless(&self) -> Vec<String> {
        let is_nameless = |node: &egui_kittest::Node<'_>| {
            let node = node.accesskit_node();
            let is_used = matches!(
                node.role(),
                Role::Button
                    | Role::CheckBox
                    | Role::TextInput
                    | Role::MultilineTextInput
                    | Role::Slider
                    | Role::SpinButton
                    | Role::ComboBox
                    | Role::ListItem
                    | Role::Link
                    | Role::Canvas
                    | Role::Image
                    | Role::Group
            );
            let text = |text: Option<String>| text.is_some_and(|text| !text.trim().is_empty());
            is_used && !text(node.label()) && !text(node.value()) && node.labelled_by().next().is_none()
        };
        let all = self.harness.root().children_recursive();
        all.filter(is_nameless).map(|node| format!("{node:?}")).collect()
    }

    /// Whether a screen reader would call something pressed.
    pub(crate) fn pressed(&self, label: &str) -> bool {
        self.harness.get_by_label(label).accesskit_node().toggled() == Some(Toggled::True)
    }

    /// Does what an assistive device does to click something.
    pub(crate) fn press(&mut self, label: &str) {
        self.harness.get_by_label(label).click_accesskit();
        self.settle();
    }

    /// Does what an assistive device does to turn something up.
    pub(crate) fn increment(&mut self, label: &str) {
        self.harness.get_by_label(label).increment_accesskit();
        self.settle();
    }
}
