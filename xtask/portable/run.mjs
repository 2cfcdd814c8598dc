// `node run.mjs LIBRARY.wasm FOLDER PATCH...` does with the WebAssembly library what `main.rs` does with the program.

import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const [library, folder, ...patches] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(readFileSync(library), {});
const { memory, jackfield_text, jackfield_play, jackfield_sound } = instance.exports;

for (const patch of patches) {
    const text = readFileSync(patch);
    const place = jackfield_text(text.length);
    new Uint8Array(memory.buffer, place, text.length).set(text);
    const samples = jackfield_play();
    if (samples === 0) {
        console.error(`error: ${patch} can't be played`);
        process.exit(1);
    }
    // The memory may have grown meanwhile, so it is looked up again.
    const sound = new Uint8Array(memory.buffer, jackfield_sound(), 4 * samples);
    writeFileSync(join(folder, basename(patch, ".jack") + ".f32"), sound);
}
