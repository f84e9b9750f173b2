"""Rows: every fault that a user may meet, what must come of it, and the tests that make sure."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One kind of fault.

    Attributes:
        fault: what happens.
        expected: what an excellent tool does.
        tests: `file::function` under tests/; of a file alone, all that is in it.
    """

    fault: str
    expected: str
    tests: tuple[str, ...]


ROWS = (
    Row(
        "SIGKILL at random moments, half of them inside a save; die before, inside or after each durable operation",
        "loads as exactly old or new; resume is bit-identical",
        (
            "faults/test_kills.py::test_sigkill_at_random_moments_half_of_them_inside_a_save",
            "faults/test_disk.py::test_die_before_inside_or_after_each_durable_operation",
            "faults/test_power_loss.py::test_power_loss_at_any_moment",
            "resilience/test_resume_matrix.py::test_the_same_bytes",
        ),
    ),
    Row(
        "disk full, EIO, read-only runs directory",
        "6; the old checkpoint intact, no temporary file left; read-only found before any work",
        (
            "faults/test_disk.py::test_disk_full_or_eio_in_each_durable_operation",
            "faults/test_small_disk.py::test_disk_full_by_ulimit",
            "faults/test_small_disk.py::test_disk_full_by_a_tiny_tmpfs",
            "faults/test_read_only.py::test_read_only_runs_directory",
        ),
    ),
    Row(
        "32 runs started in the same instant",
        "32 directories, all 0",
        ("resilience/test_sweeps.py::test_32_runs_started_in_the_same_instant",),
    ),
    Row(
        "two processes resume one run",
        'the second: 6, "in use by process P since T"; usable at once after a kill of the owner (`flock`)',
        ("resilience/test_two_owners.py::test_two_processes_resume_one_run",),
    ),
    Row(
        "flipped bits, truncation at any length, empty file, trailing bytes, text file",
        "4, each with its own message",
        (
            "runs/test_checkpoint.py::test_flipped_bits",
            "runs/test_checkpoint.py::test_truncation_at_any_length",
            "runs/test_checkpoint.py::test_each_damage_has_its_own_message",
            "cli/test_damage.py::test_damage_is_named",
            "hostile/checkpoint/empty.safetensors",
            "hostile/checkpoint/text.safetensors",
            "hostile/checkpoint/trailing_byte.safetensors",
        ),
    ),
    Row(
        "hostile header: huge or overflowing shapes, overlapping offsets, 10^6 tensors, deep JSON, object dtype",
        "4 in under 1 s, memory bounded",
        (
            "hostile/test_checkpoints.py::test_hostile_header",
            "hostile/test_files.py::test_hostile_files_take_neither_long_nor_much_memory",
            "hostile/checkpoint/shape_overflows.safetensors",
            "hostile/checkpoint/overlapping_offsets.safetensors",
            "hostile/checkpoint/deep_header.safetensors",
            "hostile/checkpoint/object_dtype.safetensors",
            "runs/test_checkpoint.py::test_too_many_tensors",
        ),
    ),
    Row(
        "checkpoint of another architecture",
        "4, a table of missing, unexpected and mismatched names with both shapes; nothing half-loaded",
        (
            "fault_table/test_another_architecture.py::test_checkpoint_of_another_architecture",
            "fault_table/test_another_architecture.py::test_checkpoint_of_another_architecture_than_it_says",
            "fault_table/test_another_architecture.py::test_checkpoint_of_another_architecture_is_not_half_loaded",
        ),
    ),
    Row(
        "embedded configuration naming `os.system`, a path, a URL, 10^12 units",
        "4; `sys.addaudithook` sees no import, open or socket",
        (
            "hostile/test_checkpoints.py::test_embedded_configuration",
            "hostile/test_files.py::test_a_hostile_file_is_refused_and_nothing_else_happens",
            "hostile/state",
        ),
    ),
    Row(
        "pickle in `.npy`/`.npz`; zip and gzip bombs; `../`, links or devices in an archive",
        "3; nothing executed or written outside",
        (
            "hostile/test_data.py::test_pickle_in_npy_or_npz",
            "hostile/test_data.py::test_zip_and_gzip_bombs",
            "hostile/test_data.py::test_links_or_devices_in_an_archive",
            "data/test_sources.py::test_cifar_archive_is_read_without_unpacking",
            "data/test_sources.py::test_cifar_refuses",
        ),
    ),
    Row(
        "gzip truncated, IDX count and bytes disagree, images and labels differ in number",
        "3 with both numbers",
        (
            "hostile/test_data.py::test_gzip_truncated_or_idx_count_and_bytes_disagree",
            "hostile/test_data.py::test_images_and_labels_differ_in_number",
            "hostile/test_data.py::test_images_and_labels_differ_in_number_in_npz",
        ),
    ),
    Row(
        "NaN or Inf in features; labels negative, out of range, fractional, words",
        "3 with the first row and column, before training",
        (
            "fault_table/test_values.py::test_nan_or_inf_in_features_of_arrays",
            "fault_table/test_values.py::test_nan_or_inf_in_features_of_images",
            "fault_table/test_values.py::test_nan_or_inf_in_features_of_tables",
            "fault_table/test_values.py::test_labels_negative_out_of_range_fractional_words_in_arrays",
            "fault_table/test_values.py::test_labels_negative_out_of_range_fractional_in_idx_files",
            "fault_table/test_values.py::test_labels_fractional_or_unknown_words_in_tables",
        ),
    ),
    Row(
        "empty data, one sample, one class, constant feature, empty validation split, batch larger than the data",
        '3 or a documented behaviour; never "0 steps, success"',
        (
            "fault_table/test_small_data.py::test_empty_data",
            "fault_table/test_small_data.py::test_one_sample",
            "fault_table/test_small_data.py::test_one_class",
            "fault_table/test_small_data.py::test_constant_feature",
            "fault_table/test_small_data.py::test_empty_validation_split",
            "fault_table/test_small_data.py::test_batch_larger_than_the_data",
        ),
    ),
    Row(
        "CSV: ragged row, BOM, CRLF, `;`, missing header, quoted newline",
        "read, or 3 with the line number",
        (
            "fault_table/test_tables.py::test_csv_bom_crlf_and_the_like_are_read",
            "fault_table/test_tables.py::test_csv_semicolons_are_read",
            "fault_table/test_tables.py::test_csv_quoted_newlines_are_read",
            "fault_table/test_tables.py::test_csv_faults_are_named_with_their_line",
        ),
    ),
    Row(
        "loss NaN or Inf; Inf in gradients",
        '5 "loss became NaN at epoch e, step s, lr = …"; the last finite checkpoint kept, NaN never "best"',
        (
            "resilience/test_divergence.py::test_loss_nan_or_inf",
            "resilience/test_divergence.py::test_inf_in_gradients",
        ),
    ),
    Row(
        "mistakes in YAML: typos, wrong types, bool for int, negatives, `.inf`, null, missing keys",
        "2, all of them at once, with lines",
        ("fault_table/test_yaml_mistakes.py::test_mistakes_in_yaml", "config/test_bad_configs.py::test_message"),
    ),
    Row(
        "`units: 10000000000`",
        '2 or 6 before allocating: "needs 29 TiB, 22 GiB available"',
        (
            "fault_table/test_huge_sizes.py::test_units_10000000000",
            "fault_table/test_huge_sizes.py::test_units_10000000000_allocate_nothing",
        ),
    ),
    Row(
        "SIGTERM or Ctrl-C once; twice; during a save; before the first step",
        "finish the step, save, 143 or 130 within one step and one save; twice: leave at once, old checkpoint intact; "
        "no traceback",
        (
            "cli/test_signals.py::test_a_signal_ends_a_training_that_can_go_on",
            "resilience/test_signals.py::test_sigterm_or_ctrl_c_during_a_save",
            "resilience/test_signals.py::test_sigterm_or_ctrl_c_twice_during_a_save",
            "resilience/test_signals.py::test_sigterm_or_ctrl_c_before_the_first_step",
        ),
    ),
    Row(
        "a worker process is killed or raises",
        "the run ends with that worker's error and a usable checkpoint; no orphan, no hang, no shared memory left",
        ("resilience/test_workers.py::test_a_worker_process_is_killed_or_raises",),
    ),
    Row(
        "`nnfs … | head -1`, closed or full stdout, no terminal, ASCII-only terminal, no HOME, `NO_COLOR`",
        "training goes on; no `\\r`, no UnicodeEncodeError",
        (
            "fault_table/test_streams.py::test_closed_or_unread_streams",
            "fault_table/test_streams.py::test_full_stdout",
            "fault_table/test_streams.py::test_head_reads_one_line",
            "fault_table/test_streams.py::test_ascii_only_terminal",
            "fault_table/test_streams.py::test_no_home",
            "fault_table/test_streams.py::test_no_color",
        ),
    ),
    Row(
        "predict on missing, empty, wrong-sized, NaN or text input",
        '3, "model expects 784 features, got 783"; no output file',
        (
            "fault_table/test_predict_inputs.py::test_predict_on_missing_empty_wrong_sized_nan_or_text_input",
            "fault_table/test_predict_inputs.py::test_predict_on_standard_input",
            "fault_table/test_predict_inputs.py::test_predict_on_missing_input",
        ),
    ),
    Row(
        "Unicode, spaces and 255-byte names in paths",
        "works, or a clear 6",
        (
            "fault_table/test_paths.py::test_unicode_and_spaces_in_paths",
            "fault_table/test_paths.py::test_unicode_and_spaces_in_paths_of_data",
            "fault_table/test_paths.py::test_255_byte_names_in_paths",
            "fault_table/test_paths.py::test_256_byte_names_in_paths",
        ),
    ),
)
