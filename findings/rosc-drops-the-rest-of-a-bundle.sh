#!/usr/bin/env bash
# rosc answers Ok for an OSC bundle of which it has read the beginning only: one unknown type, and the rest is gone.
#
# Seen with rosc 0.11.4 from crates.io.
# A bundle of three messages is sent; the second has an argument of type S, a symbol, one of the types that OSC 1.0
# lists as used by some programs. OSC 1.0 says of such: "receivers should discard any message whose type tag string
# contains any unrecognized tags", the message. `decode_udp` returns Ok with a bundle that holds the first message
# only; the third, a plain integer, is in the bytes "left over" that come with it. Who matches on Ok and looks at the
# packet, as the crate's example does, loses a note-off or a fader without a word. Nothing must be left over of a
# datagram: check that, or decode the elements of a bundle one by one.
#
# Wants: cargo.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "bundle"
edition = "2021"
[dependencies]
rosc = "=0.11.4"
TOML
cat > src/main.rs <<'RUST'
use rosc::{OscPacket, decoder::decode_udp};
fn text(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(0);
    bytes.resize(bytes.len().div_ceil(4) * 4, 0);
    bytes
}
fn message(address: &str, types: &str, arguments: &[u8]) -> Vec<u8> {
    [text(address), text(types), arguments.to_vec()].concat()
}
/// A bundle for "immediately" whose second message has this type.
fn bundle(second: &str) -> Vec<u8> {
    let messages = [
        message("/a", ",i", &1_i32.to_be_bytes()),
        message("/b", second, &text("word")),
        message("/c", ",i", &3_i32.to_be_bytes()),
    ];
    let mut bytes = [text("#bundle"), 1_u64.to_be_bytes().to_vec()].concat();
    for message in messages {
        bytes.extend((message.len() as u32).to_be_bytes());
        bytes.extend(message);
    }
    bytes
}
fn main() {
    for (second, expected) in [(",s", &["/a", "/b", "/c"][..]), (",S", &["/a"][..])] {
        let bytes = bundle(second);
        let (left, packet) = decode_udp(&bytes).expect("changed: an error");
        let OscPacket::Bundle(bundle) = packet else { panic!("changed: no bundle") };
        let addresses: Vec<String> = bundle.content.iter().map(|part| match part {
            OscPacket::Message(message) => message.addr.clone(),
            OscPacket::Bundle(_) => panic!("changed: a bundle inside"),
        }).collect();
        println!("type {second}: Ok, {addresses:?}, {} bytes left over", left.len());
        assert_eq!(addresses, expected, "changed");
    }
}
RUST
cargo run --quiet
