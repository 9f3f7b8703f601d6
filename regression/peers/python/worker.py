"""The PyTorch end of the line protocol in src/protocol.rs.

One request a line on stdin, one answer a line on stdout, both JSON. The first
argument is the number of threads; 0 leaves it to PyTorch.
"""

import json
import struct
import sys
import time

try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError as missing:
    print(json.dumps({"error": f"not installed: {missing}"}), flush=True)
    sys.exit(0)

DTYPES = {"F32": torch.float32, "I64": torch.int64}


def read_arrays(path):
    """The arrays of a safetensors file: a length, a header in JSON, the bytes."""
    with open(path, "rb") as file:
        content = bytearray(file.read())
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    arrays = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        flat = torch.frombuffer(content[start:end], dtype=DTYPES[entry["dtype"]])
        arrays[name] = flat.reshape(entry["shape"]).clone()
    return arrays


def write_arrays(path, arrays):
    header, parts, offset = {}, [], 0
    for name, tensor in arrays.items():
        part = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + len(part)],
        }
        parts.append(part)
        offset += len(part)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


class Mlp(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.count = len(sizes) - 1
        for i in range(self.count):
            setattr(self, f"fc{i + 1}", nn.Linear(sizes[i], sizes[i + 1]))

    def forward(self, x):
        for i in range(self.count):
            x = getattr(self, f"fc{i + 1}")(x if i == 0 else F.relu(x))
        return x


class Cnn(nn.Module):
    def __init__(self, in_channels, image, channels, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels[0], 3)
        self.conv2 = nn.Conv2d(channels[0], channels[1], 3)
        height, width = (((side - 2) // 2 - 2) // 2 for side in image)
        self.fc = nn.Linear(channels[1] * height * width, classes)

    def forward(self, x):
        for conv in (self.conv1, self.conv2):
            x = F.max_pool2d(F.relu(conv(x)), 2)
        return self.fc(torch.flatten(x, 1))


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        for name in ("query", "key", "value", "output"):
            setattr(self, name, nn.Linear(width, width))

    def forward(self, x):
        batch, tokens, width = x.shape
        split = lambda y: y.view(batch, tokens, self.heads, -1).transpose(1, 2)
        query, key, value = split(self.query(x)), split(self.key(x)), split(self.value(x))
        heads = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.output(heads.transpose(1, 2).reshape(batch, tokens, width))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.ln1 = nn.LayerNorm(width)
        self.attn = Attention(width, heads)
        self.ln2 = nn.LayerNorm(width)
        self.mlp = nn.ModuleDict(
            {"fc1": nn.Linear(width, 4 * width), "fc2": nn.Linear(4 * width, width)}
        )

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        hidden = F.gelu(self.mlp["fc1"](self.ln2(x)), approximate="tanh")
        return x + self.mlp["fc2"](hidden)


class Gpt(nn.Module):
    def __init__(self, vocab_size, max_seq_len, d_model, n_heads, n_layers):
        super().__init__()
        self.tok_emb = nn.Embedding(vocab_size, d_model)
        self.pos_emb = nn.Embedding(max_seq_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.ln_f = nn.LayerNorm(d_model)
        self.head = nn.Linear(d_model, vocab_size, bias=False)

    def forward(self, ids):
        x = self.tok_emb(ids) + self.pos_emb.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.head(self.ln_f(x))


MODELS = {"mlp": Mlp, "cnn": Cnn, "gpt": Gpt}


def transposed(name, tensor):
    """In the files a linear layer's weight is [in, out], here [out, in]."""
    return tensor.t() if tensor.dim() == 2 and "_emb" not in name else tensor


class Loaded:
    def __init__(self, request):
        sizes = dict(request["architecture"])
        self.model = MODELS[sizes.pop("model")](**sizes)
        arrays = read_arrays(request["file"])
        self.input, self.target = arrays["input"], arrays["target"]
        parameters = dict(self.model.named_parameters())
        given = {n[len("param.") :]: a for n, a in arrays.items() if n.startswith("param.")}
        if parameters.keys() != given.keys():
            raise ValueError(f"parameters differ: {parameters.keys() ^ given.keys()}")
        with torch.no_grad():
            for name, parameter in parameters.items():
                parameter.copy_(transposed(name, given[name]))
        adamw = request["adamw"]
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(),
            lr=adamw["lr"],
            betas=(adamw["beta1"], adamw["beta2"]),
            eps=adamw["eps"],
            weight_decay=adamw["weight_decay"],
            fused=True,  # the fastest of its implementations
        )

    def infer(self):
        with torch.inference_mode():
            return self.model(self.input)

    def loss(self):
        return F.cross_entropy(self.model(self.input).flatten(0, -2), self.target)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def named(self, prefix, of):
        parameters = self.model.named_parameters()
        return {f"{prefix}.{n}": transposed(n, of(p)) for n, p in parameters}

    def check(self, request):
        if request["task"] == "inference":
            arrays = {"output": self.infer()}
        else:
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss()
            loss.backward()
            arrays = {"loss": loss, **self.named("grad", lambda p: p.grad.clone())}
            for _ in range(request["steps"]):
                self.step()
            arrays.update(self.named("param", lambda p: p))
        write_arrays(request["file"], arrays)
        return {"done": True}

    def time(self, request):
        once = self.infer if request["task"] == "inference" else self.step
        if request["repetitions"] > 1:
            once()  # the caches were somebody else's
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(request["repetitions"]):
            once()
        wall = time.perf_counter() - wall
        return {"cpu": time.process_time() - cpu, "wall": wall}


def main():
    threads = int(sys.argv[1])
    if threads:
        torch.set_num_threads(threads)
    loaded = None
    for line in sys.stdin:
        try:
            request = json.loads(line)
            if request["do"] == "load":
                loaded = Loaded(request)
                version = f"PyTorch {torch.__version__}"
                answer = {"version": version, "threads": torch.get_num_threads()}
            else:
                answer = getattr(loaded, request["do"])(request)
        except Exception as error:  # told to whoever asked
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
