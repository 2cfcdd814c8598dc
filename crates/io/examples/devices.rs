//! Lists the sound devices, then plays a quiet A for a few seconds on the first that works:
//! `cargo run -p jackfield-io --example devices -- [HOST [SECONDS [BLOCK]]]`. With `SECONDS` below 0 the
//! default input is heard instead.

use jackfield_io::device::{Device, DeviceRequest, InputRequest, NullRequest, Render, list};
use std::time::{Duration, Instant};

fn main() {
    for device in list() {
        println!("{}: {} ({})", device.host, device.name, device.id);
        for (side, ports) in [("out", device.output), ("in", device.input)] {
            if let Some(ports) = ports {
                println!("  {side}: {ports:?}");
            }
        }
    }
    let mut arguments = std::env::args().skip(1);
    let host = arguments.next().filter(|host| host != "-");
    let seconds: f64 = arguments.next().and_then(|seconds| seconds.parse().ok()).unwrap_or(3.0);
    let block = arguments.next().and_then(|block| block.parse().ok());
    let input = if seconds < 0.0 { InputRequest::Default } else { InputRequest::Off };
    let mut request = DeviceRequest::default();
    (request.host, request.block, request.input) = (host, block, input);
    let device = Device::open(&request).unwrap_or_else(|error| {
        println!("{error}; playing to nobody");
        Device::null(NullRequest::default())
    });
    println!("playing on {} ({}): {:?}", device.name(), device.host(), device.format());
    let renderer = sound(device.format().sample_rate, seconds < 0.0);
    let running = match device.start(renderer) {
        Ok(running) => running,
        Err(refused) => return println!("{}", refused.error),
    };
    let end = Instant::now() + Duration::from_secs_f64(seconds.abs());
    while Instant::now() < end {
        if let Some(event) = running.wait_event(Duration::from_millis(50)) {
            println!("{event}");
        }
    }
    println!("renderer back: {}", running.stop().is_some());
}

fn sound(sample_rate: u32, hear_input: bool) -> Box<dyn Render> {
    let step = 440.0 / f64::from(sample_rate);
    let mut phase = 0.0;
    Box::new(move |input: &[f32], input_channels: usize, output: &mut [f32], channels: usize| {
        for (index, frame) in output.chunks_mut(channels).enumerate() {
            phase = (phase + step) % 1.0;
            let tone = 0.1 * (phase * std::f64::consts::TAU).sin();
            frame.fill(if hear_input { input[index * input_channels] } else { tone as f32 });
        }
    })
}
