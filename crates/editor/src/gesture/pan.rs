//! Pan: the canvas follows the hand.

use super::GestureContext;

/// The cursor moved.
pub(crate) fn update(context: &mut GestureContext<'_>) {
    let delta = context.pointer.delta;
    context.view.transform.pan(delta);
}
