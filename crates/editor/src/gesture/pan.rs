//! Pan: the canvas follows the hand.

use super::Stage;

/// The cursor moved.
pub(crate) fn update(stage: &mut Stage<'_>) {
    let delta = stage.pointer.delta;
    stage.view.transform.pan(delta);
}
