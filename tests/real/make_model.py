#!/usr/bin/env python3
"""Writes a tiny language model in GGUF for llama.cpp's server: make_model.py FILE

Its weights are random but for two things. Each token's vector in the output layer points to the vectors of the tokens
that may come before it, so that the model strings toy words together and always comes to an end: the words stand in a
row and each is followed only by later ones. And one dimension is the same for every token, which serves as a bias that
keeps single bytes apart from words unless the server's grammar asks for them, as it does in a tool call.

The answers mean nothing. What counts is that a server no one here wrote gives them over its own protocol.
"""

import array
import random
import struct
import sys

WIDTH = 128  # dimensions of a token's vector
FORWARD = 64  # dimensions inside the feed-forward layer
STRENGTH = 16.0  # how much a token calls for those that may follow it

WORDS = (
    "the a one small green round quiet brave garden bean pod robot river window morning letter engine "
    "sings walks grows opens turns listens waits learns draws builds finds keeps "
    "near under over beside behind between "
    "every another silver paper wooden distant gentle clever "
    "lantern meadow bridge clock harbour feather kettle ladder "
    "and then slowly gladly again twice today always"
).split()

FILL_IN = ("prefix", "suffix", "middle")  # marks around the text that is filled in

CONTROL, NORMAL, BYTE, UNKNOWN = 3, 1, 6, 2  # token types of GGUF

TEMPLATE = """\
{%- if tools %}<|system|>You may call these functions:
<tools>
{%- for tool in tools %}
{{ tool | tojson }}
{%- endfor %}
</tools>
For a call answer with
<tool_call>{"name": <function-name>, "arguments": <args-json-object>}</tool_call>
{%- endif %}
{%- for message in messages %}
{%- if message.role == 'assistant' and message.tool_calls %}<|assistant|>
{%- for call in message.tool_calls %}
{#- -#}
<tool_call>{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}</tool_call>
{%- endfor %}</s>
{%- elif message.role == 'tool' %}<|user|>
<tool_response>
{{ message.content }}
</tool_response>
{%- else %}<|{{ message.role }}|>{{ message.content }}
{%- if message.role == 'assistant' %}</s>{% endif %}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}<|assistant|>
{%- if tools and messages[-1].role != 'tool' %}<|tools|>{% endif %}
{%- endif %}"""


def vocabulary():
    """Tokens as (text, type)."""
    tokens = [("<unk>", UNKNOWN), ("<s>", CONTROL), ("</s>", CONTROL)]
    tokens += [("<0x%02X>" % byte, BYTE) for byte in range(256)]
    tokens += [("<|%s|>" % role, CONTROL) for role in ("system", "user", "assistant", "tools")]
    tokens += [("<|%s|>" % part, CONTROL) for part in FILL_IN]
    tokens += [("<tool_call>", NORMAL), ("</tool_call>", NORMAL)]
    tokens += [("\u2581" + word, NORMAL) for word in WORDS]
    tokens += [(".", NORMAL)]
    return tokens


def successors(index):
    """Which tokens may follow which: {token: [tokens]}."""
    words = [index["\u2581" + word] for word in WORDS]
    follow = {word: words[i + 1 : i + 9 : 3] or [index["."]] for i, word in enumerate(words)}
    follow[index["."]] = [index["</s>"]]
    follow[index["<|assistant|>"]] = words[:12:2]
    follow[index["<|middle|>"]] = words[:12:2]
    follow[index["<|tools|>"]] = [index["<tool_call>"]]
    follow[index["</tool_call>"]] = [index["</s>"]]
    return follow


def bias(text, kind):
    """How likely a token is of itself. Where the grammar asks for JSON, what closes a value comes first, so that
    numbers and strings end soon, and white space last."""
    closing = {"</tool_call>": -3.0, "<0x22>": -2.0, "<0x7D>": -5.0, "<0x5D>": -6.0, "<0x2C>": -8.0}
    blank = ("<0x09>", "<0x0A>", "<0x20>")
    if text in closing:
        return closing[text]
    if text in blank:
        return -20.0
    return -10.0 if kind == NORMAL else -13.0


def layers(tokens):
    """Tensors as (name, rows, columns, numbers); a vector has no rows."""
    dice = random.Random(5)
    index = {text: i for i, (text, _) in enumerate(tokens)}
    inner = [[1.0] + [dice.choice((-1.0, 1.0)) for _ in range(WIDTH - 1)] for _ in tokens]
    outer = [[bias(*token)] + [0.0] * (WIDTH - 1) for token in tokens]
    for token, following in successors(index).items():
        for after in following:
            for i in range(1, WIDTH):
                outer[after][i] += STRENGTH * inner[token][i] / WIDTH

    def noise(rows, columns):
        return [dice.gauss(0.0, 0.01) for _ in range(rows * columns)]

    yield "token_embd.weight", len(tokens), WIDTH, sum(inner, [])
    yield "output.weight", len(tokens), WIDTH, sum(outer, [])
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        yield name + ".weight", 0, WIDTH, [1.0] * WIDTH
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        yield "blk.0.%s.weight" % name, WIDTH, WIDTH, noise(WIDTH, WIDTH)
    yield "blk.0.ffn_gate.weight", FORWARD, WIDTH, noise(FORWARD, WIDTH)
    yield "blk.0.ffn_up.weight", FORWARD, WIDTH, noise(FORWARD, WIDTH)
    yield "blk.0.ffn_down.weight", WIDTH, FORWARD, noise(WIDTH, FORWARD)


def string(text):
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


# Value types of GGUF: how each is told and packed.
def u32(value):
    return struct.pack("<II", 4, value)


def f32(value):
    return struct.pack("<If", 6, value)


def text(value):
    return struct.pack("<I", 8) + string(value)


def flag(value):
    return struct.pack("<IB", 7, value)


def strings(values):
    return struct.pack("<IIQ", 9, 8, len(values)) + b"".join(map(string, values))


def floats(values):
    return struct.pack("<IIQ", 9, 6, len(values)) + struct.pack("<%df" % len(values), *values)


def integers(values):
    return struct.pack("<IIQ", 9, 5, len(values)) + struct.pack("<%di" % len(values), *values)


def metadata(tokens):
    index = {token: i for i, (token, _) in enumerate(tokens)}
    return {
        "general.architecture": text("llama"),
        "general.name": text("tiny"),
        "llama.vocab_size": u32(len(tokens)),
        "llama.context_length": u32(8192),
        "llama.embedding_length": u32(WIDTH),
        "llama.block_count": u32(1),
        "llama.feed_forward_length": u32(FORWARD),
        "llama.attention.head_count": u32(2),
        "llama.attention.layer_norm_rms_epsilon": f32(1e-5),
        "llama.rope.dimension_count": u32(WIDTH // 2),
        "tokenizer.ggml.model": text("llama"),
        "tokenizer.ggml.tokens": strings([token for token, _ in tokens]),
        "tokenizer.ggml.scores": floats([0.0] * len(tokens)),
        "tokenizer.ggml.token_type": integers([kind for _, kind in tokens]),
        "tokenizer.ggml.unknown_token_id": u32(0),
        "tokenizer.ggml.bos_token_id": u32(1),
        "tokenizer.ggml.eos_token_id": u32(2),
        "tokenizer.ggml.fim_pre_token_id": u32(index["<|prefix|>"]),
        "tokenizer.ggml.fim_suf_token_id": u32(index["<|suffix|>"]),
        "tokenizer.ggml.fim_mid_token_id": u32(index["<|middle|>"]),
        "tokenizer.ggml.add_bos_token": flag(True),
        "tokenizer.ggml.add_space_prefix": flag(False),
        "tokenizer.chat_template": text(TEMPLATE),
    }


def aligned(length):
    return (length + 31) // 32 * 32


def write(path):
    tokens = vocabulary()
    pairs = metadata(tokens)
    infos, content = b"", b""
    count = 0
    for name, rows, columns, numbers in layers(tokens):
        shape = struct.pack("<IQQ", 2, columns, rows) if rows else struct.pack("<IQ", 1, columns)
        infos += string(name) + shape + struct.pack("<IQ", 0, len(content))
        raw = array.array("f", numbers).tobytes()
        content += raw.ljust(aligned(len(raw)), b"\0")
        count += 1
    head = struct.pack("<4sIQQ", b"GGUF", 3, count, len(pairs))
    head += b"".join(string(key) + value for key, value in pairs.items()) + infos
    with open(path, "wb") as file:
        file.write(head.ljust(aligned(len(head)), b"\0") + content)


if __name__ == "__main__":
    write(sys.argv[1])
