use super::*;
use crate::faded_over;
use proptest::prelude::*;

/// Frame n holds n + 1 on the left and its negative on the right.
struct Ramp {
    frames: u64,
    at: u64,
    seeks: usize,
    /// What it says of itself.
    end: Option<u64>,
    loop_points: Option<Range<u64>>,
}

impl FrameSource for Ramp {
    fn seek(&mut self, frame: u64) -> Result<(), String> {
        self.at = frame.min(self.frames);
        self.seeks += 1;
        Ok(())
    }

    fn read(&mut self, [left, right]: &mut [[f32; CHUNK]; 2]) -> Result<Filled, String> {
        let frames = CHUNK.min((self.frames - self.at) as usize);
        for (left, right) in left.iter_mut().zip(right).take(frames) {
            self.at += 1;
            (*left, *right) = (self.at as f32, -(self.at as f32));
        }
        let ends = self.at == self.frames;
        self.end = self.end.or(ends.then_some(self.frames));
        Ok(Filled { frames, ends })
    }

    fn end(&self) -> Option<u64> {
        self.end
    }

    fn loop_points(&self) -> Option<Range<u64>> {
        self.loop_points.clone()
    }
}

const RATE: f32 = 8_000.0;

/// A stream of a file with so many frames, served only when the test says so.
struct StreamFixture {
    source: Ramp,
    stream: Stream,
    feeder: Feeder,
    gaps: Arc<AtomicU64>,
    patience: Patience,
}

impl StreamFixture {
    fn new(frames: u64) -> Self {
        Self::of(Ramp { frames, at: 0, seeks: 0, end: None, loop_points: None })
    }

    fn of(mut source: Ramp) -> Self {
        let head = Head::read(&mut source, 0, head_frames(RATE)).unwrap();
        let (gaps, patience) = (Arc::new(AtomicU64::new(0)), Patience::default());
        let connection = Connection {
            sample_rate: RATE,
            gaps: gaps.clone(),
            patience: patience.clone(),
            loader: std::thread::current(),
        };
        let (stream, feeder) = connect(head, connection);
        Self { source, stream, feeder, gaps, patience }
    }

    /// The loader does all it can.
    fn serve(&mut self) {
        let mut pieces = 0;
        while self.feeder.need().is_some() {
            self.feeder.serve(&mut self.source).unwrap();
            pieces += 1;
            assert!(pieces < 10_000, "the loader never rests");
        }
    }

    /// The next frames of the left channel, with the loader at work or not; and what goes round.
    fn take(&mut self, frames: usize, serves: bool) -> (Vec<f32>, Option<LoopRegion>) {
        let (mut taken, mut region) = (Vec::new(), None);
        while taken.len() < frames {
            if serves {
                self.serve();
            }
            let Some(piece) = self.stream.take() else { break };
            assert!(piece.samples[0].iter().zip(piece.samples[1]).all(|(left, right)| *left == -right));
            taken.extend_from_slice(piece.samples[0]);
            region = piece.region.or(region);
        }
        (taken, region)
    }
}

/// The numbers of frames from one on, in a file that begins again at `first` after its last.
fn expected(first: u64, frames: u64, count: usize) -> Vec<f32> {
    (0..count as u64).map(|i| (first + i % (frames - first) + 1) as f32).collect()
}

#[test]
fn a_start_sounds_before_the_disk_has_moved_and_goes_on_for_ever() {
    let mut fixture = StreamFixture::new(50_000);
    let (lead, begin) = fixture.stream.start(0).expect("the beginning is cued");
    assert_eq!((lead, begin), ([&[0.0; LEAD][..]; 2], [1.0, -1.0]));
    let (head, _) = fixture.take(usize::MAX, false);
    assert_eq!(head, expected(0, 50_000, 4_000), "half a second is in memory");
    let (rest, region) = fixture.take(120_000, true);
    assert_eq!(
        rest[..120_000],
        expected(4_000, 54_000, 120_000).iter().map(|n| (n - 1.0) % 50_000.0 + 1.0).collect::<Vec<_>>()
    );
    assert_eq!(region, Some(LoopRegion::of(0..50_000, None, 0)));
}

#[test]
fn any_start_is_cued_and_has_what_lies_before() {
    let mut fixture = StreamFixture::new(50_000);
    assert!(fixture.stream.start(30_000).is_none());
    fixture.serve();
    let (lead, begin) = fixture.stream.start(30_000).expect("it is cued by now");
    assert_eq!((lead[0][0], lead[0][LEAD - 1], begin[0]), (30_001.0 - LEAD as f32, 30_000.0, 30_001.0));
    let (taken, region) = fixture.take(45_000, true);
    assert_eq!(taken[..45_000], expected(30_000, 50_000, 45_000));
    assert_eq!(region, Some(LoopRegion::of(30_000..50_000, None, 0)));
    // Both starts are kept by now; neither has to wait for the disk.
    for first in [0, 30_000, 30_000, 0] {
        assert_eq!(fixture.stream.start(first).expect("kept").1[0], first as f32 + 1.0);
    }
}

#[test]
fn starts_faster_than_the_disk_play_what_they_should() {
    let mut fixture = StreamFixture::new(50_000);
    for _ in 0..1_000 {
        fixture.stream.start(0).expect("it is cued");
        assert_eq!(fixture.take(300, false).0[..300], expected(0, 50_000, 300));
    }
    let (taken, _) = fixture.take(30_000, true);
    assert_eq!(taken[..30_000], expected(512, 50_000, 30_000));
}

#[test]
fn what_was_read_ahead_for_an_earlier_start_is_never_heard() {
    let mut fixture = StreamFixture::new(50_000);
    for first in [0, 30_000, 0, 20_000] {
        fixture.stream.cue(first);
        fixture.serve();
        fixture.stream.start(first).expect("it is cued");
        // The loader reads as far ahead as it can, and most of that is not taken.
        let (taken, _) = fixture.take(9_000, true);
        assert_eq!(taken[..9_000], expected(first, 50_000, 9_000), "from {first}");
    }
}

#[test]
fn a_short_loop_is_read_once() {
    for frames in [1, 7, 3_999, 4_000, 4_001, 30_000] {
        let mut fixture = StreamFixture::new(frames);
        fixture.stream.start(0).expect("it is cued");
        let seeks = fixture.source.seeks;
        let (taken, region) = fixture.take(90_000, true);
        assert_eq!(taken[..90_000], expected(0, frames, 90_000), "{frames}");
        assert_eq!(region, Some(LoopRegion::of(0..frames, None, 0)));
        assert!(fixture.source.seeks <= seeks + 2, "{} times", fixture.source.seeks - seeks);
    }
}

/// What is heard behind a start, said in another way.
fn unrolled(region: LoopRegion, first: u64, count: usize) -> Vec<f32> {
    let mut frame = first;
    let value = |frame: u64| (frame + 1) as f32;
    let mut heard = Vec::new();
    while heard.len() < count {
        if frame == region.end() {
            frame = region.first();
        }
        let sample = value(frame);
        heard.push(match region.blend(frame) {
            Some((before, share)) => faded_over(sample, value(before), share),
            None => sample,
        });
        frame += 1;
    }
    heard
}

proptest! {
    /// In any order of events, from any start, with loop points and a crossfade, and whether the file knows
    /// its end or not: then only the first way round has no crossfade.
    #[test]
    fn a_loop_is_unrolled_with_its_crossfade(
        frames in 1_u64..60_000,
        first in 0.0..1.0,
        points in any::<bool>(),
        place in (0.0..1.0, 0.0..1.0),
        crossfade in prop_oneof![Just(0_u32), 1_u32..20_000],
        knows_its_end in any::<bool>(),
    ) {
        let at = |share: f64| (share * frames as f64) as u64;
        let loop_points = Some(at(place.0)..at(place.1) + 1);
        let end = knows_its_end.then_some(frames);
        let source = Ramp { frames, at: 0, seeks: 0, end, loop_points: loop_points.clone() };
        let mut fixture = StreamFixture::of(source);
        let start = Start::looped(at(first), points, crossfade);
        fixture.stream.cue(start);
        fixture.serve();
        fixture.stream.start(start).expect("it is cued");
        let count = 3 * frames as usize + 6_000;
        let (taken, region) = fixture.take(count, true);
        let expected_region = LoopRegion::of(at(first)..frames, loop_points.filter(|_| points), crossfade);
        prop_assert_eq!(region, Some(expected_region));
        let expected = unrolled(expected_region, at(first), count);
        // A file that does not know its end has no crossfade there before it has met it.
        let met = if crossfade == 0 || knows_its_end { 0 } else { (frames - at(first)) as usize };
        let wrong = (met..count).find(|i| taken[*i] != expected[*i]);
        prop_assert_eq!(wrong, None, "{:?}", expected_region);
    }
}

#[test]
fn behind_the_end_there_is_nothing() {
    let mut fixture = StreamFixture::new(50_000);
    for first in [50_000, 50_001, u64::MAX] {
        fixture.stream.cue(first);
        fixture.serve();
        fixture.stream.start(first).expect("an answer");
        let piece = fixture.stream.take().expect("an end");
        assert_eq!((piece.samples[0].len(), piece.region.map(LoopRegion::length)), (0, Some(0)));
    }
}

#[test]
fn what_it_holds_does_not_depend_on_the_file() {
    let bytes = [50_000, 1 << 39].map(|frames| StreamFixture::new(frames).stream.bytes());
    assert_eq!(bytes[0], bytes[1]);
    // Two seconds ahead and three heads of half a second, stereo.
    let audio = (3.5 * RATE) as usize * 8;
    assert!((audio..audio + audio / 5).contains(&bytes[0]), "{bytes:?}");
}

#[test]
fn a_source_that_fails_ends_the_stream() {
    struct Broken;
    impl FrameSource for Broken {
        fn seek(&mut self, _: u64) -> Result<(), String> {
            Err("the disk is gone".to_owned())
        }
        fn read(&mut self, _: &mut [[f32; CHUNK]; 2]) -> Result<Filled, String> {
            Err("the disk is gone".to_owned())
        }
    }
    let mut fixture = StreamFixture::new(50_000);
    fixture.stream.start(0).expect("it is cued");
    assert_eq!(fixture.feeder.serve(&mut Broken), Err("the disk is gone".to_owned()));
    assert!(fixture.stream.has_failed() && fixture.feeder.need().is_none());
    let mut patient = StreamFixture::new(50_000);
    patient.patience.set(true);
    patient.feeder.give_up();
    assert!(patient.stream.start(9).is_none(), "patience ends where nothing will come");
    drop(fixture.stream);
    assert!(fixture.feeder.is_abandoned());
    assert_eq!(fixture.gaps.load(Ordering::Relaxed), 0);
}

#[test]
fn a_patient_stream_never_runs_dry() {
    let StreamFixture { mut source, mut stream, mut feeder, patience, .. } = StreamFixture::new(1 << 30);
    patience.set(true);
    let loader = std::thread::spawn(move || {
        while !feeder.is_abandoned() {
            match feeder.need() {
                Some(_) => feeder.serve(&mut source).unwrap(),
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    });
    for first in [0, 77_777, 5] {
        stream.start(first).expect("it waits");
        let mut next = first;
        while next < first + 100_000 {
            let piece = stream.take().expect("it waits");
            assert!(piece.samples[0].iter().enumerate().all(|(i, x)| *x == (next + i as u64 + 1) as f32));
            next += piece.samples[0].len() as u64;
        }
    }
    drop(stream);
    loader.join().unwrap();
}
