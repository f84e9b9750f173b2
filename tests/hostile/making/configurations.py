"""Configurations: bombs, tags that would make objects, and names of what no registry holds."""

from __future__ import annotations

CONFIG = (
    "dataset: digits\nmodel: {layers: [flatten, {type: dense, units: 10}]}\ntraining: {epochs: 1}\n"
    "optimizer: {type: adam, lr: 1e-3}\n"
)


def configurations() -> dict[str, bytes]:
    """Bombs, tags that would make objects, and names of what no registry holds."""
    laughs = "".join(f"{chr(98 + k)}: &{chr(98 + k)} [{', '.join([f'*{chr(97 + k)}'] * 9)}]\n" for k in range(9))
    merges = "".join(f"m{k + 1}: &m{k + 1}\n  <<: [{', '.join([f'*m{k}'] * 9)}]\n" for k in range(9))
    texts = {
        "empty": "",
        "a_word": "hello",
        "billion_laughs": f"a: &a [x, x, x]\n{laughs}{CONFIG}",
        "merge_bomb": f"m0: &m0 {{x: 1}}\n{merges}{CONFIG}",
        "text_bomb": f"a: &a {'x' * 1500}\nloss: [{', '.join(['*a'] * 1200)}]\n{CONFIG}",
        "alias_of_itself": f"a: &a [*a]\n{CONFIG}",
        "deep_flow": f"a: {'[' * 500}\n{CONFIG}",
        "deep_block": "".join(f"{' ' * k}a:\n" for k in range(60)),
        "deep_mappings": "{a: " * 500,
        "object_tag": f"seed: !!python/object/apply:os.system ['mkdir executed']\n{CONFIG}",
        "name_tag": f"seed: !!python/name:os.system\n{CONFIG}",
        "module_tag": f"seed: !!python/module:antigravity\n{CONFIG}",
        "foreign_tag": f"%TAG ! tag:evil,2000:\n---\nseed: !x 1\n{CONFIG}",
        "binary_tag": f"description: !!binary aGVsbG8=\n{CONFIG}",
        "key_written_twice": f"seed: 1\nseed: 2\n{CONFIG}",
        "second_document": f"{CONFIG}---\n{CONFIG}",
        "key_is_a_list": f"[a, b]: 1\n{CONFIG}",
        "key_is_long": f"{'k' * 2000}: 1\n{CONFIG}",
        "control_character": f"description: a\x07b\n{CONFIG}",
        "escaped_nul": f'description: "a\\0b"\n{CONFIG}',
        "escaped_surrogate": f'description: "\\ud800"\n{CONFIG}',
        "escape_beyond_unicode": f'description: "\\UFFFFFFFF"\n{CONFIG}',
        "version_of_5000_digits": f"%YAML 1.{'9' * 5000}\n---\n{CONFIG}",
        "number_of_5000_digits": f"seed: {'9' * 5000}\n{CONFIG}",
        "number_with_leading_zero": f"seed: 017\n{CONFIG}",
        "tabs": "dataset:\n\ttype: digits\n",
        "unclosed_quote": f'description: "never closed\n{CONFIG}',
        "os_system_as_data": CONFIG.replace("digits", "os.system"),
        "path_as_data": CONFIG.replace("digits", "/etc/passwd"),
        "address_as_data": CONFIG.replace("digits", "'http://evil/data'"),
        "os_system_as_layer": CONFIG.replace("flatten", "os.system"),
        "os_system_as_optimizer": CONFIG.replace("adam", "os.system"),
        "import_as_units": CONFIG.replace("10", "__import__('os')"),
    }
    contents = {f"{name}.yaml": text.encode() for name, text in texts.items()}
    return contents | {
        "utf_16.yaml": CONFIG.encode("utf-16"),
        "latin_1.yaml": b"description: caf\xe9\n" + CONFIG.encode(),
    }
