//! Runs plain loops compiled for the machine's best instruction set. It lives in `jackfield_dsp`, where
//! the engine has it too.

pub(crate) use jackfield_node::dsp::best_instructions::BestInstructions;
