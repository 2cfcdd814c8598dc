//! The desk: an editor in a harness, with hands.

use crate::specs::registry;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use jackfield_editor::{Command, Document, Editor, Host};
use jackfield_node::SettingValue;
use jackfield_patch::{Edit, NodeBody, Patch, read};

/// What the host was told.
#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) plays: usize,
    pub(crate) turns: Vec<(String, String, f32)>,
    pub(crate) commands: Vec<Command>,
}

impl Host for Heard {
    fn play(&mut self, _: &Patch) {
        self.plays += 1;
    }

    fn turn(&mut self, node: &str, input: &str, shown: f32) {
        self.turns.push((node.to_owned(), input.to_owned(), shown));
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
        let registry = registry();
        let (patch, _) = read(patch, &registry).unwrap();
        let editor = Editor::with_document(Document::new(registry, patch, None));
        let world = World { editor, heard: Heard::default(), copied: None };
        let harness = Harness::builder()
            .with_size(Vec2::new(1280.0, 800.0))
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
        let mut desk = Self { harness };
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
        self.place(knob) + Vec2::new(120.0, 0.0)
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
        self.point(at);
        self.harness.event(Event::MouseWheel {
            unit: egui::MouseWheelUnit::Line,
            delta: Vec2::new(0.0, lines),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
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
    /// Clicks something whose label begins like this.
    pub(crate) fn choose_like(&mut self, label: &str) {
        let at = self.harness.get_by_label_contains(label).rect().center();
        self.click(at);
    }

    /// Does what an assistive device does to turn something up.
    pub(crate) fn increment(&mut self, label: &str) {
        self.harness.get_by_label(label).increment_accesskit();
        self.settle();
    }
}
