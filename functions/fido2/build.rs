//! See `countersign_lean`.

fn main() {
    countersign_lean::leave_out_unwind_tables();
}
