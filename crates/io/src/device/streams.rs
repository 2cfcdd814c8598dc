//! Real devices: a cpal output stream that renders, and an input stream that feeds it.

use super::bridge::{self, Clocks, Reader, Writer};
use super::choose::{Choice, Wishes, choose};
use super::list::{find_device, find_host, hosts, name};
use super::loan::Loan;
use super::report::{Heartbeat, Reporter};
use super::sample::{DeviceSample, with_format};
use super::{DeviceError, DeviceRequest, EventSender, Format, InputRequest, Render, Side};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{ErrorKind, Host, StreamConfig};
use std::time::{Duration, Instant};

/// Frames that are rendered at once. A longer callback is served in parts.
const MAX_FRAMES: usize = 1024;
/// How long a sound system may take to open a stream.
const OPEN_TIMEOUT: Duration = Duration::from_secs(5);

/// Devices that were found and how they will run.
pub(super) struct Plan {
    host: Host,
    output: Stream,
    input: Option<Stream>,
}

struct Stream {
    device: cpal::Device,
    name: String,
    choice: Choice,
}

/// The streams; dropping them stops the sound. The output is dropped first, it reads from the input.
pub(super) struct Streams {
    _output: cpal::Stream,
    _input: Option<cpal::Stream>,
    may_cancel: bool,
}

impl Streams {
    /// Whether the sound system ends its threads by cancelling them.
    pub(super) fn may_cancel(&self) -> bool {
        self.may_cancel
    }
}

impl Plan {
    /// Finds the devices. Without a host in the request the hosts are tried in turn.
    pub(super) fn new(request: &DeviceRequest) -> Result<Self, DeviceError> {
        if let Some(name) = &request.host {
            return Self::on_host(find_host(name)?, request);
        }
        let mut first_error = None;
        for id in hosts() {
            // One that does not run is no error while there are others.
            let Ok(host) = cpal::host_from_id(id) else { continue };
            match Self::on_host(host, request) {
                Ok(plan) => return Ok(plan),
                Err(error) => _ = first_error.get_or_insert(error),
            }
        }
        Err(first_error.unwrap_or(DeviceError::NoDevice { side: Side::Output }))
    }

    fn on_host(host: Host, request: &DeviceRequest) -> Result<Self, DeviceError> {
        let block = request.block;
        let wishes = Wishes { sample_rate: request.sample_rate, channels: request.output_channels, block };
        let output = Stream::find(&host, Side::Output, request.output.as_deref(), wishes)?;
        let wanted = match &request.input {
            InputRequest::Off => return Ok(Self { host, output, input: None }),
            InputRequest::Default => None,
            InputRequest::Named(name) => Some(name.as_str()),
        };
        // The output's rate if the input has it, else the input's own: the bridge converts.
        let channels = request.input_channels;
        let same_rate = Wishes { sample_rate: Some(output.choice.sample_rate), channels, block };
        let any_rate = Wishes { sample_rate: None, channels, block };
        let input = Stream::find(&host, Side::Input, wanted, same_rate)
            .or_else(|_| Stream::find(&host, Side::Input, wanted, any_rate))?;
        Ok(Self { host, output, input: Some(input) })
    }

    /// The sound system.
    pub(super) fn host(&self) -> String {
        self.host.id().to_string()
    }

    /// The output device.
    pub(super) fn name(&self) -> &str {
        &self.output.name
    }

    /// What will be played and recorded.
    pub(super) fn format(&self) -> Format {
        let output = &self.output.choice;
        Format {
            sample_rate: output.sample_rate,
            output_channels: output.channels,
            input_channels: self.input.as_ref().map_or(0, |input| input.choice.channels),
            block: output.block,
        }
    }

    /// Opens and starts the streams. When the devices refuse a fixed block size, they get their own.
    pub(super) fn start(self, render: &Loan, events: &EventSender) -> Result<Streams, DeviceError> {
        match self.attempt(render.clone(), events, Choice::config) {
            Err(DeviceError::Failed { .. }) => {
                self.attempt(render.clone(), events, Choice::config_without_block)
            }
            other => other,
        }
    }

    fn attempt(
        &self,
        render: Loan,
        events: &EventSender,
        config: fn(&Choice) -> StreamConfig,
    ) -> Result<Streams, DeviceError> {
        let mut reader = None;
        let mut input_stream = None;
        if let Some(input) = &self.input {
            let (writer, its_reader) = self.bridge(input, events);
            reader = Some(its_reader);
            input_stream = Some(input.record(writer, config(&input.choice), events)?);
        }
        let player = Player::new(render, reader, self.format());
        let output_stream = self.output.play(player, config(&self.output.choice), events)?;
        let may_cancel = self.host() == "jack";
        Ok(Streams { _output: output_stream, _input: input_stream, may_cancel })
    }

    fn bridge(&self, input: &Stream, events: &EventSender) -> (Writer, Reader) {
        let output_rate = self.output.choice.sample_rate;
        // A JACK server and an ASIO driver run all their streams from one clock.
        let one_clock = matches!(self.host().as_str(), "jack" | "asio");
        let clocks =
            if one_clock && input.choice.sample_rate == output_rate { Clocks::One } else { Clocks::Two };
        bridge::new(
            usize::from(input.choice.channels),
            input.choice.sample_rate,
            output_rate,
            clocks,
            events.clone(),
        )
    }
}

impl Stream {
    /// Finds a device and how to run it.
    fn find(host: &Host, side: Side, wanted: Option<&str>, wishes: Wishes) -> Result<Self, DeviceError> {
        let device = match (wanted, side) {
            (Some(wanted), _) => Some(find_device(host, side, wanted)?),
            (None, Side::Output) => host.default_output_device(),
            (None, Side::Input) => host.default_input_device(),
        };
        let device = device.ok_or(DeviceError::NoDevice { side })?;
        let name = name(&device);
        let (offers, default) = match side {
            Side::Output => {
                (device.supported_output_configs().map(Iterator::collect), device.default_output_config())
            }
            Side::Input => {
                (device.supported_input_configs().map(Iterator::collect), device.default_input_config())
            }
        };
        let offers: Vec<_> = offers.map_err(|error| match (error.kind(), wanted) {
            // The default device is but a name when there is no sound card.
            (ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable, None) => {
                DeviceError::NoDevice { side }
            }
            _ => DeviceError::from_cpal(&name, &error),
        })?;
        let choice = choose(wishes, &offers, default.ok().as_ref()).map_err(|lacking| {
            DeviceError::Unsupported { device: name.clone(), asked: lacking.asked, offered: lacking.offered }
        })?;
        Ok(Self { device, name, choice })
    }

    /// Opens and starts the output.
    fn play(
        &self,
        player: Player,
        config: StreamConfig,
        events: &EventSender,
    ) -> Result<cpal::Stream, DeviceError> {
        let stream = with_format!(
            self.choice.format,
            T => self.play_samples::<T>(player, config, events),
            return Err(self.unusable())
        );
        self.started(stream)
    }

    fn play_samples<T: DeviceSample>(
        &self,
        mut player: Player,
        config: StreamConfig,
        events: &EventSender,
    ) -> Result<cpal::Stream, cpal::Error> {
        let heartbeat = Heartbeat::default();
        let reporter = Reporter::new(Side::Output, heartbeat.clone());
        let inside = events.clone();
        self.device.build_output_stream(
            config,
            move |samples: &mut [T], _: &_| {
                let _inside = inside.enter();
                heartbeat.beat();
                player.play(samples);
            },
            reporter.into_callback(events.clone()),
            Some(OPEN_TIMEOUT),
        )
    }

    /// Opens and starts the input.
    fn record(
        &self,
        writer: Writer,
        config: StreamConfig,
        events: &EventSender,
    ) -> Result<cpal::Stream, DeviceError> {
        let stream = with_format!(
            self.choice.format,
            T => self.record_samples::<T>(writer, config, events),
            return Err(self.unusable())
        );
        self.started(stream)
    }

    fn record_samples<T: DeviceSample>(
        &self,
        mut writer: Writer,
        config: StreamConfig,
        events: &EventSender,
    ) -> Result<cpal::Stream, cpal::Error> {
        let heartbeat = Heartbeat::default();
        let reporter = Reporter::new(Side::Input, heartbeat.clone());
        let inside = events.clone();
        self.device.build_input_stream(
            config,
            move |samples: &[T], _: &_| {
                let _inside = inside.enter();
                heartbeat.beat();
                writer.write(Instant::now(), samples.iter().map(|sample| sample.to_f32()));
            },
            reporter.into_callback(events.clone()),
            Some(OPEN_TIMEOUT),
        )
    }

    fn started(&self, stream: Result<cpal::Stream, cpal::Error>) -> Result<cpal::Stream, DeviceError> {
        stream
            .and_then(|stream| stream.play().map(|()| stream))
            .map_err(|error| DeviceError::from_cpal(&self.name, &error))
    }

    fn unusable(&self) -> DeviceError {
        let reason = format!("its sample format {} is not known", self.choice.format);
        DeviceError::Failed { device: self.name.clone(), reason }
    }
}

/// Renders what the output asks for. Audio thread.
struct Player {
    render: Loan,
    reader: Option<Reader>,
    input_channels: usize,
    output_channels: usize,
    input: Vec<f32>,
    output: Vec<f32>,
}

impl Player {
    fn new(render: Loan, reader: Option<Reader>, format: Format) -> Self {
        let (input_channels, output_channels) = (format.input_channels.into(), format.output_channels.into());
        let input = vec![0.0; MAX_FRAMES * input_channels];
        let output = vec![0.0; MAX_FRAMES * output_channels];
        Self { render, reader, input_channels, output_channels, input, output }
    }

    fn play<T: DeviceSample>(&mut self, samples: &mut [T]) {
        if let Some(reader) = &mut self.reader {
            reader.begin(Instant::now(), samples.len() / self.output_channels);
        }
        for samples in samples.chunks_mut(MAX_FRAMES * self.output_channels) {
            let frames = samples.len() / self.output_channels;
            let input = &mut self.input[..frames * self.input_channels];
            if let Some(reader) = &mut self.reader {
                reader.read(input);
            }
            let output = &mut self.output[..samples.len()];
            output.fill(0.0);
            self.render.render(input, self.input_channels, output, self.output_channels);
            for (sample, &rendered) in samples.iter_mut().zip(&*output) {
                *sample = T::from_f32(rendered);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::allocation;

    /// A renderer that plays a ramp on every channel and adds what it hears.
    fn ramp() -> Loan {
        let mut next = 0.0;
        let render = move |input: &[f32], input_channels: usize, output: &mut [f32], channels: usize| {
            for (index, frame) in output.chunks_mut(channels).enumerate() {
                let heard = input.chunks(input_channels.max(1)).nth(index).map_or(0.0, |frame| frame[0]);
                frame.fill(next + heard);
                next += 1.0 / 65_536.0;
            }
        };
        Loan::new(Box::new(render))
    }

    #[test]
    fn callbacks_of_any_size_make_one_stream() {
        for channels in [1, 2, 5] {
            let format =
                Format { sample_rate: 48_000, output_channels: channels, input_channels: 0, block: 512 };
            let mut player = Player::new(ramp(), None, format);
            let mut heard = Vec::new();
            for frames in [1, 64, 480, 1_024, 5_000, 0, 7] {
                let mut samples = vec![i16::MAX; frames * usize::from(channels)];
                player.play(&mut samples);
                heard.extend(samples);
            }
            for (index, frame) in heard.chunks(channels.into()).enumerate() {
                let expected = (index as f64 / 2.0).round() as i16;
                assert!(frame.iter().all(|&sample| sample == expected), "frame {index}: {frame:?}");
            }
        }
    }

    #[test]
    fn the_callbacks_touch_no_heap() {
        assert!(allocation::is_installed());
        for (clocks, input_rate) in [(Clocks::One, 48_000), (Clocks::Two, 44_100)] {
            let (events, _received) = EventSender::new();
            let (mut writer, reader) = bridge::new(2, input_rate, 48_000, clocks, events);
            let format = Format { sample_rate: 48_000, output_channels: 2, input_channels: 2, block: 512 };
            let mut player = Player::new(ramp(), Some(reader), format);
            let mut samples = vec![0i16; 2 * 3_000];
            for block in 0..200 {
                // Every tenth time the input has nothing to give, so that gaps are covered.
                let recorded = if block % 10 == 9 { 0 } else { 500 };
                let input = (0..2 * recorded).map(|n| n as f32 / 1_000.0);
                let ((), violations) = allocation::count(|| writer.write(Instant::now(), input));
                assert_eq!(violations, 0, "input, block {block}");
                let frames = 1 + block * 13 % 3_000;
                let ((), violations) = allocation::count(|| player.play(&mut samples[..2 * frames]));
                assert_eq!(violations, 0, "output, block {block}");
            }
        }
    }
}
