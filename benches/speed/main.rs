mod contender;
mod contest;
mod dasp_graph;
mod feedback;
mod fm;
mod fundsp;
mod gain_node;
mod ours;
mod overhead;
mod patch_text;
mod sanity;
mod voices;
mod web_audio;

fn main() {
    if let Ok(which) = std::env::var("ONE") {
        let contest = match std::env::var("P").as_deref() {
            Ok("3a") => overhead::series(),
            Ok("3b") => overhead::sum(),
            Ok("4") => fm::contest(),
            Ok("5") => feedback::contest(),
            _ => voices::contest(),
        };
        let c = &contest.contenders[which.parse::<usize>().unwrap()];
        let mut p = (c.start)();
        let mut sound = vec![0.0; 48000];
        let mut best = std::time::Duration::MAX;
        for _ in 0..100 {
            best = best.min(contender::time_to_play(&mut *p, &mut sound));
        }
        println!("{} {:?}", c.name, best);
        return;
    }
    if std::env::var("NODES").is_ok() {
        let mut engine = ours::Engine::new(&voices::voices_patch(), 16);
        let mut sound = vec![0.0; 48000];
        contender::time_to_play(&mut engine, &mut sound);
        engine.session.measure_nodes(true);
        let t = contender::time_to_play(&mut engine, &mut sound);
        println!("{t:?}");
        let mut times = std::collections::BTreeMap::<String, u64>::new();
        for t in engine.session.node_times() {
            *times.entry(t.node.to_string()).or_default() += t.nanoseconds;
        }
        for (n, t) in times {
            println!("{n} {} ns/block", t / 750);
        }
        println!("{}", engine.session.plan());
        return;
    }
    for contest in
        [voices::contest(), overhead::series(), overhead::sum(), fm::contest(), feedback::contest()]
    {
        println!("{}", contest.hold());
    }
}
