"""NumPy's matrix product and PyTorch's next token, beside the reference solutions.

Follows subject.py. The first argument says what to be.
"""

VERSION = f"NumPy {np.__version__}"
if sys.argv[1] == "torch":
    try:
        import torch
        import torch.nn.functional as F
    except ImportError as missing:
        not_installed(missing)
    VERSION = f"PyTorch {torch.__version__}"
    torch.set_num_threads(1)


class Product:
    def __init__(self, arrays):
        self.a, self.b = arrays["a"], arrays["b"]

    def compute(self):
        return self.a @ self.b

    output = compute


class Decode:
    """The new token is put into the same place of the cache each time."""

    def __init__(self, arrays):
        _, longest, width, self.heads, layers = arrays["config"].tolist()
        arrays = {n: torch.from_numpy(a) for n, a in arrays.items()}
        p = {n[len("param.") :]: a for n, a in arrays.items() if n.startswith("param.")}
        self.tok_emb, self.pos_emb = p["tok_emb.weight"], p["pos_emb.weight"]
        self.blocks = [self.block(p, f"blocks.{i}.") for i in range(layers)]
        self.ln_f = (p["ln_f.weight"], p["ln_f.bias"])
        self.head = p["head.weight"].t().contiguous()
        shape = (layers, 2, 1, self.heads, longest, width // self.heads)
        self.past = torch.zeros(shape)
        *before, last = arrays["input"].tolist()
        with torch.inference_mode():
            self.start, self.last = len(before), torch.tensor([last])
            self.forward(torch.tensor(before), 0)

    def block(self, p, name):
        """In the files a linear layer's weight is [in, out], here [out, in]. Query,
        key and value are one product, which is faster."""
        attn = [f"{name}attn.{part}" for part in ("query", "key", "value")]
        layers = [name + part for part in ("attn.output", "mlp.fc1", "mlp.fc2")]
        return {
            "ln1": (p[name + "ln1.weight"], p[name + "ln1.bias"]),
            "ln2": (p[name + "ln2.weight"], p[name + "ln2.bias"]),
            "qkv": (
                torch.cat([p[a + ".weight"].t() for a in attn]).contiguous(),
                torch.cat([p[a + ".bias"] for a in attn]),
            ),
            **{
                layer.split(".")[-1]: (p[layer + ".weight"].t().contiguous(), p[layer + ".bias"])
                for layer in layers
            },
        }

    def forward(self, ids, start):
        tokens, width = len(ids), self.tok_emb.shape[1]
        end, shape = start + tokens, (width,)
        x = self.tok_emb[ids] + self.pos_emb[start:end]
        for block, past in zip(self.blocks, self.past):
            qkv = F.linear(F.layer_norm(x, shape, *block["ln1"]), *block["qkv"])
            qkv = qkv.view(1, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
            past[:, :, :, start:end] = qkv[1:]
            key, value = past[0, :, :, :end], past[1, :, :, :end]
            heads = F.scaled_dot_product_attention(qkv[0], key, value, is_causal=tokens > 1)
            x = x + F.linear(heads.transpose(1, 2).reshape(tokens, width), *block["output"])
            hidden = F.linear(F.layer_norm(x, shape, *block["ln2"]), *block["fc1"])
            x = x + F.linear(F.gelu(hidden, approximate="tanh"), *block["fc2"])
        return F.linear(F.layer_norm(x, shape, *self.ln_f), self.head)

    def compute(self):
        with torch.inference_mode():
            return self.forward(self.last, self.start)

    def output(self):
        return self.compute()[0].numpy()


serve(Product if sys.argv[1] == "numpy" else Decode, VERSION)
