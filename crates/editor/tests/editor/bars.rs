//! The bars and windows around the canvas: what they show of the host, and what they ask of the program.

use crate::specs;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use jackfield_editor::{
    Command, DeviceOffer, Editor, FactoryPatch, Host, Offers, Preferences, Status, Theme, Transport,
};
use std::sync::Arc;

/// A host with a device, a transport and a few patches.
struct FakeHost {
    status: Status,
    transport: Transport,
    offers: Arc<Offers>,
}

impl Host for FakeHost {
    fn status(&mut self) -> Status {
        self.status.clone()
    }

    fn transport(&mut self) -> Option<Transport> {
        Some(self.transport)
    }

    fn offers(&mut self) -> Arc<Offers> {
        self.offers.clone()
    }
}

struct World {
    editor: Editor,
    host: FakeHost,
    commands: Vec<Command>,
}

fn factory(name: &str, notes: &str, tag: &str) -> FactoryPatch {
    FactoryPatch {
        name: format!("{name}.jack").into(),
        title: name.into(),
        notes: notes.into(),
        tags: vec![tag.into()],
    }
}

fn harness() -> Harness<'static, World> {
    let device = |host: &str, name: &str| DeviceOffer {
        host: host.to_owned(),
        id: format!("{host}:{name}"),
        name: name.to_owned(),
        plays: true,
        records: false,
    };
    let offers = Offers {
        devices: vec![device("alsa", "Card"), device("jack", "Server")],
        midi_inputs: vec!["Keys".to_owned(), "Pads".to_owned()],
        midi_outputs: vec!["Drums".to_owned()],
        factory: vec![factory("Bell", "Rings.", "fm"), factory("Bass", "Growls.", "ladder")],
        recent: vec!["/music/song.jack".into()],
        ..Offers::default()
    };
    let status = Status {
        running: true,
        load: 0.123,
        overruns: 2,
        sample_rate: 44_100.0,
        latency: 0.0107,
        device: "alsa · Card".to_owned(),
        nodes: 1,
        voices: 8,
        ..Status::default()
    };
    let transport = Transport { playing: true, tempo: 120.0, beat: 0.0 };
    let host = FakeHost { status, transport, offers: Arc::new(offers) };
    let world = World { editor: Editor::new(specs::registry()), host, commands: Vec::new() };
    let builder = Harness::builder().with_size(Vec2::new(1280.0, 800.0)).with_step_dt(1.0 / 60.0);
    let mut harness = builder.build_ui_state(
        |ui, world: &mut World| {
            let commands = world.editor.ui(ui, &mut world.host);
            for command in &commands {
                if let Command::Prefer(preferences) = command {
                    let preferences = (**preferences).clone();
                    world.host.offers = Arc::new(Offers { preferences, ..(*world.host.offers).clone() });
                }
            }
            world.commands.extend(commands);
        },
        world,
    );
    harness.run();
    harness
}

fn click(harness: &mut Harness<'_, World>, label: &str) {
    harness.get_by_label(label).click();
    harness.run();
}

fn commands(harness: &mut Harness<'_, World>) -> Vec<Command> {
    std::mem::take(&mut harness.state_mut().commands)
}

/// The preferences that were asked for last.
fn preferred(harness: &mut Harness<'_, World>) -> Preferences {
    let preferred = commands(harness).into_iter().rev().find_map(|command| match command {
        Command::Prefer(preferences) => Some(*preferences),
        _ => None,
    });
    preferred.expect("something was preferred")
}

#[test]
fn the_status_bar_tells_how_the_sound_is_doing() {
    let mut harness = harness();
    for text in ["alsa · Card", "44.1 kHz · 10.7 ms", "2 gaps", "1 node · 8 voices"] {
        assert!(harness.query_by_label(text).is_some(), "{text}");
    }
    assert!(harness.query_by_label_contains("12 %").is_some());
    click(&mut harness, "Stop the sound");
    assert_eq!(commands(&mut harness), [Command::SetRunning(false)]);
    harness.state_mut().host.status = Status { running: true, is_silent: true, ..Status::default() };
    harness.run();
    assert!(harness.query_by_label("no sound device: nobody hears this").is_some());
}

#[test]
fn the_transport_bar_steers() {
    let mut harness = harness();
    for (label, command) in [
        ("Stop the transport", Command::SetPlaying(false)),
        ("Back to the beginning", Command::Rewind),
        ("Record to a WAV file", Command::SetRecording(true)),
        ("Panic", Command::Panic),
        ("Mute everything", Command::SetMuted(true)),
    ] {
        click(&mut harness, label);
        assert_eq!(commands(&mut harness), [command]);
    }
    harness.state_mut().host.transport.playing = false;
    harness.state_mut().host.status.recorded = Some(75.0);
    harness.run();
    assert!(harness.query_by_label("1:15").is_some());
    click(&mut harness, "Start the transport");
    click(&mut harness, "End the recording");
    assert_eq!(commands(&mut harness), [Command::SetPlaying(true), Command::SetRecording(false)]);
}

#[test]
fn the_menu_has_files_and_knows_what_can_be_undone() {
    let mut harness = harness();
    click(&mut harness, "Menu");
    assert!(harness.get_by_label_contains("Undo").accesskit_node().is_disabled());
    harness.get_by_label_contains("Save as").click();
    harness.run();
    assert_eq!(commands(&mut harness), [Command::SaveAs]);
}

#[test]
fn settings_take_effect_at_once() {
    let mut harness = harness();
    click(&mut harness, "Settings");
    assert_eq!(commands(&mut harness), [Command::FindDevices]);
    harness.get_by_role_and_label(Role::ComboBox, "System").click();
    harness.run();
    click(&mut harness, "jack");
    let sound = preferred(&mut harness).sound;
    assert_eq!((sound.host.as_deref(), sound.output), (Some("jack"), None));
    harness.get_by_role_and_label(Role::ComboBox, "Colours").click();
    harness.run();
    click(&mut harness, Theme::Light.name());
    assert_eq!(preferred(&mut harness).theme, Theme::Light);
    click(&mut harness, "Every input plays");
    assert_eq!(preferred(&mut harness).midi_inputs, Some(Vec::new()));
    harness.get_by_role_and_label(Role::ComboBox, "Patches play").click();
    harness.run();
    click(&mut harness, "Drums");
    assert_eq!(preferred(&mut harness).midi_output.as_deref(), Some("Drums"));
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.query_by_label("Look for devices again").is_none());
}

#[test]
fn factory_patches_are_found_heard_and_opened() {
    let mut harness = harness();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::B);
    harness.run();
    assert!(harness.query_by_label("Listen to Bell").is_some());
    click(&mut harness, "ladder");
    assert!(harness.query_by_label("Listen to Bell").is_none());
    commands(&mut harness);
    click(&mut harness, "Listen to Bass");
    assert_eq!(commands(&mut harness), [Command::Preview(Some("Bass.jack".into()))]);
    let offers = Offers { previewed: Some("Bass.jack".into()), ..(*harness.state().host.offers).clone() };
    harness.state_mut().host.offers = Arc::new(offers);
    harness.run();
    assert!(harness.query_by_label("Stop Bass").is_some());
    click(&mut harness, "Open Bass");
    let asked = commands(&mut harness);
    assert!(asked.contains(&Command::OpenFactory("Bass.jack".into())), "{asked:?}");
    assert!(asked.contains(&Command::Preview(None)), "{asked:?}");
    assert!(harness.query_by_label("Open Bass").is_none(), "the browser closes");
}

#[test]
fn the_volume_is_kept_and_a_muted_host_can_be_heard_again() {
    let mut harness = harness();
    let volume = harness.get_by_label("Volume").rect();
    click(&mut harness, "Mute everything");
    harness.state_mut().host.status.is_muted = true;
    harness.run();
    commands(&mut harness);
    click(&mut harness, "Sound again");
    assert_eq!(commands(&mut harness), [Command::SetMuted(false)]);
    harness.drag_at(volume.right_center() - Vec2::new(6.0, 0.0));
    harness.drop_at(volume.center());
    harness.run();
    let volume = preferred(&mut harness).volume;
    assert!((-45.0..=-15.0).contains(&volume), "{volume} dB in the middle");
}

#[test]
fn the_tempo_belongs_to_the_patch() {
    let mut harness = harness();
    for _ in 0..2 {
        harness.get_by_label("Tap").click();
        harness.run_steps(20);
    }
    let document = harness.state().editor.document();
    let tempo = document.patch().tempo;
    assert!(tempo != 120.0 && (20.0..=400.0).contains(&tempo), "{tempo}");
    assert!(document.can_undo());
}
