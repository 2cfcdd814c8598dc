//! Adapters: units of other libraries as block nodes. Each behind a feature of its own.
